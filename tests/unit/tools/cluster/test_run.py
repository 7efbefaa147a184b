from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from cluster import run
from cluster.people import PEOPLE
from cluster.processes import ClusterError

Step = Callable[[], object]


class Cluster:
    """A cluster of nothing, which does something while it starts and while it is looked after."""

    folder = Path("/folder")
    control_plane = SimpleNamespace(kubeconfig=Path("/folder/kubeconfig"))

    def __init__(self, starting: Step = lambda: None, running: Step = lambda: None) -> None:
        self._starting, self._running = starting, running
        self.stopped = False

    def __enter__(self) -> Self:
        try:
            self._starting()
        except BaseException:
            self.stopped = True
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped = True

    def seconds_until_signing(self) -> float:
        return 0.0

    def dead(self) -> Any:
        return self._running()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits, and the signals are pytest's again afterwards."""
    monkeypatch.setattr(run, "_LOOK_SECONDS", 0.0)
    before = {number: signal.getsignal(number) for number in run._ENDINGS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def main(monkeypatch: pytest.MonkeyPatch, cluster: Cluster) -> int:
    """Run with this cluster."""
    monkeypatch.setattr(run, "LocalCluster", lambda **_: cluster)
    return run.main()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_shuts_everything_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    cluster = Cluster(running=lambda: os.kill(os.getpid(), number))
    assert main(monkeypatch, cluster) == 0
    assert cluster.stopped
    told = capsys.readouterr().out
    assert "sign-offs count from now on" in told
    assert told.endswith("everything is shut down\n")


def test_a_signal_while_it_starts_is_not_kept_waiting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = Cluster(starting=lambda: os.kill(os.getpid(), signal.SIGINT))
    assert main(monkeypatch, cluster) == 0
    assert cluster.stopped
    assert "The cluster is up" not in capsys.readouterr().out


def test_an_impatient_second_signal_does_not_disturb_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Cluster):
        def __exit__(self, *_: object) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            super().__exit__()

    cluster = Slow(running=lambda: os.kill(os.getpid(), signal.SIGINT))
    assert main(monkeypatch, cluster) == 0
    assert cluster.stopped


def test_a_part_that_dies_ends_the_rest_and_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part = SimpleNamespace(name="etcd", tail=lambda: "disk full")
    cluster = Cluster(running=lambda: part)
    assert main(monkeypatch, cluster) == 2
    assert cluster.stopped
    assert capsys.readouterr().err == "make cluster: etcd ended unexpectedly:\ndisk full\n"


def test_a_cluster_that_does_not_come_up_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ClusterError("no port is free")

    assert main(monkeypatch, Cluster(starting=fail)) == 2
    assert capsys.readouterr().err == "make cluster: no port is free\n"


def test_the_usage_names_every_person_and_what_to_type() -> None:
    text = run.usage(Cluster())  # type: ignore[arg-type] - it has what the text needs
    for person in PEOPLE:
        assert f"  {person.context} " in text
    assert "export KUBECONFIG=/folder/kubeconfig" in text
    assert "kubectl --context engineer apply -f ticket-router/manifest.yaml" in text
