"""What becomes of the policy, as metrics."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlgate.live_policy import LivePolicy
from mlgate.policy.remote_bundle import RemoteBundle
from mlgate.policy_source import PolicySource
from mlgate.settings import Settings
from mlgate.web.metrics import Metrics
from mlgate.web.policy_metrics import PolicyMetrics


async def test_each_load_and_each_refusal_shows_and_the_revision_before_leaves_no_series(
    policy: LivePolicy, source: Any
) -> None:
    metrics = Metrics()
    metrics.registry.register(PolicyMetrics(policy))

    def told() -> dict[str, float]:
        lines = [line.split(" ") for line in metrics.text().decode().splitlines() if line[0] != "#"]
        return {name: float(value) for name, value in lines if name.startswith("mlgate_policy_")}

    start = told()
    source.revision = "v2!"
    await policy.reload.check(at_once=True)
    refused = told()
    source.revision = "v3"
    await policy.reload.check(at_once=True)
    after = told()

    assert start == {
        'mlgate_policy_info{revision="v1"}': 1,
        'mlgate_policy_mode{mode="enforce",profile="production"}': 1,
        'mlgate_policy_mode{mode="audit",profile="sandbox"}': 1,
        "mlgate_policy_sequence": 7,
        "mlgate_policy_loaded_timestamp_seconds": source.now.timestamp(),
        "mlgate_policy_last_load_success": 1,
        "mlgate_policy_load_failures_total": 0,
    }
    failed = {"mlgate_policy_last_load_success": 0, "mlgate_policy_load_failures_total": 1}
    assert refused == start | failed
    assert {name for name in after if "info" in name} == {'mlgate_policy_info{revision="v3"}'}
    assert after["mlgate_policy_last_load_success"] == 1
    assert after["mlgate_policy_load_failures_total"] == 1


def test_when_a_server_last_gave_the_policy_shows_once_it_did(policy: LivePolicy) -> None:
    remote = RemoteBundle("https://policy.example.com/x", Path("x"), 60)
    metrics = Metrics()
    metrics.registry.register(
        PolicyMetrics(replace(policy, source=PolicySource(Settings(), None, remote=remote)))
    )
    name = "mlgate_policy_fetched_timestamp_seconds"
    assert name not in metrics.text().decode()
    remote.answered_at = datetime.fromtimestamp(1_800_000_000, UTC)
    assert f"{name} 1.8e+09" in metrics.text().decode()
