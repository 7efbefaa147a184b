"""Cases through the real gate: what differs from what was expected, and what the gate said instead."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.cli.policy.cases import CaseOutcome, run_cases
from mlgate.errors import PolicyError
from mlgate.policy.workbench.case_file import read_cases

SERVER: dict[str, Any] = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "demo", "namespace": "demo"},
    "spec": {
        "predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/demo/1"}}
    },
}
NOTHING: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
SPACE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "demo", "labels": {"mlgate.dev/profile": "sandbox"}},
}


def judged(folder: Path, *cases: dict[str, Any]) -> list[CaseOutcome]:
    """What became of cases, judged by the shipped policy."""
    whole = [{"name": "a case", "manifest": SERVER, "profile": "production"} | case for case in cases]
    (folder / "x_case.yaml").write_text(yaml.safe_dump_all(whole))
    return asyncio.run(run_cases(read_cases(folder), None))


def problems(folder: Path, **case: Any) -> tuple[str, ...]:
    """How one case differs."""
    return judged(folder, case)[0].problems


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"verdict": "denied", "violations": ["model_card.missing"], "absent": ["input.invalid"]}, []),
        ({"verdict": "allowed"}, ["expected allowed, found denied"]),
        (
            {"warnings": ["model_card.missing"]},
            ["expected model_card.missing among the warnings; it is among the violations"],
        ),
        (
            {"violations": ["input.invalid"]},
            ["expected input.invalid among the violations; it found nothing"],
        ),
        (
            {"violations": ["no.such"], "absent": ["nor.this"]},
            [
                "expected no.such among the violations; there is no such code",
                "expected nor.this to be absent; there is no such code",
            ],
        ),
        (
            {"absent": ["model_card.missing"]},
            ["expected model_card.missing to be absent; it is among the violations"],
        ),
    ],
)
def test_what_differs_is_told(tmp_path: Path, expect: dict[str, Any], told: list[str]) -> None:
    outcome = judged(tmp_path, {"expect": expect})[0]
    assert list(outcome.problems) == told
    assert bool(outcome.found) == bool(told)
    if told:
        assert outcome.found[0] == "InferenceService/demo: denied, refused"
        assert any(line.startswith("  violations: model_card.missing: ") for line in outcome.found)


def test_a_code_that_was_not_judged_proves_nothing(tmp_path: Path) -> None:
    expect = {"absent": ["access.deployer_not_permitted"]}
    seen = problems(tmp_path, expect=expect)
    assert len(seen) == 1
    assert "it was not judged: " in seen[0]


def test_an_object_that_is_of_no_concern_proves_nothing(tmp_path: Path) -> None:
    assert problems(tmp_path, manifest=NOTHING, expect={"verdict": "skipped"}) == ()
    seen = problems(tmp_path, manifest=NOTHING, expect={"absent": ["model_card.missing"]})
    assert seen == ("expected model_card.missing to be absent; it was not judged",)


def test_profile_settings_evidence_and_user_are_those_of_the_case(tmp_path: Path) -> None:
    (tmp_path / "space.yaml").write_text(yaml.safe_dump(SPACE))
    (tmp_path / "server.yaml").write_text(yaml.safe_dump(SERVER))
    off = {"enforcement": {"overrides": {"model_card.missing": {"production": "warn"}}}}
    expect = {"warnings": ["model_card.missing"]}
    strict = {"violations": ["model_card.missing"]}
    outcomes = judged(
        tmp_path,
        {"name": "a", "expect": strict},
        {"name": "b", "expect": expect, "settings": off},
        {"name": "c", "expect": expect, "evidence": [SPACE], "profile": None},
        {"name": "d", "expect": expect, "evidence": ["space.yaml"], "profile": None},
        {"name": "e", "expect": expect, "profile": "sandbox", "at": "2026-01-01", "user": "erin"},
        {
            "name": "f",
            "expect": strict,
            "manifest": [SERVER, NOTHING],
            "user": {"name": "erin", "groups": ["x"]},
        },
        {"name": "g", "expect": strict, "manifest": None, "manifestFile": "server.yaml"},
    )
    assert [(outcome.placed.case.name, outcome.problems) for outcome in outcomes] == [
        (name, ()) for name in "abcdefg"
    ]


def test_a_card_in_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "card.yaml").write_text(
        "model: {name: m, version: '1', artifacts: [{uri: 's3://models/demo/1'}]}\n"
    )
    reference = f"file/{tmp_path / 'card.yaml'}"
    named = SERVER | {"metadata": SERVER["metadata"] | {"annotations": {"mlgate.dev/model-card": reference}}}
    expect = {"absent": ["model_card.missing"]}
    assert problems(tmp_path, manifest=named, cards=["card.yaml"], expect=expect) == ()


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"manifest": []}, "the manifest of case 'a case' is empty"),
        ({"manifest": {"kind": "Pod"}}, "case 'a case': .*apiVersion is missing"),
        ({"manifest": None, "manifestFile": "gone.yaml"}, r"gone\.yaml#0: No such file"),
        ({"evidence": ["gone.yaml"]}, r"gone\.yaml#0: No such file"),
        ({"cards": ["gone.yaml"]}, r"gone\.yaml: No such file"),
    ],
)
def test_what_a_case_names_must_be_there(tmp_path: Path, case: dict[str, Any], words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        judged(tmp_path, {"expect": {"verdict": "denied"}} | case)
