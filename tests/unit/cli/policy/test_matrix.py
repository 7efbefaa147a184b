"""`policy matrix`: every form of it from the command line."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.policy.shipped import shipped_rego

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Settings that change one code."""
    path = tmp_path / "site.yaml"
    path.write_text("enforcement: {overrides: {encryption.insecure_uri: {production: audit}}}\n")
    return path


def test_text_tells_of_the_framework_that_is_asked_for(mlgate: Program) -> None:
    done = mlgate("policy", "matrix", "--framework", "gdpr", "--framework", "hipaa")

    heads = [line.partition(":")[0] for line in done.out.splitlines() if "references were checked" in line]
    assert (done.code, done.err) == (0, "")
    assert heads == ["GDPR", "HIPAA"]
    assert "WHAT THE GATE DOES NOT DECIDE" in done.out


@pytest.mark.parametrize("form", ["text", "json", "csv", "html", "oscal"])
def test_a_site_s_settings_are_shown_in_every_form(mlgate: Program, site: Path, form: str) -> None:
    done = mlgate("policy", "matrix", "--settings", site, "--output", form, "--framework", "soc2")
    again = mlgate("policy", "matrix", "--settings", site, "--output", form, "--framework", "soc2")

    assert (done.code, done.err) == (0, "")
    assert again.out == done.out
    assert {
        "text": "audit*",
        "json": '"text": "audit (the policy says deny)"',
        "csv": '"audit (the policy says deny)"',
        "html": "audit<small>the policy says deny</small>",
        "oscal": '"value": "audit (the policy says deny)"',
    }[form] in done.out
    assert "enforcement.overrides" in done.out or form == "csv"


def test_forms_can_be_read_by_what_they_are_for(mlgate: Program) -> None:
    table = mlgate("policy", "matrix", "-o", "csv", "--framework", "pci-dss").out
    document = mlgate("policy", "matrix", "-o", "oscal", "--framework", "pci-dss", "--at", "2026-11-26").out

    rows = list(csv.DictReader(io.StringIO(table), strict=True))
    assert {row["framework"] for row in rows} == {"pci-dss", ""}
    metadata = json.loads(document)["component-definition"]["metadata"]
    assert metadata["last-modified"] == "2026-11-26T00:00:00Z"


def test_what_hides_text_is_made_visible(mlgate: Program, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    (folder / "ours.rego").write_text(
        "package mlgate.rules.ours\n\n# METADATA\n# scope: rule\n"
        '# title: "a \\u202e \\e[2J b"\n# description: x\n# custom:\n#   code: ours.x\n#   controls: []\n'
        "#   severity: low\n#   appliesWhen: {objects: [serving]}\n"
        "#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}\n"
        '#   message: "m"\n#   fix: "f"\ndeny contains 1 if input.request.name == "x"\n'
    )

    for form in ("csv", "html", "oscal", "json"):
        done = mlgate("policy", "matrix", tmp_path / "own", "-o", form)
        assert done.code == 0
        assert "ours.x" in done.out.replace("<wbr>", "")
        assert "\u202e" not in done.out
        assert "\x1b" not in done.out


def test_a_policy_of_its_own_without_requirements_still_shows_its_codes(
    mlgate: Program, tmp_path: Path
) -> None:
    shutil.copytree(shipped_rego(), tmp_path / "whole")
    shutil.rmtree(tmp_path / "whole" / "mlgate" / "requirements")

    done = mlgate("policy", "matrix", tmp_path / "whole")
    as_oscal = mlgate("policy", "matrix", tmp_path / "whole", "-o", "oscal")

    assert done.code == 0
    assert "    Rules of no requirement" in done.out.splitlines()
    assert "      model_card.missing " in done.out
    component = json.loads(as_oscal.out)["component-definition"]["components"][0]
    assert "control-implementations" not in component
    assert "model_card.missing" in {prop["value"] for prop in component["props"]}


def test_an_unknown_framework_is_refused_with_the_known_ones(mlgate: Program) -> None:
    done = mlgate("policy", "matrix", "--framework", "sox")

    assert (done.code, done.out) == (2, "")
    assert "--framework: 'sox' is none of nist-ai-rmf, eu-ai-act, iso-42001" in done.err


def test_bad_times_and_settings_are_refused(mlgate: Program, site: Path) -> None:
    timed = mlgate("policy", "matrix", "--at", "noon")
    site.write_text("nosuch: {}\n")
    unset = mlgate("policy", "matrix", "--settings", site)

    assert (timed.code, timed.out) == (2, "")
    assert (unset.code, unset.out) == (2, "")
    assert "policy setting nosuch: there is no such group" in unset.err
