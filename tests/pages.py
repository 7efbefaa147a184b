"""Pages of documentation: their fenced blocks, and what each block says about how it is checked."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FENCE = re.compile(r"^```(?P<info>\S[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r" exit=(\d+|any)$")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Its info string says how it is checked: `sh make` names targets of the Makefile; `sh run` is run in the
    order of the page, and prints what a `console` block below it shows; `sh cluster` is run so on a real
    control plane; `sh cluster instead` is an alternative that is tried there without effect; `sh gate` is run
    where mlgate serves, `sh chart` where the pods of the chart do; `sh shown` cannot be run here; `yaml NAME`
    is a file that later blocks find.
    """

    info: str
    text: str

    @property
    def what(self) -> str:
        """The info string without the exit code."""
        return _EXIT.sub("", self.info)

    @property
    def exit_code(self) -> int | None:
        """What its last command ends with; null where that depends on the cluster."""
        found = _EXIT.search(self.info)
        if found is None:
            return 0
        return None if found[1] == "any" else int(found[1])

    @property
    def commands(self) -> list[str]:
        """Its lines, those that go on joined."""
        return [line for line in self.text.replace("\\\n", " ").splitlines() if line.strip()]


def blocks(page: str) -> list[Block]:
    """All fenced blocks of a page below docs/.

    Raises:
        ValueError: a fence is not closed, or does not say what it holds.
    """
    text = (ROOT / "docs" / page).read_text()
    found = [Block(match["info"], match["text"]) for match in _FENCE.finditer(text)]
    if len(re.findall(r"^```", text, re.MULTILINE)) != 2 * len(found):
        raise ValueError(f"{page}: a fenced block does not say what it holds")
    return found


def anchors(text: str) -> set[str]:
    """The anchors of a page: of its headings, as a forge makes them, and those it sets itself."""
    headings = re.findall(r"(?m)^#+ (.+)$", text)
    made = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)"></a>', text))


def run(block: Block, folder: Path, environment: Mapping[str, str]) -> str:
    """What a block prints; it must end with the exit code it names."""
    done = subprocess.run(  # noqa: S603 - our own pages
        ["bash", "-euo", "pipefail", "-c", block.text],  # noqa: S607 - they are for bash users
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if block.exit_code is not None:
        assert done.returncode == block.exit_code, f"{block.text}\n{done.stdout}"
    return done.stdout
