"""`doctor`: what is found, for people and for machines, and the exit code that says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import doctor
from mlgate.cli.schemas import output_schema
from mlgate.doctor.entries import check_entries
from mlgate.doctor.snapshot import Snapshot, Unread
from mlgate.evidence.api_server import Connection

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
ENTRY = {
    "name": "records.mlgate.dev",
    "failurePolicy": "Fail",
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
    "rules": [],
}


@dataclass
class Cluster:
    """What the command is connected to, and how it asked."""

    snapshot: Snapshot
    asked: list[Any] = field(default_factory=list)
    closed: int = 0
    tried: tuple[int, str] = (201, "")
    """What becomes of a create that is tried."""

    def close(self) -> None:
        self.closed += 1

    def review(self, *_: Any) -> dict[str, Any]:
        return {"status": {"userInfo": {"username": "ada"}}}

    def dry_run(self, path: str, _value: Any, timeout: float) -> tuple[int, dict[str, Any]]:
        self.asked.append((path, timeout))
        return self.tried[0], {"message": self.tried[1]}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, mlgate: Program, tmp_path: Path) -> Cluster:
    made = Cluster(
        Snapshot(
            at=datetime(2026, 11, 26, 12, tzinfo=UTC),
            configurations=({"metadata": {"name": "mlgate"}, "webhooks": [ENTRY]},),
            policies=None,
            bindings=None,
            unread=(Unread(what="validatingadmissionpolicies", reason="the API server answered 403\x1b[2J"),),
        )
    )

    def connect(file: Path | None, context: str | None) -> Any:
        made.asked.append((file, context))
        return made

    def read(_connection: Any, **asked: Any) -> Snapshot:
        made.asked.append(asked)
        return made.snapshot

    monkeypatch.setattr(Connection, "configure", connect)
    monkeypatch.setattr(doctor, "read_snapshot", read)
    monkeypatch.setattr("mlgate.doctor.examine.CHECKS", (check_entries,))
    monkeypatch.setenv("HOME", str(tmp_path))
    return made


def test_what_lets_models_through_ends_with_1(mlgate: Program, cluster: Cluster) -> None:
    done = mlgate("doctor")
    assert done.code == 1
    assert done.out.startswith("✗ webhook.entry_missing (critical): there is no entry models.mlgate.dev")
    assert "    fix helm upgrade --install" in done.out
    assert "? not looked at: validatingadmissionpolicies: the API server answered 403\\u001b[2J" in done.out
    last = done.out.strip().splitlines()[-1]
    assert last == ("mlgate: 2 findings: 2 let models through, 0 may, 0 do not; 1 could not be looked at")
    assert cluster.closed == 1


def test_json_is_of_the_exported_shape(mlgate: Program, cluster: Cluster) -> None:
    found = json.loads(mlgate("doctor", "--output", "json").out)
    schema = output_schema("doctor")
    assert [*found] == schema["required"]
    assert [*found["findings"][0]] == schema["$defs"]["Finding"]["required"]
    assert found["installation"] == {"configurations": ["mlgate"], "namespace": "mlgate-system", "gate": None}
    assert found["summary"] == {"yes": 2, "possibly": 0, "no": 0, "unread": 1}


def test_what_was_not_looked_at_ends_with_2(
    mlgate: Program, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlgate.doctor.examine.CHECKS", ())
    assert mlgate("doctor").code == 2


def test_a_cluster_that_was_looked_at_and_refuses_ends_with_0(
    mlgate: Program, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlgate.doctor.examine.CHECKS", ())
    cluster.snapshot = Snapshot(at=cluster.snapshot.at, configurations=())
    done = mlgate("doctor")
    assert done.code == 0
    assert done.out.strip() == "no webhook configuration: 0 findings: 0 let models through, 0 may, 0 do not"


def test_the_cluster_is_the_one_that_is_named(
    mlgate: Program, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "config"
    file.touch()
    mlgate(
        "doctor",
        "--kubeconfig",
        file,
        "--context",
        "prod",
        "-n",
        "gates",
        "--timeout",
        "3",
        "--url",
        "https://g:1",
    )
    assert cluster.asked == [(file, "prod"), {"timeout": 3.0, "home": "gates", "url": "https://g:1"}]

    cluster.asked.clear()
    mlgate("doctor")
    assert cluster.asked[0] == (tmp_path / ".kube" / "config", None)

    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    cluster.asked.clear()
    mlgate("doctor")
    assert cluster.asked[0] == (None, None)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8443", "https://", "gate"])
def test_an_address_of_the_gate_begins_with_https(mlgate: Program, cluster: Cluster, url: str) -> None:
    done = mlgate("doctor", "--url", url)
    assert (done.code, done.out) == (2, "")
    assert "https://" in done.err


def test_a_cluster_that_does_not_answer_is_one_line(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("doctor", "--kubeconfig", tmp_path / "nothing")
    assert done.code == 2
    assert "no usable cluster configuration" in done.err


def test_what_must_be_refused_is_tried_and_nothing_is_read(mlgate: Program, cluster: Cluster) -> None:
    denied = 'admission webhook "records.mlgate.dev" denied the request: waiver.expiry_invalid\x1b[2J\nmore'
    cluster.tried = (403, denied)
    done = mlgate("doctor", "--reach", "credit", "--timeout", "3")
    assert done.code == 0
    first, second = done.out.splitlines()
    assert first.startswith("✓ refused (a Waiver that has ended, in credit): the API server asked mlgate")
    assert second.endswith("waiver.expiry_invalid\\u001b[2J")
    assert cluster.asked[1:] == [("/apis/mlgate.dev/v1alpha1/namespaces/credit/waivers", 3.0)]
    assert cluster.closed == 1

    cluster.tried = (201, "")
    done = mlgate("doctor", "--reach", "credit")
    assert (done.code, len(done.out.splitlines())) == (1, 1)
    assert done.out.startswith("✗ passed (a Waiver that has ended, in credit): nobody refused it")

    cluster.tried = (403, "waivers.mlgate.dev is forbidden")
    assert mlgate("doctor", "--reach", "credit").code == 2


def test_an_attempt_as_json_is_of_the_exported_shape(mlgate: Program, cluster: Cluster) -> None:
    found = json.loads(mlgate("doctor", "--reach", "credit", "--output", "json").out)
    assert [*found] == output_schema("doctor-reach")["required"]
    assert (found["namespace"], found["answer"], found["told"]) == ("credit", "passed", "")
