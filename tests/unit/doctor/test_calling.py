"""What is called is looked at from here, and where it cannot be, in what it is set up with."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor import calling, probe
from mlgate.doctor.examine import examine
from mlgate.doctor.reader import read_snapshot
from mlgate.doctor.snapshot import GateState, Serving

HOME = "/api/v1/namespaces/mlgate-system"
PROXY = f"{HOME}/services/https:mlgate:443/proxy"
SECRET = f"{HOME}/secrets/mlgate-tls"


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses that were called; nobody is there unless a test puts somebody there."""
    asked: list[Any] = []

    def nobody(_target: Any, address: Any, _seconds: float) -> None:
        asked.append(address)

    monkeypatch.setattr(probe, "look", nobody)
    monkeypatch.setattr(probe, "ask", nobody)
    return asked


def addressed(broken: Any, url: str) -> None:
    """Let all entries call an address."""
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"] = {"url": url, "caBundle": entry["clientConfig"]["caBundle"]}


def test_the_service_is_called_where_the_cluster_has_it(broken: Any, api: Any, called: list[Any]) -> None:
    broken.service["spec"]["clusterIP"] = "10.96.0.7"
    snapshot = read_snapshot(api(broken), timeout=1)
    assert called == [("10.96.0.7", 443)] * 2
    assert [one.place for one in snapshot.servings.values()] == ["Secret mlgate-system/mlgate-tls"]
    assert snapshot.gate is not None
    assert snapshot.gate.place == "the API server's proxy"


@pytest.mark.parametrize("url", ["https://127.0.0.1:8443/validate", "https://gate.example.com/validate"])
def test_an_address_is_called_as_it_stands(broken: Any, api: Any, called: list[Any], url: str) -> None:
    addressed(broken, url)
    snapshot = read_snapshot(api(broken), timeout=1)
    host = url.split("/")[2].partition(":")[0]
    assert set(called) == {(host, 8443 if ":8443" in url else 443)}
    assert (snapshot.called, snapshot.services, snapshot.servings) == (True, (), {})
    codes = [one.code for one in examine(snapshot).findings]
    assert {"gate.not_answering", "certificate.not_checked", "service.address_used"} <= {*codes}
    assert [one.what for one in snapshot.unread] == ["decision.mode and decision.onError"]


def test_the_gate_is_called_where_the_user_says(broken: Any, api: Any, called: list[Any]) -> None:
    snapshot = read_snapshot(api(broken), timeout=1, url="https://127.0.0.1:9443")
    assert set(called) == {("127.0.0.1", 9443)}
    assert snapshot.called
    assert snapshot.gate is None


def test_whoever_answers_is_told_of(broken: Any, api: Any, called: Any, monkeypatch: Any) -> None:
    shown = Serving("127.0.0.1:9443", (b"x",), "trust")
    gate = GateState("127.0.0.1:9443", {}, {})
    monkeypatch.setattr(probe, "look", lambda *_: shown)
    monkeypatch.setattr(probe, "ask", lambda *_: gate)
    snapshot = read_snapshot(api(broken), timeout=1, url="https://127.0.0.1:9443")
    assert [*snapshot.servings.values()] == [shown]
    assert snapshot.gate == gate


@pytest.mark.parametrize(
    ("inside", "place"), [(True, "10.96.0.7:443"), (False, "Secret mlgate-system/mlgate-tls")]
)
def test_outside_the_cluster_a_stranger_at_its_address_proves_nothing(
    broken: Any, api: Any, called: Any, monkeypatch: Any, *, inside: bool, place: str
) -> None:
    broken.service["spec"]["clusterIP"] = "10.96.0.7"
    monkeypatch.setattr(calling, "runs_in_cluster", lambda: inside)
    monkeypatch.setattr(probe, "look", lambda *_: Serving("10.96.0.7:443", (b"x",), "trust"))
    snapshot = read_snapshot(api(broken), timeout=1)
    assert [one.place for one in snapshot.servings.values()] == [place]


def test_a_gate_that_is_not_reached_is_not_looked_at(broken: Any, api: Any, called: Any) -> None:
    snapshot = read_snapshot(api(broken, refused={f"{PROXY}/version"}), timeout=1)
    assert snapshot.gate is None
    (left,) = snapshot.unread
    assert left.what == "the gate"
    assert "--url" in left.reason
    assert snapshot.deciding is not None, "the ConfigMap of its settings tells"


@pytest.mark.parametrize("missing", ["version", "readyz"])
def test_a_service_of_something_else_is_no_gate(broken: Any, api: Any, called: Any, missing: str) -> None:
    server = api(broken)
    server.answers[f"{PROXY}/{missing}"] = None
    assert read_snapshot(server, timeout=1).gate is None


@pytest.mark.parametrize(
    "secret",
    [None, {}, {"data": {"tls.crt": 7}}, {"data": {"tls.crt": "!"}}, {"data": {"tls.crt": "bm8gUEVN"}}],
)
def test_a_secret_that_holds_no_certificate_shows_none(
    broken: Any, api: Any, called: Any, secret: Any
) -> None:
    server = api(broken)
    server.answers[SECRET] = secret
    assert read_snapshot(server, timeout=1).servings == {}


def test_who_may_not_read_secrets_is_told_that_the_certificate_was_not_seen(
    broken: Any, api: Any, called: Any
) -> None:
    snapshot = read_snapshot(api(broken, refused={SECRET}), timeout=1)
    assert (snapshot.servings, snapshot.unread) == ({}, ())
    assert [one.code for one in examine(snapshot).findings] == ["certificate.not_checked"]


def test_a_certificate_that_comes_from_elsewhere_is_not_looked_for(
    broken: Any, api: Any, called: Any
) -> None:
    container = broken.deployment["spec"]["template"]["spec"]["containers"][0]
    container["env"][0]["value"] = "/tmp/tls.crt"  # noqa: S108 - a path in a container
    assert read_snapshot(api(broken), timeout=1).servings == {}
    container["env"] = []
    assert read_snapshot(api(broken), timeout=1).servings == {}


def test_services_that_cannot_be_read_are_remembered(broken: Any, api: Any, called: Any) -> None:
    snapshot = read_snapshot(api(broken, refused={f"{HOME}/services"}), timeout=1)
    assert snapshot.services is None
    assert [one.what for one in snapshot.unread] == [
        "services",
        "the gate",
        "decision.mode and decision.onError",
    ]
