"""Whether an installation can refuse anything: its live configuration, read and never changed.

`reader` takes a snapshot of the cluster; every other module is about one subject and makes findings of the
snapshot alone, so that each can be tried without a cluster. What a finding means stands in `codes.yaml`.
"""
