from __future__ import annotations

import re
import shutil
from pathlib import Path

import demo
import pytest
from casebook.cases import EXAMPLES, is_twin

GOOD, BAD = "ticket-router", "ticket-router-no-sign-off"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small casebook: one good case and one of its twins."""
    copy = tmp_path / "examples"
    for name in (GOOD, BAD):
        shutil.copytree(EXAMPLES / name, copy / name)
    for name in ("cluster.yaml", "reference.yaml"):
        shutil.copy(EXAMPLES / name, copy / name)
    assert is_twin(copy / BAD)
    return copy


def run(root: Path) -> int:
    return demo.main(["--root", str(root), "--target", str(root.parent / "copy")])


def test_it_prints_each_verdict_and_the_refusal_a_person_would_read(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(root) == 0
    told = capsys.readouterr().out
    assert "✓ allowed ticket-router: InferenceService/ticket-router (production, tier limited)" in told
    assert "✗ denied  ticket-router-no-sign-off: InferenceService/ticket-router" in told
    assert "    mlgate refused InferenceService/ticket-router: 1 of" in told
    assert "✗ signoff.approval_missing: version 1.4.0 of predictor" in told
    assert "    How to fix" in told
    assert told.endswith("1 allowed, 1 denied\nall as expected\n")


@pytest.mark.parametrize(
    ("name", "line", "other", "difference"),
    [
        (GOOD, "verdict: allowed", "verdict: denied", "verdict is allowed, expected denied"),
        (GOOD, "profile: production", "profile: staging", "profile is production, expected staging"),
        (GOOD, "tier: limited", "tier: high", "tier is limited, expected high"),
        (
            BAD,
            "- signoff.approval_missing",
            "- signoff.rejected",
            (
                "violations are signoff.approval_missing, signoff.approval_missing, "
                "expected signoff.approval_missing, signoff.rejected"
            ),
        ),
    ],
)
def test_one_altered_expectation_makes_it_fail_and_say_which(
    root: Path, capsys: pytest.CaptureFixture[str], name: str, line: str, other: str, difference: str
) -> None:
    path = root / name / "expected.yaml"
    path.write_text(path.read_text().replace(line, other, 1))
    assert run(root) == 1
    told = capsys.readouterr().out
    assert re.findall(r"^  !! (.*)$", told, re.MULTILINE) == [difference]
    assert told.endswith("1 NOT as expected\n")


def test_an_example_that_is_not_valid_is_told_before_anything_starts(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / GOOD / "expected.yaml").write_text("shows: [")
    assert run(root) == 2
    assert re.match(r"demo: .*expected\.yaml", capsys.readouterr().err)


def test_a_webhook_that_does_not_start_is_told_with_the_end_of_its_log(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "OPA", root / "no-such-opa")
    assert run(root) == 2
    assert re.match(r"demo: mlgate ended with code 2:\n.*no-such-opa", capsys.readouterr().err)
