"""What vouches for sign-offs and waivers."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.digest import canonical_digest
from mlgate.evidence.guards import BINDING, POLICY, Guard, KnownGuard, RecordKind, known_guards, read_guard

ROOT = Path(__file__).resolve().parents[3]
FILES: dict[RecordKind, str] = {"SignOff": "signoffs", "Waiver": "waivers"}


def shipped(kind: RecordKind, created: str = "2026-11-01T00:00:00Z") -> list[dict[str, Any]]:
    text = (ROOT / "charts" / "mlgate" / "files" / "guards" / f"{FILES[kind]}.yaml").read_text()
    documents = [copy.deepcopy(document) for document in yaml.safe_load_all(text)]
    for document in documents:
        document["metadata"] |= {"creationTimestamp": created, "generation": 1}
    return documents


@pytest.mark.parametrize("kind", ["SignOff", "Waiver"])
async def test_a_record_is_authenticated_while_its_guard_stands(
    cluster: Any, deadline: Deadline, kind: RecordKind
) -> None:
    cluster.objects = shipped(kind)
    guard = await read_guard(cluster, kind, deadline)
    assert guard.assurance("2026-11-22T06:15:00Z") == "authenticated"


@pytest.mark.parametrize(
    ("created", "assurance"),
    [
        ("2026-11-01T00:01:00Z", "authenticated"),
        ("2026-11-01T00:00:59Z", "claimed"),
        ("2026-10-31T00:00:00Z", "claimed"),
        (None, "claimed"),
    ],
)
async def test_the_guard_must_be_a_minute_older_than_the_record(
    cluster: Any, deadline: Deadline, created: str | None, assurance: str
) -> None:
    cluster.objects = shipped("SignOff")
    assert (await read_guard(cluster, "SignOff", deadline)).assurance(created) == assurance


@pytest.mark.parametrize("part", [0, 1])
async def test_the_younger_of_policy_and_binding_counts(cluster: Any, deadline: Deadline, part: int) -> None:
    cluster.objects = shipped("SignOff")
    cluster.objects[part]["metadata"]["creationTimestamp"] = "2026-11-22T06:14:30Z"
    assert (await read_guard(cluster, "SignOff", deadline)).assurance("2026-11-22T06:15:00Z") == "claimed"


def _drop(documents: list[dict[str, Any]], part: int) -> None:
    del documents[part]


def _delete(documents: list[dict[str, Any]], part: int) -> None:
    documents[part]["metadata"]["deletionTimestamp"] = "2026-11-02T00:00:00Z"


def _weaken(documents: list[dict[str, Any]], part: int) -> None:
    spec = documents[part]["spec"]
    if part == 0:
        spec["validations"][0]["expression"] = "true"
    else:
        spec["validationActions"] = ["Audit"]


def _empty(documents: list[dict[str, Any]], part: int) -> None:
    del documents[part]["spec"]


def _no_birth(documents: list[dict[str, Any]], part: int) -> None:
    del documents[part]["metadata"]["creationTimestamp"]


def _edit(documents: list[dict[str, Any]], part: int) -> None:
    """And put back as it was: the API server counts what it does not keep."""
    documents[part]["metadata"]["generation"] = 3


def _uncounted(documents: list[dict[str, Any]], part: int) -> None:
    del documents[part]["metadata"]["generation"]


def _without_digest(documents: list[dict[str, Any]], part: int) -> None:
    documents[part]["spec"]["number"] = 2**60


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize(
    "change", [_drop, _delete, _weaken, _empty, _no_birth, _edit, _uncounted, _without_digest]
)
async def test_a_guard_that_is_missing_changed_or_leaving_vouches_for_nothing(
    cluster: Any, deadline: Deadline, part: int, change: Any
) -> None:
    cluster.objects = shipped("SignOff")
    change(cluster.objects, part)
    assert (await read_guard(cluster, "SignOff", deadline)) == Guard()


@pytest.mark.parametrize("kind", [POLICY, BINDING])
async def test_a_guard_that_cannot_be_read_makes_approvals_unavailable_and_not_claimed(
    cluster: Any, deadline: Deadline, kind: str, unavailable: EvidenceUnavailable
) -> None:
    cluster.faults[kind] = unavailable
    with pytest.raises(EvidenceUnavailable):
        await read_guard(cluster, "SignOff", deadline)


async def test_a_guard_in_a_file_vouches_for_nothing(fake_cluster: Any, deadline: Deadline) -> None:
    files = fake_cluster(objects=shipped("SignOff"), source="files")
    assert (await read_guard(files, "SignOff", deadline)).assurance("2026-11-22T06:15:00Z") == "claimed"


async def test_the_caller_may_say_that_the_guarded_cluster_returned_the_files(
    fake_cluster: Any, deadline: Deadline
) -> None:
    files = fake_cluster(source="files", assume_authenticated=True)
    assert (await read_guard(files, "Waiver", deadline)).assurance(None) == "authenticated"
    assert files.calls == []


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is in a cluster after an upgrade that brought a guard of a new name, which this release knows."""
    added = shipped("Waiver", "2026-11-20T00:00:00Z")
    added[0]["spec"]["validations"].append({"expression": "true"})
    for document in added:
        document["metadata"]["name"] = "waivers-2.mlgate.dev"
    digests = [canonical_digest(document["spec"]) for document in added]
    known = {"Waiver": (*known_guards()["Waiver"], KnownGuard("waivers-2.mlgate.dev", *digests))}
    monkeypatch.setattr("mlgate.evidence.guards.known_guards", lambda: known)
    return [*shipped("Waiver"), *added]


async def test_what_was_granted_before_an_upgrade_of_the_guard_counts_on(
    cluster: Any, deadline: Deadline, two: list[dict[str, Any]]
) -> None:
    cluster.objects = two
    guard = await read_guard(cluster, "Waiver", deadline)
    assert guard.since == "2026-11-01T00:00:00Z"
    assert guard.assurance("2026-11-10T00:00:00Z") == "authenticated"


@pytest.mark.parametrize(
    ("gone", "since"), [((0, 1), "2026-11-20T00:00:00Z"), ((2, 3), "2026-11-01T00:00:00Z"), ((0, 3), None)]
)
async def test_either_of_two_guards_is_enough_and_half_of_each_is_none(
    cluster: Any, deadline: Deadline, two: list[dict[str, Any]], gone: tuple[int, ...], since: str | None
) -> None:
    cluster.objects = [entry for index, entry in enumerate(two) if index not in gone]
    assert (await read_guard(cluster, "Waiver", deadline)).since == since


@pytest.mark.parametrize("kind", ["SignOff", "Waiver"])
def test_shipped_guards_deny_and_write_out_what_the_api_server_would_fill_in(kind: RecordKind) -> None:
    policy, binding = shipped(kind)
    constraints = policy["spec"]["matchConstraints"]
    assert policy["spec"]["failurePolicy"] == "Fail"
    assert constraints["matchPolicy"] == "Equivalent"
    assert (constraints["namespaceSelector"], constraints["objectSelector"]) == ({}, {})
    assert [rule["scope"] for rule in constraints["resourceRules"]] == ["*"]
    assert binding["spec"] == {"policyName": policy["metadata"]["name"], "validationActions": ["Deny"]}
