"""The list of known guards: one content for each name, for ever."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from guard_digests import LIST, NameTaken, current

from mlgate.evidence.guards import known_guards

ROOT = Path(__file__).resolve().parents[3]


def test_the_list_of_known_guards_is_current() -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, ROOT / "tools" / "guard_digests.py", "--check"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


FROZEN = {
    "signoffs.mlgate.dev": (
        "sha256:125e7197fc9693fb5aea09ad6097ea7523551bf5da49d822ce04decebfef032f",
        "sha256:72863561469fef334d1bc067c0dd9e577376375224d172d7409286da7ab084ed",
    ),
    "waivers.mlgate.dev": (
        "sha256:9e2cc3de7cd13ade91d8102014a60bad5c228cdd0f1b8d995979e994d604b6c4",
        "sha256:3a26d4c19e07c7a0a6361360015c126a7a568b759cddec0dedc49c58be912e17",
    ),
}
"""What has been shipped under a name. A line is added for a new name, and none is ever changed."""


def test_a_name_stands_for_the_same_guard_in_every_release() -> None:
    known = [guard for listed in known_guards().values() for guard in listed]
    assert {guard.name: (guard.policy, guard.binding) for guard in known} == FROZEN


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """The guards of the chart, to be changed."""
    return Path(shutil.copytree(ROOT / "charts" / "mlgate" / "files" / "guards", tmp_path / "guards"))


def renamed(chart: Path) -> None:
    """The guard of waivers is another one, under another name."""
    file = chart / "waivers.yaml"
    text = file.read_text().replace("8784h", "2400h").replace("waivers.mlgate.dev", "waivers-2.mlgate.dev")
    file.write_text(text)


@pytest.mark.parametrize(
    "change", [("8784h", "2400h"), ("validationActions: [Deny]", "validationActions: [Warn]")]
)
def test_a_guard_cannot_change_under_its_name(chart: Path, change: tuple[str, str]) -> None:
    file = chart / "waivers.yaml"
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(NameTaken, match=r"waivers\.mlgate\.dev was changed"):
        current(yaml.safe_load(LIST.read_text()), chart)


@pytest.mark.parametrize("last", ["waivers-previous.yaml", "elsewhere"])
def test_a_guard_of_a_new_name_is_listed_behind_the_last_one(chart: Path, last: str) -> None:
    shutil.copy(chart / "waivers.yaml", chart / last)
    renamed(chart)
    listed = current(yaml.safe_load(LIST.read_text()), chart)
    assert [entry["name"] for entry in listed["Waiver"]] == ["waivers.mlgate.dev", "waivers-2.mlgate.dev"]
    assert [entry["name"] for entry in listed["SignOff"]] == ["signoffs.mlgate.dev"]
