"""`card convert`: the card on standard output, what is to be said about it on standard error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
CARDS = Path(__file__).parents[3] / "examples" / "cards"
README = "---\nlicense: mit\nlanguage: en\n---\n\n# A model\n"
ALL = sorted(path for path in CARDS.glob("*/*") if path.suffix in {".md", ".json"})
ids = {"ids": lambda path: f"{path.parent.name}/{path.name}"}


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("path", [path for path in ALL if path.parent.name != "aif360"], **ids)
def test_every_example_is_known_by_its_content_and_converts(
    mlgate: Program, path: Path, tmp_path: Path
) -> None:
    done = mlgate("card", "convert", path)
    told = json.loads(mlgate("card", "convert", "-o", "json", path, "--from", path.parent.name).out)

    assert done.code == 0
    assert yaml.safe_load(done.out) == told["manifest"]
    assert told["format"] == path.parent.name
    assert done.err.count("lost: ") == len(told["lost"])
    if path.parent.name != "fairlearn":
        card = write(tmp_path / "card.yaml", done.out)
        assert mlgate("card", "validate", card).code == 0


def test_a_readme_takes_its_identity_from_its_repository(mlgate: Program, tmp_path: Path) -> None:
    file = write(tmp_path / "README.md", README)

    alone = mlgate("card", "convert", file)
    placed = mlgate(
        "card", "convert", file, "--repository", "acme/router", "--revision", "4f2c", "-n", "bank"
    )

    assert (alone.code, alone.out) == (1, "")
    assert "problem: card.model.version: is required; write it as" in alone.err
    assert "nothing usable came of it" in alone.err
    assert placed.code == 0
    manifest = yaml.safe_load(placed.out)
    assert manifest["metadata"] == {"name": "acme-router-4f2c", "namespace": "bank"}
    assert manifest["spec"]["model"]["artifacts"] == [{"uri": "hf://acme/router:4f2c"}]
    assert placed.err.splitlines() == [
        "lost: card.(body): prose is never read as evidence",
        "lost: card.language: a ModelCard has no field for it",
    ]
    assert mlgate("card", "validate", file, "--repository", "acme/router", "--revision", "4f2c").code == 0


def test_a_model_of_several_is_chosen(mlgate: Program, tmp_path: Path) -> None:
    bom = json.loads((CARDS / "cyclonedx" / "credit-limit.json").read_text())
    bom["components"].append({**bom["components"][0], "bom-ref": "other", "name": "other"})
    file = write(tmp_path / "bom.json", json.dumps(bom))

    assert mlgate("card", "convert", file).code == 1
    chosen = mlgate("card", "convert", file, "--component", "other", "--name", "mine")
    assert chosen.code == 0
    assert yaml.safe_load(chosen.out)["metadata"] == {"name": "mine"}


def test_problems_are_told_and_what_is_left_can_be_applied(mlgate: Program, tmp_path: Path) -> None:
    extension = {
        "model": {"version": "1", "artifacts": [{"uri": "s3://b/m"}, {"digest": "x"}]},
        "risk": {"tier": "enormous"},
        "training": {"hyperparameters": {"depth": 4, "eta": "0.1"}},
        "tests": [{"date": "2026-01-01"}, {"kind": "drift"}],
    }
    front = yaml.safe_dump({"model-index": [{"name": "m"}], "mlgate": extension})
    file = write(tmp_path / "README.md", f"---\n{front}---\n")

    done = mlgate("card", "convert", file)

    assert done.code == 1
    assert "problem: card.risk.tier: must be one of" in done.err
    assert yaml.safe_load(done.out)["spec"] == {
        "model": {"name": "m", "version": "1", "artifacts": [{"uri": "s3://b/m"}]},
        "risk": {},
        "training": {"hyperparameters": {"eta": "0.1"}},
        "tests": [{"kind": "drift"}],
    }


def test_approvals_go_with_the_card_as_claims(mlgate: Program) -> None:
    manifest = yaml.safe_load(mlgate("card", "convert", CARDS / "cyclonedx" / "claim-triage.json").out)
    assert manifest["spec"]["signOffs"] == [
        {
            "role": "businessOwner",
            "approver": "bo@example.com",
            "issuedAt": "2026-10-02T09:00:00Z",
            "expiresAt": "2027-10-02T09:00:00Z",
        }
    ]


def test_results_of_aif360_need_what_tells_the_groups_apart(mlgate: Program) -> None:
    rates, odds = (CARDS / "aif360" / name for name in ("rates-only.json", "average-odds.json"))

    assert mlgate("card", "convert", odds).code == 2
    done = mlgate(
        "card", "convert", odds, "--attribute", "sex", "--date", "2026-11-02", "--model-version", "2.3.1"
    )
    assert done.code == 0
    (test,) = yaml.safe_load(done.out)["fairness"]["evaluations"]
    assert (test["attribute"], test["date"], test["modelVersion"]) == ("sex", "2026-11-02T00:00:00Z", "2.3.1")
    assert mlgate("card", "convert", odds, "--attribute", "sex", "--date", "soon").code == 2

    refused = mlgate("card", "convert", rates, "--attribute", "sex")
    assert (refused.code, refused.out) == (1, "")
    assert "--of-predictions" in refused.err
    assert mlgate("card", "convert", rates, "--attribute", "sex", "--of-predictions").code == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "cannot be parsed: 0 documents"),
        ('{"bomFormat": "CycloneDX",', "(line "),
        (b"\xff\xfe{", "byte order mark"),
        ('{"byGroup": NaN}', "line 1, column 13"),
        ("{}", "is not a model card"),
        ('{"model": {}, "bomFormat": "CycloneDX"}', "modelcard and cyclonedx at once"),
        ('{"model": {"name": "m"}}', "is a ModelCard already"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    mlgate: Program, tmp_path: Path, content: str | bytes, told: str
) -> None:
    done = mlgate("card", "convert", write(tmp_path / "card", content))
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_format_that_is_named_must_be_the_one_of_the_content(mlgate: Program) -> None:
    done = mlgate("card", "convert", CARDS / "spdx" / "ticket-router.json", "--from", "verifyml")
    assert done.code == 2
    assert "is spdx by its content, not verifyml" in done.err


def test_a_result_that_is_none_is_a_problem(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("card", "convert", write(tmp_path / "a.json", "{}"), "--from", "fairlearn")
    assert (done.code, done.out) == (1, "")
    assert "problem: sensitiveFeatures: is needed" in done.err


def test_one_file_is_converted_at_a_time(mlgate: Program, tmp_path: Path) -> None:
    assert mlgate("card", "convert", tmp_path).code == 2
    assert mlgate("card", "convert", CARDS / "spdx").code == 2
    assert mlgate("card", "convert", tmp_path / "nothing.json").code == 2
