"""What kubectl tells about cards, sign-offs and waivers: columns, short names, and what each field means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cluster.local import LocalCluster
from records import sign_off, waiver
from staging import Stage

KINDS = ("modelcards", "signoffs", "waivers")


def rows(text: str) -> tuple[list[str], dict[str, str]]:
    """The heads of a table that kubectl prints, and its lines by the name they begin with."""
    heads, *lines = text.splitlines()
    return heads.split(), {line.split()[0]: " ".join(line.split()) for line in lines}


def listed(cluster: LocalCluster, kind: str, namespace: str, *flags: str) -> tuple[list[str], dict[str, str]]:
    """What an engineer sees, who may read all of them."""
    return rows(cluster.kubectl.must("engineer", "get", kind, "-n", namespace, *flags))


def test_sign_offs_are_listed_with_what_was_decided_by_whom(cluster: LocalCluster) -> None:
    given = [
        sign_off("listed", expiresAt="2099-01-01"),
        sign_off("listed-rejection", version="2.0.0", decision="rejected"),
    ]
    assert cluster.kubectl.send("business-owner", "create", given).ok
    heads, lines = listed(cluster, "signoffs", "default")
    assert heads == ["NAME", "MODEL", "VERSION", "ROLE", "DECISION", "APPROVER", "AGE"]
    assert lines["listed"].startswith("listed demand-forecast 1.0.0 businessOwner approved bo@example.com ")
    assert " 2.0.0 businessOwner rejected bo@example.com " in lines["listed-rejection"]
    heads, lines = listed(cluster, "soff", "default", "-o", "wide")
    assert heads == ["NAME", "MODEL", "VERSION", "ROLE", "DECISION", "APPROVER", "EXPIRES", "AGE"]
    assert " 2099-01-01 " in lines["listed"]


def test_waivers_are_listed_with_what_they_lift_for_what_and_how_long(cluster: LocalCluster) -> None:
    entry = waiver("listed")
    assert cluster.kubectl.send("risk-committee", "create", [entry]).ok
    heads, lines = listed(cluster, "waivers", "default")
    assert heads == [
        *("NAME", "CODES", "WORKLOAD", "MODEL", "DIGEST"),
        *("TICKET", "APPROVED", "BY", "EXPIRES", "AGE"),
    ]
    assert lines["listed"].startswith(
        'listed ["fairness.group_too_small"] demand-forecast RISK-77 rita@example.com '
        f"{entry['spec']['expiresAt']} "
    )
    heads, lines = listed(cluster, "waiv", "default", "-o", "wide")
    assert heads == [
        *("NAME", "CODES", "WORKLOAD", "MODEL", "VERSION", "DIGEST", "KIND", "TERMS", "TICKET"),
        *("REQUESTED", "BY", "APPROVED", "BY", "EXPIRES", "AGE"),
    ]
    assert " erin@example.com rita@example.com " in lines["listed"]


def test_cards_are_listed_with_model_version_and_tier(stage: Stage) -> None:
    case = stage.prepare("ticket-router")
    for name in ("modelcards", "mcard"):
        heads, lines = listed(stage.cluster, name, case.name)
        assert heads == ["NAME", "MODEL", "VERSION", "TIER", "AGE"]
        assert lines["ticket-router-1.4.0"].startswith("ticket-router-1.4.0 ticket-router 1.4.0 limited ")


def test_one_word_lists_the_records_of_all_kinds(stage: Stage) -> None:
    case = stage.prepare("ticket-router")
    told = stage.cluster.kubectl.must("engineer", "get", "mlgate", "-n", case.name, "-o", "name")
    assert "modelcard.mlgate.dev/ticket-router-1.4.0" in told.split()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("signoff.spec.role", "need the RBAC verb approve on signoffroles"),
        ("signoff.spec.cardDigest", "`mlgate card digest` prints it"),
        ("waiver.spec.subject.workload.kind", "Kind of the workload"),
        ("soff", "An approval or rejection of one model version"),
        ("mcard.spec.risk.tier", "absent counts as high"),
    ],
)
def test_a_field_is_explained(cluster: LocalCluster, path: str, told: str) -> None:
    text = " ".join(cluster.kubectl.must("engineer", "explain", path).split())
    assert told in text
    assert "DESCRIPTION: <empty>" not in text


def test_the_words_a_field_may_hold_are_explained(cluster: LocalCluster) -> None:
    text = cluster.kubectl.must("engineer", "explain", "signoff.spec.role")
    words = text.partition("ENUM:")[2].partition("DESCRIPTION:")[0].split()
    assert words == ["businessOwner", "modelRisk", "compliance", "legal", "privacy", "security", "product"]


@pytest.fixture(scope="module")
def published(cluster: LocalCluster) -> dict[str, Any]:
    """What `kubectl explain` reads: the schemas as the API server publishes them."""
    path = "/openapi/v3/apis/mlgate.dev/v1alpha1"
    found: dict[str, Any] = json.loads(cluster.kubectl.must("engineer", "get", "--raw", path))
    return found["components"]["schemas"]  # type: ignore[no-any-return]


def fields(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field below a schema, whatever lists and maps lie between."""
    for name, part in schema.get("properties", {}).items():
        yield f"{path}.{name}", part
        yield from fields(part, f"{path}.{name}")
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            yield from fields(schema[inner], path)


@pytest.mark.parametrize(("kind", "least"), [("ModelCard", 200), ("SignOff", 9), ("Waiver", 14)])
def test_every_field_is_explained(published: dict[str, Any], kind: str, least: int) -> None:
    (schema,) = [found for name, found in published.items() if name.endswith(f".{kind}")]
    found = dict(fields(schema, kind))
    assert len(found) >= least
    assert [path for path, part in found.items() if not part.get("description")] == []
    assert schema["description"]
