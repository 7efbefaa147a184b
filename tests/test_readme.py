"""The README is true: its commands run as printed, and print what it says they print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT / "tools") not in sys.path:
    sys.path.insert(0, str(ROOT / "tools"))

from cluster.people import PEOPLE  # noqa: E402 - the scripts in tools/ are no installed package
from examples import write_examples  # noqa: E402 - as above

README = (ROOT / "README.md").read_text()
TODAY = datetime.now(UTC).date()
MLGATE = Path(sys.executable).with_name("mlgate")

RUN = {"mlgate", "cp", "export", "make"}
"""Programs a `sh run` block may call; make itself is not run, its target must exist."""
CLUSTER = {"kubectl", "helm"}
"""Programs a `sh cluster` block may call."""
PUNCTUATION = {"|", ";", "&", "&&", "||", "(", ")", "<", ">"}
_FENCE = re.compile(r"^```(?P<info>\S[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_REVISION = re.compile(r"\bpolicy v\d+\.\d+\.\d+\+[0-9a-f]{7}\b")


@dataclass(frozen=True)
class Block:
    """A fenced block and its info string, e.g. `sh run exit=1`."""

    info: str
    text: str

    @property
    def exit_code(self) -> int:
        """What its last command ends with."""
        found = re.search(r" exit=(\d+)$", self.info)
        return int(found.group(1)) if found else 0


def blocks(text: str) -> list[Block]:
    """All fenced blocks; one without an info string is not understood.

    Raises:
        ValueError: a fence is not closed, or does not say what it holds.
    """
    found = [Block(match["info"], match["text"]) for match in _FENCE.finditer(text)]
    if len(re.findall(r"^```", text, re.MULTILINE)) != 2 * len(found):
        raise ValueError("a fenced block does not say what it holds")
    return found


def commands(block: Block, known: set[str]) -> list[list[str]]:
    """The commands of a block as words.

    Raises:
        ValueError: a program is not among the known ones.
    """
    lines = block.text.replace("\\\n", " ").splitlines()
    found = [
        words for line in lines if (words := list(shlex.shlex(line, posix=True, punctuation_chars=True)))
    ]
    split = [shlex.split(line, comments=True) for line in lines]
    for words, exact in zip(found, [item for item in split if item], strict=True):
        if exact[0] not in known or PUNCTUATION & set(words):
            raise ValueError(f"the README has a command that nothing checks: {' '.join(exact)}")
    return [item for item in split if item]


def targets() -> set[str]:
    """The targets of the Makefile that `make help` lists."""
    return set(re.findall(r"^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def check_targets(found: list[list[str]]) -> None:
    """Every `make` names targets that exist, and nothing else."""
    for words in found:
        if words[0] == "make":
            assert words[1:], "make without a target"
            assert set(words[1:]) <= targets(), words


def plain(text: str) -> str:
    """The text without the part of the policy's revision that changes with every rule."""
    return _REVISION.sub("policy REVISION", text)


BLOCKS = blocks(README)


def pairs() -> Iterator[tuple[Block, Block | None]]:
    """Every block that is run, with the output printed below it."""
    for block, following in zip(BLOCKS, [*BLOCKS[1:], None], strict=True):
        if block.info.startswith("sh run"):
            yield block, following if following and following.info == "console" else None


@pytest.fixture(params=[TODAY, TODAY + timedelta(days=365)], ids=["today", "a year on"])
def day(request: pytest.FixtureRequest) -> date:
    found: date = request.param
    return found


@pytest.fixture
def place(tmp_path: Path, day: date) -> Path:
    """A checkout as far as the commands can see, with the copy of the examples that `make examples` writes.

    There, `mlgate check` believes it is `day`.
    """
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "policies").symlink_to(ROOT / "policies")
    write_examples(tmp_path / ".build" / "examples", day)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "mlgate").write_text(
        f'#!/bin/bash\nat=()\n[[ $1 = check && $* != *" --at "* ]] && at=(--at {day}T12:00:00Z)\n'
        f'exec {shlex.quote(str(MLGATE))} "$@" "${{at[@]}}"\n'
    )
    (programs / "mlgate").chmod(0o755)
    return tmp_path


def script(block: Block) -> str:
    """The block for bash, with make left out: its work is done."""
    return "".join(
        f"{line}\n" for line in block.text.replace("\\\n", " ").splitlines() if line.split()[:1] != ["make"]
    )


def test_its_commands_do_and_print_what_it_says(place: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLGATE_")}
    environment = {**kept, "PATH": f"{place / '.venv' / 'bin'}:{kept['PATH']}", "NO_COLOR": "1"}
    for block in BLOCKS:
        if block.info.startswith("yaml "):
            (place / block.info.split()[1]).write_text(block.text)
    ran = 0
    for block, printed in pairs():
        check_targets(commands(block, RUN))
        done = subprocess.run(  # noqa: S603 - our own README
            ["bash", "-euo", "pipefail", "-c", script(block)],  # noqa: S607 - it is for bash users
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == block.exit_code, f"{block.text}\n{done.stdout}"
        if printed is not None:
            assert plain(done.stdout) == plain(printed.text), block.text
        ran += 1
    assert ran >= 5


def test_every_block_says_how_it_is_checked() -> None:
    known = re.compile(r"sh run( exit=[12])?|sh make|sh cluster|console|yaml [a-z-]+\.yaml")
    assert [block.info for block in BLOCKS if not known.fullmatch(block.info)] == []
    outputs = [block for block in BLOCKS if block.info == "console"]
    assert outputs == [printed for _, printed in pairs() if printed]


def test_the_make_targets_exist() -> None:
    found = [words for block in BLOCKS if block.info == "sh make" for words in commands(block, {"make"})]
    check_targets(found)
    named = {words[1] for words in found}
    assert {"demo", "test", "cluster", "e2e", "bench"} <= named
    assert [words[1] for words in found[:2]] == ["demo", "test"], "the first two commands of a newcomer"


@pytest.mark.parametrize("day", [TODAY], indirect=True, ids=["today"])
def test_commands_for_a_cluster_name_people_and_files_that_are_there(place: Path) -> None:
    contexts = {person.context for person in PEOPLE}
    found = [words for block in BLOCKS if block.info == "sh cluster" for words in commands(block, CLUSTER)]
    assert found
    for words in found:
        assert words[words.index("--context") + 1] in contexts
        assert (place / words[words.index("-f") + 1]).is_file()


def test_the_refusal_it_shows_is_that_of_the_card_that_lies() -> None:
    shown = next(block.text for block in BLOCKS if block.info == "console")
    assert "mlgate refused InferenceService/credit-scoring" in shown
    assert "is stated as 0.894, its own group table gives 0.57" in shown


def test_its_settings_are_yaml() -> None:
    assert all(yaml.safe_load(block.text) for block in BLOCKS if block.info.startswith("yaml "))


def test_what_it_is_takes_ten_lines() -> None:
    head = README.split("\n## ", 1)[0].splitlines()[1:]
    assert len([line for line in head if line.strip()]) <= 10


def test_the_files_it_links_to_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("text", ["rm -rf x\n", "mlgate version | tee x\n", "mlgate version; reboot\n"])
def test_a_command_nobody_checks_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="nothing checks"):
        commands(Block("sh run", text), RUN)


@pytest.mark.parametrize("text", ["```\nmake demo\n```\n", "```sh run\nmake demo\n"])
def test_a_block_that_says_nothing_about_itself_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="does not say"):
        blocks(text)
