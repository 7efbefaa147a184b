"""What becomes of the policy, as metrics: which one judges, and whether a newer one was refused."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from mlgate.live_policy import LivePolicy


class PolicyMetrics(Collector):
    """Reads the state when it is asked. One series each: the revision before leaves none behind."""

    def __init__(self, policy: LivePolicy) -> None:
        self._policy = policy

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        state = self._policy.state
        yield InfoMetricFamily("mlgate_policy", "The policy that judges.", {"revision": self._policy.judging})
        modes = GaugeMetricFamily(
            "mlgate_policy_mode",
            "What becomes of denials in a profile: 1 for the mode in force.",
            labels=["profile", "mode"],
        )
        for profile, mode in state.manifest.modes:
            modes.add_metric([profile, mode], 1)
        yield modes
        yield GaugeMetricFamily(
            "mlgate_policy_sequence", "The sequence of the policy that judges.", state.manifest.sequence
        )
        yield GaugeMetricFamily(
            "mlgate_policy_loaded_timestamp_seconds",
            "When the policy that judges was loaded.",
            state.loaded_at.timestamp(),
        )
        yield GaugeMetricFamily(
            "mlgate_policy_last_load_success",
            "Whether the newest policy is the one that was loaded: 1, or 0 while it is refused.",
            float(state.refused is None),
        )
        answered = self._policy.source.answered_at if self._policy.source is not None else None
        if answered is not None:
            yield GaugeMetricFamily(
                "mlgate_policy_fetched_timestamp_seconds",
                "When the server at policy.url last gave the policy, or said that it is still the same.",
                answered.timestamp(),
            )
        yield CounterMetricFamily(
            "mlgate_policy_load_failures", "Loads of a policy that was refused.", state.failures
        )
