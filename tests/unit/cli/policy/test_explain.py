"""`policy explain`: what a code is, and why it did or did not fire, on documents of the examples."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli.policy import explain as module
from mlgate.cli.questions import Given, input_documents, read_questions
from mlgate.policy.local_opa import find_opa
from mlgate.policy.shipped import shipped_policies
from mlgate.policy.workbench.library import Library, library

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
Change = Callable[[dict[str, Any]], None]

EXAMPLES = shipped_policies().parent / "examples"
CREDIT = EXAMPLES / "credit-scoring"
SERVICE = "InferenceService/credit-scoring"
AT = "2026-11-25"
GIVEN: dict[str, Any] = {
    "paths": [str(CREDIT / "manifest.yaml")],
    "evidence": [str(CREDIT / "evidence.yaml"), str(EXAMPLES / "cluster.yaml")],
    "user": "ines.moreau@example.com",
    "at": AT,
}
OPTIONS = (
    "--evidence", CREDIT / "evidence.yaml", "--evidence", EXAMPLES / "cluster.yaml", "--at", AT,
)  # fmt: skip
OWN = """# METADATA
# title: Ours
# description: Rules of this site.
package mlgate.rules.ours

import data.mlgate.lib.result

# METADATA
# scope: rule
# title: Names are short
# description: The name has at most twelve characters.
# custom:
#   code: ours.name_long
#   severity: low
#   controls: [C58]
#   appliesWhen: {objects: [serving, training], profiles: [production]}
#   topLevelOnly: true
#   effectiveOn: 2026-01-01
#   enforcement: {sandbox: audit, development: audit, staging: warn, production: warn}
#   raise:
#   - {tiers: [high], to: {production: deny}}
#   message: "{document} has a name of {observed} characters."
#   fix: "Shorten it."
deny contains finding if {
	length := count(input.request.name)
	length > most
	shown := sprintf("%d", [length])
	finding := result.candidate(rego.metadata.rule(), {"path": "metadata.name", "observed": shown})
}

most := 12
"""


@pytest.fixture(scope="module")
def kept() -> Iterator[Library]:
    """The shipped policy, read once."""
    with library(None, None, find_opa()) as policy:
        yield policy


@pytest.fixture(scope="module")
def passing() -> dict[str, Any]:
    """The input document of the credit scoring example."""
    made = asyncio.run(input_documents(read_questions(Given(**GIVEN)), SERVICE))
    [(_, question)] = made
    assert question is not None
    return question.wire()


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, kept: Library) -> None:
    """`explain` without reading the shipped policy again."""

    @contextmanager
    def read(site: Path | None, settings: Path | None, opa: Path) -> Iterator[Library]:
        assert (site, settings) == (None, None)
        yield kept

    monkeypatch.setattr(module, "library", read)


@pytest.fixture
def asked(mlgate: Program, passing: dict[str, Any], tmp_path: Path) -> Callable[..., Any]:
    """What is told of a code for the passing document with a change."""

    def told(code: str, change: Change, *options: str | Path) -> Any:
        document = copy.deepcopy(passing)
        change(document)
        path = tmp_path / "input.json"
        path.write_text(json.dumps(document))
        done = mlgate("policy", "explain", code, "--input", path, "-o", "json", *options)
        assert (done.code, done.err) == (0, "")
        [found] = json.loads(done.out)["documents"]
        return found

    return told


def own(folder: Path) -> Path:
    """A directory with one rule of somebody's own."""
    path = folder / "own" / "mlgate" / "rules" / "ours" / "ours.rego"
    path.parent.mkdir(parents=True)
    path.write_text(OWN)
    return folder / "own"


def line_of_rule() -> int:
    """Where the rule of the site begins."""
    return OWN.splitlines().index("deny contains finding if {") + 1


def nothing(_: dict[str, Any]) -> None:
    """The document as it is."""


