"""mlgate: a policy-as-code admission gate for machine-learning deployments on Kubernetes."""

__version__ = "0.1.0"
