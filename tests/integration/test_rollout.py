"""Day two under load: certificates are rotated and replicas replaced, and no review is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from forwarder import service
from process import Certificates, Served, serving
from traffic import reviews_go_on

from mlgate.policy.manifest import BundleManifest

Question = Callable[..., dict[str, Any]]
Start = Callable[..., Served]


@pytest.fixture
def start(evidence: tuple[Path, ...], shipped: BundleManifest, tmp_path: Path) -> Any:
    """Starts replicas, all behind certificates of one authority."""
    with ExitStack() as running:
        common = Certificates(tmp_path)

        def one(name: str, **settings: str) -> Served:
            folder = tmp_path / name
            folder.mkdir()
            assert shipped.path is not None
            replica = serving(folder, evidence, shipped.path, authority=common.authority, settings=settings)
            return running.enter_context(replica)

        yield one


def _until(wanted: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_replicas_are_replaced_one_by_one_under_load_and_no_review_is_lost(
    start: Start, question: Question
) -> None:
    drain = {"MLGATE_SERVER__DRAIN_SECONDS": "3"}
    first, second = start("first", **drain), start("second", **drain)
    with (
        service(first, second) as endpoints,
        reviews_go_on(endpoints.port, first.certificates.trust, question) as traffic,
    ):
        for ending in (first, second):
            fresh = start(f"instead-of-{ending.log.parent.name}", **drain)
            endpoints.replicas.append(fresh)
            _until(lambda fresh=fresh: fresh in endpoints.ready)
            assert ending.stop() == 0
            endpoints.replicas.remove(ending)
            traffic.wait_for(25)

    assert traffic.wrong == []
    for ended in (first, second):
        assert [line for line in ended.lines() if line["level"] == "error"] == []


def _metric(server: Served, name: str) -> float:
    lines = server.call("GET", "/metrics").text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def test_certificates_are_rotated_under_load_good_and_bad_and_no_review_is_lost(
    start: Start, question: Question
) -> None:
    server = start("only")
    files, expiry = server.certificates, "mlgate_certificate_expiry_timestamp_seconds"
    success = "mlgate_certificate_last_load_success"
    with reviews_go_on(server.port, files.trust, question) as traffic:
        for day in range(2, 5):
            files.issue(not_after=datetime.now(UTC) + timedelta(days=day))
            _until(lambda day=day: 0 < _metric(server, expiry) - time.time() < (day + 0.1) * 86400)
            traffic.wait_for(10)
        kept = _metric(server, expiry)
        sound = files.cert.read_bytes()
        for bad in (b"", sound[: len(sound) // 2], files.authority.cert_pem.bytes()):
            files.cert.write_bytes(bad)
            _until(lambda: _metric(server, success) == 0)
            traffic.wait_for(10)
            assert _metric(server, expiry) == kept
            assert server.call("GET", "/readyz").json()["certificate"]["refused"] is not None
            files.cert.write_bytes(sound)
            _until(lambda: _metric(server, success) == 1)
        traffic.wait_for(10)

    assert traffic.wrong == []
    assert _metric(server, "mlgate_certificate_load_failures_total") >= 3
