"""The snapshot is read from the API server, and what cannot be read is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.examine import examine
from mlgate.doctor.reader import read_snapshot
from mlgate.errors import EvidenceUnavailable

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
NAMESPACES = "/api/v1/namespaces"


def test_everything_is_read(broken: Any, api: Any) -> None:
    snapshot = read_snapshot(api(broken), timeout=1)
    assert snapshot.unread == ()
    assert snapshot.configurations == (broken.configuration,)
    assert {*snapshot.served} == {*broken.snapshot().served}
    assert snapshot.policies == (*broken.policies,)
    assert snapshot.definitions == broken.definitions
    report = examine(snapshot)
    assert report.findings == ()
    assert report.exit_code == 0
    assert report.installation.gate is not None
    assert report.installation.gate.opa == "1.22.2"


def test_without_the_webhook_configurations_there_is_nothing_to_say(broken: Any, api: Any) -> None:
    with pytest.raises(EvidenceUnavailable):
        read_snapshot(api(broken, refused={CONFIGURATIONS}), timeout=1)


def test_what_cannot_be_read_is_remembered_and_not_taken_for_missing(broken: Any, api: Any) -> None:
    guards = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
    group = "/apis/ray.io/v1"
    definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/waivers.mlgate.dev"
    snapshot = read_snapshot(api(broken, refused={guards, group, definition}), timeout=1)
    assert [one.what for one in snapshot.unread] == [
        "the resources of ray.io/v1",
        "validatingadmissionpolicies",
        "customresourcedefinitions",
    ]
    assert {one.reason for one in snapshot.unread} == {"the API server answered 403"}
    report = examine(snapshot)
    assert report.findings == ()
    assert report.exit_code == 2
    assert report.summary.unread == 3


def test_a_finding_that_lets_models_through_outweighs_what_was_not_read(broken: Any, api: Any) -> None:
    broken.entry("models")["failurePolicy"] = "Ignore"
    report = examine(read_snapshot(api(broken, refused={NAMESPACES}), timeout=1))
    assert report.exit_code == 1
    assert report.summary.model_dump() == {"yes": 1, "possibly": 0, "no": 0, "unread": 1}


def test_where_mlgate_runs_can_be_told(broken: Any, api: Any) -> None:
    assert read_snapshot(api(broken), timeout=1, home="gates").home == "gates"
