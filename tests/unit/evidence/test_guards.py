"""What vouches for sign-offs and waivers."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.guards import BINDING, POLICY, Guard, RecordKind, read_guard

ROOT = Path(__file__).resolve().parents[3]
FILES: dict[RecordKind, str] = {"SignOff": "signoffs", "Waiver": "waivers"}


def shipped(kind: RecordKind, created: str = "2026-11-01T00:00:00Z") -> list[dict[str, Any]]:
    text = (ROOT / "charts" / "mlgate" / "files" / "guards" / f"{FILES[kind]}.yaml").read_text()
    documents = [copy.deepcopy(document) for document in yaml.safe_load_all(text)]
    for document in documents:
        document["metadata"]["creationTimestamp"] = created
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


def _without_digest(documents: list[dict[str, Any]], part: int) -> None:
    documents[part]["spec"]["number"] = 2**60


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("change", [_drop, _delete, _weaken, _empty, _no_birth, _without_digest])
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


def test_the_list_of_known_guards_is_current() -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, ROOT / "tools" / "guard_digests.py", "--check"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["SignOff", "Waiver"])
def test_shipped_guards_deny_and_write_out_what_the_api_server_would_fill_in(kind: RecordKind) -> None:
    policy, binding = shipped(kind)
    constraints = policy["spec"]["matchConstraints"]
    assert policy["spec"]["failurePolicy"] == "Fail"
    assert constraints["matchPolicy"] == "Equivalent"
    assert (constraints["namespaceSelector"], constraints["objectSelector"]) == ({}, {})
    assert [rule["scope"] for rule in constraints["resourceRules"]] == ["*"]
    assert binding["spec"] == {"policyName": policy["metadata"]["name"], "validationActions": ["Deny"]}
