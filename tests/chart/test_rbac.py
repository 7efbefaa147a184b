"""What the gate may read: all that evidence is made of, nothing else, and it writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from chart.outcomes import value_sets
from chart.rendering import hooks, objects, only, render

from mlgate.evidence.resources import KNOWN
from mlgate.workloads.kinds.table import gated_kinds, kinds_aside

Json = dict[str, Any]
SETS = value_sets()


def roles(values: Json, name: str = "mlgate") -> dict[str, Json]:
    """Rules of the roles that the account of the gate holds in the whole cluster, by name."""
    found = objects(render(values))
    bindings = [entry for entry in found if entry["kind"].endswith("RoleBinding")]
    assert {entry["kind"] for entry in bindings} == {"ClusterRoleBinding"}
    for entry in bindings:
        (subject,) = entry["subjects"]
        assert subject == {"kind": "ServiceAccount", "name": name, "namespace": "mlgate-system"}
    held = {entry["roleRef"]["name"] for entry in bindings}
    return {
        entry["metadata"]["name"]: entry["rules"]
        for entry in found
        if entry["kind"] == "ClusterRole" and entry["metadata"]["name"] in held
    }


def _reads(*verbs: str) -> set[tuple[str, str]]:
    """Groups and resources the gate may read by one of the verbs; by default, get one by one."""
    (rules,) = roles({}).values()
    return {
        (group, resource)
        for rule in rules
        if set(verbs or ("get",)) & set(rule["verbs"])
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }


def _may_read(reads: set[tuple[str, str]], group: str, resource: str) -> bool:
    return (group, resource) in reads


def test_the_gate_may_read_every_kind_a_reference_can_lead_to() -> None:
    reads = _reads()
    table = gated_kinds()
    fields = [
        field for row in table.values() for component in row.components for field in component.references
    ]
    # ConfigMaps can hold anything: an installation allows by itself that they are read.
    wanted = [
        table[kind.api_version.partition("/")[0], kind.kind]
        for field in fields
        for kind in field.kinds
        if kind.kind != "ConfigMap"
    ]

    assert wanted
    assert not [row.kind for row in wanted if not _may_read(reads, row.group, row.resource)]


def test_the_gate_may_read_every_kind_that_can_own_a_pod() -> None:
    reads = _reads()
    owners = [row for row in gated_kinds().values() if row.webhook != "records" and row.kind != "Pod"]

    assert not [row.kind for row in owners if not _may_read(reads, row.group, row.resource)]


def test_the_gate_may_read_the_records_it_judges_by_and_no_secrets() -> None:
    reads = _reads()
    records = [row for row in gated_kinds().values() if row.webhook == "records"]

    assert not [row.kind for row in records if not _may_read(reads, row.group, row.resource)]
    assert not _may_read(reads, "", "secrets")
    for group, resource in (("argoproj.io", "workflows"), ("argoproj.io", "applications")):
        assert not _may_read(reads, group, resource), "neither says what a pod runs"


def test_the_gate_may_read_nothing_else() -> None:
    by_name = _reads("get", "list")
    asked = {(api_version.rpartition("/")[0], found.plural) for (api_version, _), found in KNOWN.items()}
    table = {(row.group, row.resource) for row in gated_kinds().values()}

    between = {(entry.group, name) for entry in kinds_aside() for name in entry.between}

    # Either can hold anything, so an installation allows by itself that they are read.
    allowed = asked - {("", "configmaps"), ("", "secrets")}
    assert by_name - table <= allowed | between
    assert allowed | between <= by_name
    for name in SETS:
        account = SETS[name].values.get("serviceAccount", {}).get("name", "mlgate")
        for rule in (rule for rules in roles(SETS[name].values, account).values() for rule in rules):
            assert set(rule["verbs"]) <= {"get", "list", "watch"}
            assert "*" not in (*rule["resources"], *rule["apiGroups"])


GOLDEN = Path(__file__).parent / "rbac.yaml"


def _only(rule: Json) -> str:
    return f" {','.join(rule['resourceNames'])}" if "resourceNames" in rule else ""


def rights(rules: Json) -> list[str]:
    """Rules, one line a resource."""
    return sorted(
        f"{','.join(rule['verbs'])} {resource}.{group}".rstrip(".") + _only(rule)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    )


@pytest.mark.parametrize("name", sorted(SETS))
def test_the_gate_holds_the_rights_somebody_has_looked_at(name: str) -> None:
    golden: dict[str, list[str]] = yaml.safe_load(GOLDEN.read_text())
    values = SETS[name].values
    full = values.get("fullnameOverride", "mlgate")
    evidence = values.get("evidence", {})
    expected = {f"{full}:reader": [*golden["reader"], *([] if evidence.get("region") else golden["nodes"])]}
    if evidence.get("secrets"):
        expected[f"{full}:secret-reader"] = golden["secret-reader"]
    if evidence.get("configMaps"):
        expected[f"{full}:config-map-reader"] = golden["config-map-reader"]
    held = roles(values, values.get("serviceAccount", {}).get("name", "mlgate"))
    assert {role: rights(rules) for role, rules in held.items()} == {
        r: sorted(x) for r, x in expected.items()
    }


@pytest.mark.parametrize("name", sorted(SETS))
def test_the_account_of_the_test_may_try_a_waiver_and_nothing_else(name: str) -> None:
    found = hooks(render(SETS[name].values))
    full = f"{SETS[name].values.get('fullnameOverride', 'mlgate')}-test"
    assert not [entry["kind"] for entry in found if entry["kind"].startswith("ClusterRole")]
    role, binding = only(found, "Role"), only(found, "RoleBinding")
    golden: dict[str, list[str]] = yaml.safe_load(GOLDEN.read_text())
    assert rights(role["rules"]) == golden["test"]
    assert binding["roleRef"] | {"apiGroup": ""} == {"kind": "Role", "name": full, "apiGroup": ""}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": full, "namespace": "mlgate-system"}]
    assert binding["metadata"]["namespace"] == role["metadata"]["namespace"] == "default"
    assert only(found, "ServiceAccount")["metadata"]["name"] == full


def test_cards_in_config_maps_take_the_right_to_read_them() -> None:
    assert "mlgate:config-map-reader" in roles({"evidence": {"cardSources": ["configmap"]}})


def test_people_can_be_given_the_rights_somebody_has_looked_at() -> None:
    golden: dict[str, dict[str, list[str]]] = yaml.safe_load(GOLDEN.read_text())
    found = [entry for entry in yaml.safe_load_all(render()["people.yaml"]) if entry]
    assert {entry["metadata"]["name"]: rights(entry["rules"]) for entry in found} == golden["people"]
    assert all(
        "resourceNames" in rule for entry in found for rule in entry["rules"] if "approve" in rule["verbs"]
    )


def test_nobody_is_given_anything_but_the_gate() -> None:
    found = objects(render({}))
    assert not [entry for entry in found if entry["kind"] in {"Role", "RoleBinding"}]
    for entry in found:
        for rule in entry.get("rules", ()) if entry["kind"] == "ClusterRole" else ():
            assert "admissionregistration.k8s.io" not in rule["apiGroups"] or set(rule["verbs"]) <= {
                "get",
                "list",
                "watch",
            }
