"""Whoever holds on to the real server, or floods it, is ended within ten seconds; reviews just go on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from process import Served, serving
from siege.attacks import ATTACKS, Closed, Victim
from traffic import Traffic, reviews_go_on

from mlgate.policy.manifest import BundleManifest

Question = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Siege:
    """All attacks at once on one server with the settings it has by default."""

    closed: dict[str, Closed]
    traffic: Traffic
    metrics: str
    highest_memory: int
    """Bytes the process held at most."""

    def count(self, series: str) -> float:
        """The value of a series in the metrics after the attacks."""
        return next(
            float(line.split()[-1]) for line in self.metrics.splitlines() if line.startswith(f"{series} ")
        )


def _highest_memory(server: Served) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


@pytest.fixture(scope="module")
def siege(
    evidence: tuple[Path, ...],
    shipped: BundleManifest,
    make_question: Question,
    tmp_path_factory: pytest.TempPathFactory,
) -> Siege:
    assert shipped.path is not None
    with serving(tmp_path_factory.mktemp("edge"), evidence, shipped.path) as server:
        victim = Victim(server.port, server.certificates.trust)
        with (
            # All come from one address here: a newcomer among a thousand may be the one to go.
            reviews_go_on(server.port, server.certificates.trust, make_question, forgiving=True) as traffic,
            ThreadPoolExecutor(len(ATTACKS)) as attackers,
        ):
            under_way = {attack.__name__: attackers.submit(attack, victim) for attack in ATTACKS}
            closed = {name: attack.result(120) for name, attack in under_way.items()}
            traffic.wait_for(50)
        metrics = server.call("GET", "/metrics").text
        return Siege(closed, traffic, metrics, _highest_memory(server))


@pytest.mark.parametrize("attack", [attack.__name__ for attack in ATTACKS])
def test_whoever_holds_on_is_ended_within_ten_seconds(siege: Siege, attack: str) -> None:
    closed = siege.closed[attack]

    assert len(closed) == {"a_thousand_idle": 1000, "bodies_that_lack_their_end": 24}.get(attack, 1)
    assert max(closed) <= 10


def test_no_review_meanwhile_is_lost_or_answered_wrongly(siege: Siege) -> None:
    assert siege.traffic.wrong == []
    assert siege.traffic.right > 50


@pytest.mark.parametrize(
    "reason", ["handshake_timeout", "head_timeout", "answer_timeout", "displaced", "no_room"]
)
def test_each_reason_is_counted(siege: Siege, reason: str) -> None:
    assert siege.count(f'mlgate_connections_dropped_total{{reason="{reason}"}}') > 0


def test_bodies_are_refused_with_a_status_that_is_counted(siege: Siege) -> None:
    # The one that announces too much; chunks without end are too much as well, or go before for want of room.
    assert 1 <= siege.count('mlgate_bad_calls_total{status="413"}') <= 2
    assert siege.count('mlgate_bad_calls_total{status="408"}') >= 1  # more of those that lack their end


def test_when_they_have_gone_their_connections_have_too(siege: Siege) -> None:
    assert siege.count("mlgate_connections") < 10
    assert siege.count("mlgate_held_bytes") == 0


def test_none_of_it_costs_much_memory(siege: Siege) -> None:
    assert siege.highest_memory < 512 * 1024 * 1024