def card(document: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = document["cards"][0]["card"]
    return content


def on_plain_storage(document: dict[str, Any]) -> None:
    document["workload"]["volumes"] = [
        {
            "name": "models", "kind": "pvc", "path": "spec.volumes[0]", "holdsModel": True,
            "storageClassName": "plain-ssd", "inOwner": False,
        }
    ]  # fmt: skip


def in_default_namespace(document: dict[str, Any]) -> None:
    document["workload"]["namespace"] = "default"


def unlabelled(document: dict[str, Any]) -> None:
    document["workload"]["labels"] = {}


def privileged(document: dict[str, Any]) -> None:
    document["workload"]["containers"][0]["securityContext"]["privileged"] = True


def unfair(document: dict[str, Any]) -> None:
    card(document)["fairness"]["evaluations"][1]["groups"][0] |= {"truePositives": 10, "falseNegatives": 935}


def without_runbook(document: dict[str, Any]) -> None:
    card(document)["monitoring"].pop("runbook")


def without_cards(document: dict[str, Any]) -> None:
    document["cards"] = []


def below_threshold(document: dict[str, Any]) -> None:
    card(document)["evaluation"]["metrics"][0]["value"] = 0.5


def unsound(document: dict[str, Any]) -> None:
    document["cards"] = None


def without_classes(document: dict[str, Any]) -> None:
    document["unavailable"].append(
        {"lookup": "cluster.storageClasses", "reason": "offline", "message": "no cluster"}
    )


def with_failed_lookup(document: dict[str, Any]) -> None:
    document["unavailable"].append(
        {"lookup": "cluster.storageClasses", "reason": "timeout", "message": "no answer"}
    )


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("code", "change", "observed", "result"),
    [
        ("encryption.storage_class_unencrypted", on_plain_storage, "plain-ssd", "denied (deny in"),
        ("environment.default_namespace", in_default_namespace, "default", "denied (deny in"),
        ("classification.label_missing", unlabelled, "", "denied (deny in"),
        ("runtime.container_not_hardened", privileged, "privileged", "denied (deny in"),
        ("fairness.limit_exceeded", unfair, "", "denied (deny in profile production)"),
        ("monitoring.runbook_missing", without_runbook, "", "(warn in profile production"),
        ("model_card.missing", without_cards, "", "denied (deny in profile production)"),
        ("evaluation.threshold_not_met", below_threshold, "0.5", "denied (deny in profile production)"),
        ("input.invalid", unsound, "", "denied (deny in profile production)"),
        ("encryption.storage_class_unencrypted", with_failed_lookup, "unavailable: ", "denied (deny in"),
    ],
)
def test_a_code_that_fires_is_told_with_its_findings(
    asked: Callable[..., Any], code: str, change: Change, observed: str, result: str
) -> None:
    found = asked(code, change)

    first = found["findings"][0]
    assert found["state"] == "fired"
    assert found["words"].startswith("fired: ")
    assert observed in first["observed"]
    assert result in first["result"]
    assert first["message"]


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("code", "file", "condition", "value"),
    [
        (
            "encryption.storage_class_unencrypted",
            "storage.rego",
            "some volume in input.workload.volumes",
            "[]",
        ),
        (
            "environment.default_namespace",
            "environment.rego",
            'input.workload.namespace == "default"',
            '"credit-scoring"',
        ),
        ("classification.label_missing", "classification.rego", "not labelled", ""),
        ("rollback.rollout_not_phased", "phased.rego", 'input.request.operation == "UPDATE"', '"CREATE"'),
        ("fairness.limit_exceeded", "metrics.rego", "row.value < row.limit", "0.8"),
        ("fairness.group_too_small", "groups.rego", "row.columns.count <", "1700"),
        ("evaluation.threshold_not_met", "thresholds.rego", "not kept(index, metric, limits)", "rocAuc"),
        (
            "monitoring.runbook_missing",
            "monitoring.rego",
            "not present.stated(runbook)",
            "runbooks.example.com",
        ),
        ("runtime.container_not_hardened", "hardening.rego", "not hardened(context)", "runAsNonRoot: true"),
        ("secrets.embedded", "secrets.rego", "some credential in input.credentials", "[]"),
        ("encryption.tls_version_too_low", "transit.rego", "not new_enough(version)", '"1.2"'),
        ("waiver.expiring", "late.rego", "some name, lifted in applied", ""),
    ],
)
def test_a_code_that_does_not_fire_is_told_with_the_condition_that_failed(
    asked: Callable[..., Any], code: str, file: str, condition: str, value: str
) -> None:
    found = asked(code, nothing)

    assert (found["state"], found["findings"]) == ("silent", [])
    assert found["reasons"]
    [reason, *_] = [
        each for each in every(found["reasons"]) if condition in each["condition"] and value in values(each)
    ]
    path, line = Path(reason["file"]), reason["line"]
    assert path.name == file
    assert reason["condition"].split("(")[0].split()[-1] in path.read_text().splitlines()[line - 1]


def values(reason: dict[str, Any]) -> str:
    """The values with a condition."""
    return " ".join(str(entry["value"]) for entry in reason["values"])


