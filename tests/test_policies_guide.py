"""docs/policies.md is true: its files and commands, in order, do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from mlgate.policy.local_opa import find_opa

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "policies.md").read_text()
_FENCE = re.compile(r"^```(?P<info>[a-z]+[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?:rego|yaml) (?P<path>site/\S+)")
_RUN = re.compile(r"sh run(?: exit=(?P<code>[12]))?")


def test_its_steps_work_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    programs = Path(sys.executable).parent
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "NO_COLOR": "1"}
    environment |= {name: value for name, value in os.environ.items() if name in ("HOME", "PYTHONPATH")}
    ran: list[str] = []
    for info, text in _FENCE.findall(GUIDE):
        file, run = _FILE.fullmatch(info), _RUN.fullmatch(info)
        if file:
            path = tmp_path / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if run:
            done = subprocess.run(  # noqa: S603 - our own guide
                ["bash", "-euo", "pipefail", "-c", text],  # noqa: S607 - it is for bash users
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == int(run["code"] or 0), f"{text}\n{done.stdout}{done.stderr}"
            ran.append(done.stdout)
    assert "2 files, no problems" in ran[1]
    assert (
        "tests: 3 passed, 0 failed\ncases: 2 passed, 0 failed\ncoverage: 1 files, the least of them 100 %"
        in ran[1]
    )
    assert "billing.cost_centre" in ran[2]
    assert "+ billing.cost_centre: added (off in sandbox, audit in development, warn in staging" in ran[3]
    assert " 0 loosened\n" in ran[3]
    assert "✓ policy.tar.gz: revision " in ran[3]


def test_the_checks_it_lists_are_those_there_are() -> None:
    table = GUIDE.split("## What lint checks", 1)[1].split("\n## ", 1)[0]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    written = {
        path.stem for path in (ROOT / "policies" / "checks").glob("*.rego") if "_test" not in path.stem
    }
    assert named == (written - {"names", "syntax", "words"}) | {"compile", "format", "site"}


def test_the_command_for_editors_takes_what_the_guide_makes(tmp_path: Path) -> None:
    for info, text in _FENCE.findall(GUIDE):
        file = _FILE.fullmatch(info)
        if file:
            path = tmp_path / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    command = [
        "check",
        "--strict",
        "--schema",
        ROOT / "policies/schema",
        ROOT / "policies/rego",
        tmp_path / "site",
    ]
    done = subprocess.run(  # noqa: S603 - the pinned program
        [str(find_opa()), *map(str, command)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_regals_configuration_refuses_what_the_capabilities_refuse() -> None:
    config = yaml.safe_load((ROOT / ".regal" / "config.yaml").read_text())
    names = {entry["name"] for entry in config["capabilities"]["minus"]["builtins"]}
    source = (ROOT / "src" / "mlgate" / "policy" / "capabilities.py").read_text()
    refused = set(re.findall(r'^        "([a-z_.0-9]+)",$', source, re.MULTILINE))
    assert refused <= names
    assert all((ROOT / root).is_dir() for root in config["project"]["roots"])
