"""The guards on their own: nothing but the API server and the policies, no definition's own rule, no gate."""

from __future__ import annotations

import time
from typing import Any

import pytest
from casebook.documents import Object, read_all
from cluster.control_plane import ControlPlane
from cluster.local import GUARDS, RECORDS
from cluster.people import person
from records import in_days, sign_off, waiver
from refusals import refused_by_guard

ADMINISTRATOR = person("administrator")
PATIENCE_SECONDS = 20
"""The API server takes a moment to learn of a new policy."""


def without_own_rules(schema: Any) -> Any:
    """A definition whose fields may change: the rules that make a spec immutable are gone."""
    if isinstance(schema, dict):
        return {
            key: without_own_rules(value)
            for key, value in schema.items()
            if key != "x-kubernetes-validations"
        }
    return [without_own_rules(entry) for entry in schema] if isinstance(schema, list) else schema


def definitions() -> list[Object]:
    """The kinds of the records, bare."""
    kinds = (entry for path in sorted(RECORDS.glob("*.yaml")) for entry in read_all(path))
    return [without_own_rules(entry) for entry in kinds]


@pytest.fixture(scope="module")
def guarded(bare_plane: ControlPlane) -> ControlPlane:
    """A control plane with a sign-off and a waiver, which only the policies protect."""
    kubectl = bare_plane.kubectl
    assert kubectl.send("administrator", "create", definitions()).ok
    kubectl.must("administrator", "create", "-f", str(GUARDS))
    kubectl.must("administrator", "wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
    given = [
        sign_off("given", approver=ADMINISTRATOR.username),
        waiver("given", approvedBy=ADMINISTRATOR.username),
    ]
    answer = kubectl.send("administrator", "create", given)
    assert answer.ok, answer.errors
    limit = time.monotonic() + PATIENCE_SECONDS
    for forged in (sign_off("forged"), waiver("forged")):
        while not refused_by_guard(kubectl.send("administrator", "create", [forged], "--dry-run=server")):
            assert time.monotonic() < limit, "the policy does not act"
    return bare_plane


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("signoff", '{"spec":{"version":"9.9.9"}}'),
        ("signoff", '{"spec":{"approver":"petra@example.com"}}'),
        ("signoff", '{"spec":{"expiresAt":"2099-01-01"}}'),
        ("waiver", '{"spec":{"expiresAt":"2099-01-01"}}'),
        ("waiver", '{"spec":{"codes":["fairness.limit_exceeded"]}}'),
        ("waiver", '{"spec":{"requestedBy":"somebody@example.com"}}'),
    ],
)
def test_a_record_cannot_be_changed_even_by_an_administrator(
    guarded: ControlPlane, kind: str, change: str
) -> None:
    answer = guarded.kubectl("administrator", "patch", kind, "given", "--type=merge", "-p", change)
    assert refused_by_guard(answer), answer.errors
    assert "cannot be changed" in answer.errors


@pytest.mark.parametrize("kind", ["signoff", "waiver"])
def test_what_is_no_statement_of_a_record_may_change(guarded: ControlPlane, kind: str) -> None:
    answer = guarded.kubectl("administrator", "label", kind, "given", "quarter=q4", "--overwrite")
    assert answer.ok, answer.errors


def test_even_an_administrator_signs_in_an_own_name_alone(guarded: ControlPlane) -> None:
    for forged in (sign_off("for-another"), waiver("for-another")):
        answer = guarded.kubectl.send("administrator", "create", [forged])
        assert refused_by_guard(answer), answer.errors


@pytest.mark.parametrize("spelling", ["ada@example.com", " ADA@Example.com "])
def test_no_spelling_of_a_name_makes_it_another_person(guarded: ControlPlane, spelling: str) -> None:
    own = waiver("own", approvedBy=ADMINISTRATOR.username, requestedBy=spelling)
    assert refused_by_guard(guarded.kubectl.send("administrator", "create", [own]))


@pytest.mark.parametrize("flags", [("--dry-run=server",), ()])
def test_no_waiver_is_granted_for_more_than_366_days(guarded: ControlPlane, flags: tuple[str, ...]) -> None:
    kubectl = guarded.kubectl
    for days, name in ((366, "a-year"), (367, "longer")):
        long = waiver(name, approvedBy=ADMINISTRATOR.username, expiresAt=in_days(days))
        answer = kubectl.send("administrator", "create", [long], *flags)
        assert answer.ok == (days == 366), answer.errors
    assert refused_by_guard(answer)
    assert "spec.expiresAt must be within 366 days" in answer.errors