def every(reasons: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The reasons, and the reasons of these."""
    for reason in reasons:
        yield reason
        yield from every(reason["because"])


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("code", "change", "state", "words"),
    [
        ("access.deployer_not_permitted", nothing, "skipped", "the site leaves access.deployerGroups empty"),
        ("encryption.storage_class_unencrypted", without_classes, "skipped", "is not looked up here"),
        ("fairness.limit_exceeded", unsound, "skipped", "the input document itself is not sound"),
        ("waiver.scope_invalid", nothing, "notApplicable", "it is about waiver, and the object is serving"),
        ("fairness.limit_exceeded", without_cards, "suppressed", "that a card is missing stands for it"),
    ],
)  # fmt: skip
def test_a_code_that_is_not_asked_is_told_with_the_reason(
    asked: Callable[..., Any], code: str, change: Change, state: str, words: str
) -> None:
    found = asked(code, change)

    assert found["state"] == state
    assert words in found["words"]
    assert found["findings"] == found["reasons"] == []


@pytest.mark.usefixtures("shipped")
def test_what_did_not_fire_beside_what_did_is_told(asked: Callable[..., Any]) -> None:
    found = asked("evaluation.threshold_not_met", below_threshold)

    assert len(found["findings"]) == 1
    assert len(found["reasons"]) == 2


@pytest.mark.usefixtures("shipped")
def test_a_long_list_of_reasons_is_cut(asked: Callable[..., Any]) -> None:
    def many(document: dict[str, Any]) -> None:
        first = document["workload"]["containers"][0]
        document["workload"]["containers"] = [{**first, "name": f"c{number}"} for number in range(50)]

    found = asked("runtime.container_not_hardened", many)

    assert (len(found["reasons"]), found["reasonsLeftOut"]) == (20, 30)


@pytest.mark.usefixtures("shipped")
def test_hostile_text_and_secrets_are_not_shown(
    mlgate: Program, passing: dict[str, Any], tmp_path: Path
) -> None:
    document = copy.deepcopy(passing)
    pod = document["workload"]["containers"][0]
    pod["name"] = "c\x1b[2J\u202e\n\u2713 forged"
    pod["env"] = [{"name": "DB_PASSWORD", "value": "hunter2-secret"}]
    pod["path"] = "spec hunter2-secret"
    card(document)["monitoring"]["runbook"] = "https://admin:hunter3@runbooks.example.com/\x1b[31m"
    path = tmp_path / "input.json"
    path.write_text(json.dumps(document))

    told = [
        mlgate("policy", "explain", code, "--input", path, *options)
        for code in ("runtime.container_not_hardened", "monitoring.runbook_missing")
        for options in ((), ("-o", "json"))
    ]

    text = "".join(done.out for done in told)
    assert [done.code for done in told] == [0, 0, 0, 0]
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\n\u2713 forged" not in text
    assert "hunter2" not in text
    assert "hunter3" not in text
    assert "https://admin:***@runbooks.example.com/" in text


def test_a_manifest_is_made_into_its_documents(mlgate: Program) -> None:
    done = mlgate(
        "policy", "explain", "environment.default_namespace", "--input", CREDIT / "manifest.yaml", *OPTIONS
    )

    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[0] == "environment.default_namespace: No deployment to the default namespace"
    start = f"\u2713 {SERVICE} ({CREDIT / 'manifest.yaml'}#"
    assert any(line.startswith(start) and line.endswith("did not fire") for line in lines)
    assert any('`input.workload.namespace == "default"` was false' in line for line in lines)


@pytest.mark.usefixtures("shipped")
def test_of_several_objects_one_can_be_chosen_and_standard_input_read(mlgate: Program) -> None:
    content = (CREDIT / "manifest.yaml").read_bytes()

    done = mlgate(
        *("policy", "explain", "waiver.scope_invalid", "--input", "-", "--object", SERVICE, *OPTIONS),
        stdin=content,
    )

    assert done.code == 0
    assert done.out.count("does not apply") == done.out.count(SERVICE) == 1


def test_a_rule_and_settings_of_a_site_are_explained(
    mlgate: Program, passing: dict[str, Any], tmp_path: Path
) -> None:
    site, settings, path = own(tmp_path), tmp_path / "site.yaml", tmp_path / "input.json"
    settings.write_text("enforcement: {overrides: {ours.name_long: {staging: deny}}}\n")
    path.write_text(json.dumps(passing))

    told = mlgate("policy", "explain", "ours.name_long", site, "--settings", settings)
    fired = mlgate("policy", "explain", "ours.name_long", site, "--settings", settings, "--input", path)

    assert (told.code, fired.code) == (0, 0)
    assert f"{site}/mlgate/rules/ours/ours.rego:{line_of_rule()}" in told.out
    assert "staging      deny (the site's choice; the policy says warn)" in told.out
    assert "production   warn, deny for tier high" in told.out
    assert "  input.request.name\n" in told.out
    assert "at most a warning until 2026-01-01" in told.out
    assert "not asked about objects that a controller makes" in told.out
    assert "profiles: production" in told.out
    assert "C58" in told.out
    assert "InferenceService/credit-scoring has a name of 14 characters." in fired.out
    assert "denied (warn in profile production; raised to deny for tier high)" in fired.out


def test_a_code_that_a_site_switches_off_is_told(
    mlgate: Program, passing: dict[str, Any], tmp_path: Path
) -> None:
    settings, path = tmp_path / "site.yaml", tmp_path / "input.json"
    settings.write_text("enforcement: {overrides: {environment.default_namespace: {production: 'off'}}}\n")
    document = copy.deepcopy(passing)
    in_default_namespace(document)
    path.write_text(json.dumps(document))

    done = mlgate(
        *("policy", "explain", "environment.default_namespace", "--settings", settings, "--input", path)
    )

    assert "~ InferenceService/credit-scoring" in done.out
    assert "fired (1 candidate), but is off in profile production" in done.out


@pytest.mark.usefixtures("shipped")
def test_a_code_is_told_in_full(mlgate: Program) -> None:
    done = mlgate("policy", "explain", "fairness.class_imbalance_undocumented")

    assert done.code == 0
    for text in (
        "fairness.class_imbalance_undocumented: Class imbalance documented",
        "medium, priority 1, judged per dataset; policies/rego/mlgate/rules/fairness/preparation.rego:",
        "  tiers: limited, high\n",
        "  when the pair is not fairness exempt and the task is classification\n",
        "  input.cards[].card.datasets[].classBalance.minorityShare\n",
        "  through mlgate.lib.fairness.reports (policies/rego/mlgate/lib/fairness/fairness.rego:",
        "more helpers that those call",
        "  C22 Imbalance is spoken of\n",
        "Article 10(2)(f)",
        "references to Regulation (EU) 2024/1689 were checked from memory",
        "  sandbox      off\n",
        "  fairness.imbalanceShare = 0.2\n",
        "  deny contains finding if {\n",
        "fix: Set classBalance.minorityShare of {dataset}",
    ):
        assert text in done.out


@pytest.mark.usefixtures("shipped")
def test_programs_read_all_of_it(mlgate: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    found = json.loads(mlgate("policy", "explain", "signoff.role_not_held", "-o", "json").out)

    assert found["code"] == "signoff.role_not_held"
    assert found["locked"] is True
    assert found["reads"]
    assert found["rego"].startswith("deny contains finding if {")
    assert any(helper["direct"] for helper in found["helpers"])
    assert found["requirements"][0]["references"] is not None


def test_changed_settings_are_shown_with_what_was_shipped(mlgate: Program, tmp_path: Path) -> None:
    settings = tmp_path / "site.yaml"
    settings.write_text("fairness: {imbalanceShare: 0.1}\n")

    done = mlgate("policy", "explain", "fairness.class_imbalance_undocumented", "--settings", settings)

    assert "  fairness.imbalanceShare = 0.1\n    shipped: 0.2\n" in done.out


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("fairness.limit_exeeded", "nearest: fairness.limit_exceeded"),
        ("nothing_like_it_at_all_anywhere_in_here", "`mlgate policy list` names all"),
        ("limit_exceeded", "fairness.limit_exceeded"),
        ("x\x1b[2J", "there is no code x\\u001b[2J"),
    ],
)
def test_an_unknown_code_is_refused_with_the_nearest(mlgate: Program, code: str, told: str) -> None:
    done = mlgate("policy", "explain", code)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mlgate: there is no code ")
    assert told in done.err


@pytest.mark.usefixtures("shipped")
def test_options_about_a_document_need_one(mlgate: Program) -> None:
    done = mlgate("policy", "explain", "fairness.limit_exceeded", "--profile", "staging")

    assert (done.code, done.out) == (2, "")
    assert "--profile needs --input" in done.err


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            '{"schemaVersion": "mlgate.dev/input/v9"}',
            "form mlgate.dev/input/v9; this mlgate reads",
        ),
        ("a: [", "line"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "no rule is asked about anything here"),
        ("[1]", "a manifest is an object"),
        ("", "there is no object"),
    ],
)
def test_a_file_that_is_no_question_is_refused(
    mlgate: Program, tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "input.yaml"
    path.write_text(content)

    done = mlgate("policy", "explain", "fairness.limit_exceeded", "--input", path)

    assert (done.code, done.out) == (2, "")
    assert told in done.err


@pytest.mark.usefixtures("shipped")
def test_a_file_that_is_not_there_is_refused(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("policy", "explain", "fairness.limit_exceeded", "--input", tmp_path / "gone.json")

    assert (done.code, done.out) == (2, "")
    assert "No such file" in done.err
