"""docs/model-card.md and docs/signoff.md are true without a cluster.

e2e/test_record_pages.py follows them in one.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
for folder in (HERE, ROOT / "tools"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from examples import write_examples  # noqa: E402 - the folders have to be on the path first

from pages import blocks, run  # noqa: E402 - as above

PAGES = ("model-card.md", "signoff.md")
"""In the order in which they are read; the second goes on in the folder of the first."""
BLOCKS = [block for page in PAGES for block in blocks(page)]
PAGE = (ROOT / "docs" / "signoff.md").read_text()
SETTINGS = yaml.safe_load((ROOT / "policies" / "rego" / "mlgate" / "settings" / "data.yaml").read_text())
PROGRAMS = {
    "sh run": {"mlgate", "cp", "sed", "echo", "openssl"},
    "sh cluster": {"mlgate", "kubectl"},
    "sh make": {"make"},
}
FORMATS = {"huggingface", "cyclonedx", "spdx", "model-card-toolkit", "verifyml", "fairlearn", "aif360"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A checkout as far as the commands can see, after `make examples`."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    write_examples(tmp_path / ".build" / "examples", datetime.now(UTC).date())
    return tmp_path


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "PYTHONPATH", "LANG")}
    programs = f"{Path(sys.executable).parent}:{ROOT / '.tools' / 'bin'}"
    return {**kept, "PATH": f"{programs}:/usr/bin:/bin", "NO_COLOR": "1"}


def test_what_needs_no_cluster_does_and_prints_what_the_pages_say(place: Path) -> None:
    printed: list[tuple[str, str]] = []
    for block in BLOCKS:
        if block.info.startswith("yaml "):
            (place / block.info.split()[1]).write_text(block.text)
        elif block.what == "sh run":
            printed.append((block.text, run(block, place, environment())))
        elif block.info == "console":
            assert printed[-1][1] == block.text

    def of(words: str) -> list[str]:
        return [out for text, out in printed if words in text]

    (refused,) = of("--profile production")
    assert "✗ fairness.bias_test_missing" in refused
    assert "✗ signoff.approval_missing" in refused
    assert of("cards/fairlearn")[0].count("evaluations:") == 2
    (vouched,) = of("mlgate sign --key office.pem")
    assert "✓ card: signed by sha256:" in vouched
    unsigned, signed = of("mlgate card digest")
    assert unsigned.strip() in signed, "a signature leaves the digest as it was"
    assert ": approved as modelRisk by mara@example.com" in signed
    claimed, assumed = of("signoff verify")
    assert "it is only claimed, as anybody can write a file" in claimed
    assert "✓ written.yaml#0 counts" in assumed
    (late,) = of("2099")
    assert late.startswith("mlgate: --expires: waiver default must end: expiresAt is 2099-12-31; at most 90")


def test_a_command_is_shown_for_every_format_that_is_converted() -> None:
    text = " ".join(block.text for block in BLOCKS)

    assert set(re.findall(r"mlgate card convert examples/cards/([a-z0-9-]+)/", text)) == FORMATS
    assert {path.name for path in (ROOT / "examples" / "cards").iterdir() if path.is_dir()} == FORMATS


def test_every_block_says_how_it_is_checked() -> None:
    known = re.compile(r"sh run|sh cluster|sh make|console|yaml [a-z-]+\.yaml")
    assert [block.info for block in BLOCKS if not known.fullmatch(block.what)] == []
    for block in BLOCKS:
        if block.what.startswith("sh "):
            assert {shlex.split(line)[0] for line in block.commands} <= PROGRAMS[block.what], block.text


def _rows() -> dict[str, str]:
    """The table of who approves what."""
    table = PAGE.split("## Who approves what", 1)[1].split("\n\n", 2)[1]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return {row[0]: row[1] for row in cells if len(row) == 2}


def _told(requirements: Sequence[dict[str, Any]]) -> str:
    """Requirements as the page tells them."""
    several = ((one, " of" if len(one["roles"]) > 1 else "") for one in requirements)
    return ", ".join(f"{one['count']}{of} {', '.join(one['roles'])}" for one, of in several)


def test_who_approves_what_is_what_the_settings_say() -> None:
    rows, asked = _rows(), SETTINGS["signOff"]
    least = f"; {asked['minDistinctApprovers']['high']} different people"

    assert asked["required"]["minimal"] == asked["required"]["limited"]
    assert rows["tier minimal, limited"] == _told(asked["required"]["limited"])
    assert rows["tier high"] == _told(asked["required"]["high"]) + least
    for name in ("confidential", "restricted"):
        assert rows[f"{name} data, besides"] == _told(asked["requiredForClassification"][name])


def test_the_limits_of_waivers_are_those_of_the_settings() -> None:
    waiver = SETTINGS["waiver"]

    assert f"{waiver['maxDays']} days at most (`waiver.maxDays`)" in PAGE
    assert f"In the last {waiver['expiryNoticeDays']} (`waiver.expiryNoticeDays`)" in PAGE
    assert "signoff.approver_not_requester" in waiver["neverWaivable"]
    assert {code.split(".")[0] for code in waiver["notWaivableIn"]["production"]} == {
        *("secrets", "model_card", "fairness", "signoff")
    }


def test_how_long_approvals_last_is_what_the_settings_say() -> None:
    assert SETTINGS["signOff"]["maxAgeDays"] == {"minimal": 365, "limited": 365, "high": 180}
    assert "An approval ends after a year (half a year in tier high)" in PAGE
