"""Client certificates on the real server: who may bring reviews and who may probe, also after a rotation."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from process import Served, serving
from traffic import reviews_go_on

from mlgate.policy.manifest import BundleManifest

Question = Callable[..., dict[str, Any]]
NAME = "kube-apiserver"


@dataclass
class Guarded:
    """A server that takes reviews from one name of the authorities in a file."""

    server: Served
    path: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    def trust(self, *issuers: trustme.CA) -> None:
        """Write the authorities, the way kubelet does it."""
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(b"".join(issuer.cert_pem.bytes() for issuer in issuers))
        fresh.replace(self.path)

    def client(self, issuer: trustme.CA | None, name: str = NAME, **dates: datetime) -> ssl.SSLContext:
        """A caller with a certificate of that authority, or with none."""
        context = ssl.create_default_context()
        self.server.certificates.authority.configure_trust(context)
        if issuer is not None:
            issuer.issue_cert(name, **dates).configure_cert(context)
        return context

    @contextmanager
    def connected(self, context: ssl.SSLContext) -> Iterator[http.client.HTTPSConnection]:
        """A connection that is kept."""
        port = self.server.port
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, context: ssl.SSLContext, review: dict[str, Any]) -> int:
        """The status of a review on a connection of its own."""
        with self.connected(context) as connection:
            return _ask(connection, review)


@pytest.fixture(scope="module")
def guarded(
    evidence: tuple[Path, ...], shipped: BundleManifest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    authority, path = trustme.CA(), folder / "client-ca.crt"
    authority.cert_pem.write_to_path(str(path))
    settings = {"MLGATE_TLS__CLIENT_CA": str(path), "MLGATE_TLS__CLIENT_NAMES": json.dumps([NAME])}
    assert shipped.path is not None
    with serving(folder, evidence, shipped.path, settings=settings) as server:
        yield Guarded(server, path, authority)


def _ask(connection: http.client.HTTPSConnection, review: dict[str, Any]) -> int:
    """The status of a review on a connection."""
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/validate?timeout=10s", json.dumps(review).encode(), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _get(connection: http.client.HTTPSConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


PATHS = ("/livez", "/readyz", "/metrics", "/version")


@pytest.mark.parametrize(
    ("issuer", "name", "status"), [("ours", NAME, 200), ("ours", "x", 403), ("no", "", 403)]
)
def test_reviews_need_the_right_certificate_and_probes_need_none(
    guarded: Guarded, question: Question, issuer: str, name: str, status: int
) -> None:
    context = guarded.client(guarded.authority if issuer == "ours" else None, name)

    assert guarded.ask(context, question()) == status
    with guarded.connected(context) as connection:
        assert {_get(connection, path) for path in PATHS} == {200}


@pytest.mark.parametrize("fault", ["of another authority", "expired", "not yet valid"])
def test_a_certificate_that_is_no_good_does_not_get_past_the_handshake(
    guarded: Guarded, question: Question, fault: str
) -> None:
    now = datetime.now(UTC)
    context = {
        "of another authority": lambda: guarded.client(trustme.CA()),
        "expired": lambda: guarded.client(guarded.authority, not_after=now - timedelta(days=1)),
        "not yet valid": lambda: guarded.client(guarded.authority, not_before=now + timedelta(days=1)),
    }[fault]()

    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        guarded.ask(context, question())
    metrics = guarded.server.call("GET", "/metrics").text
    assert 'mlgate_connections_dropped_total{reason="client_certificate"} 0.0' not in metrics


def test_without_the_setting_nobody_needs_a_certificate_and_any_is_passed_over(
    running: Served, question: Question
) -> None:
    for issuer in (None, trustme.CA()):
        guarded = Guarded(running, Path())
        with guarded.connected(guarded.client(issuer)) as connection:
            assert _ask(connection, question()) == 200
            assert _get(connection, "/readyz") == 200


def _until(wanted: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < limit
        time.sleep(0.05)


@contextmanager
def restored(guarded: Guarded) -> Iterator[None]:
    """The authority as it was before, once a test is over."""
    try:
        yield
    finally:
        guarded.trust(guarded.authority)
        caller = guarded.client(guarded.authority)
        _until(lambda: _may_connect(guarded, caller))


def _may_connect(guarded: Guarded, context: ssl.SSLContext) -> bool:
    """Whether that caller's handshake succeeds and nothing is refused."""
    try:
        with guarded.connected(context) as connection:
            connection.request("GET", "/readyz")
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
    except OSError:
        return False
    return answer["certificate"]["refused"] is None


def test_the_authority_is_rotated_with_an_overlap_and_no_review_is_lost(
    guarded: Guarded, question: Question
) -> None:
    older, newer = guarded.authority, trustme.CA()
    old_caller, new_caller = guarded.client(older), guarded.client(newer)
    with guarded.connected(old_caller) as kept, restored(guarded):
        with reviews_go_on(guarded.server.port, old_caller, question) as traffic:
            assert _ask(kept, question()) == 200
            guarded.trust(older, newer)
            _until(lambda: _welcome(guarded, new_caller, question))
            traffic.wait_for(50)
            assert _ask(kept, question()) == 200
        assert traffic.wrong == []
        with reviews_go_on(guarded.server.port, new_caller, question) as traffic:
            guarded.trust(newer)
            _until(lambda: not _welcome(guarded, old_caller, question))
            traffic.wait_for(50)
        assert traffic.wrong == []
        # The connection of before has outlived the authority, and its right to bring reviews has not.
        assert _get(kept, "/livez") == 200
        assert _ask(kept, question()) == 403


def _welcome(guarded: Guarded, context: ssl.SSLContext, question: Question) -> bool:
    """Whether a new connection of that caller may bring reviews."""
    try:
        return guarded.ask(context, question()) == 200
    except (OSError, http.client.HTTPException):
        return False


def test_a_bad_authority_is_told_and_the_one_before_counts_on(guarded: Guarded, question: Question) -> None:
    caller = guarded.client(guarded.authority)
    with restored(guarded):
        guarded.path.write_text("half")
        _until(lambda: guarded.server.call("GET", "/readyz").json()["certificate"]["refused"] is not None)
        answer = guarded.server.call("GET", "/readyz").json()
        metrics = guarded.server.call("GET", "/metrics").text

        assert answer["ready"] is True
        assert str(guarded.path) in answer["certificate"]["refused"]
        assert "mlgate_certificate_last_load_success 0.0" in metrics
        assert _welcome(guarded, caller, question)
        assert not _welcome(guarded, guarded.client(None), question)
    assert guarded.server.call("GET", "/readyz").json()["certificate"]["refused"] is None
