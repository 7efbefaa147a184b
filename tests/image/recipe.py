"""The Dockerfile as it is written: its stages, and what it is given to build from."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from string import Template

from docker.utils.build import exclude_paths
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "Dockerfile"
_FROM = re.compile(r"(?:--platform=\S+ )?(?P<base>\S+)(?: AS (?P<name>\S+))?")


@dataclass(frozen=True)
class Instruction:
    """One instruction, e.g. `RUN` and what is run."""

    verb: str
    value: str

    @property
    def words(self) -> list[str]:
        """The value as words."""
        return shlex.split(self.value)


@dataclass(frozen=True)
class Copy:
    """A `COPY`: from which stage (null for the context), what, and where to."""

    stage: str | None
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Stage:
    """The instructions between one `FROM` and the next."""

    base: str
    name: str | None
    instructions: tuple[Instruction, ...]

    def every(self, verb: str) -> list[Instruction]:
        """Its instructions with this verb, in order."""
        return [item for item in self.instructions if item.verb == verb]

    @property
    def copies(self) -> list[Copy]:
        """What it copies."""
        return [as_copy(item) for item in self.every("COPY")]

    @property
    def variables(self) -> dict[str, str]:
        """Its `ENV`, with the defaults of its own `ARG` filled in."""
        given = dict(word.partition("=")[::2] for item in self.every("ARG") for word in item.words)
        pairs = (word.partition("=")[::2] for item in self.every("ENV") for word in item.words)
        return {name: Template(value).substitute(given) for name, value in pairs}


def as_copy(instruction: Instruction) -> Copy:
    """A `COPY` taken apart."""
    flags = [word for word in instruction.words if word.startswith("--")]
    *sources, target = [word for word in instruction.words if not word.startswith("--")]
    stages = [flag.removeprefix("--from=") for flag in flags if flag.startswith("--from=")]
    return Copy(stages[0] if stages else None, tuple(sources), target)


def stages() -> tuple[dict[str, str], list[Stage]]:
    """The arguments that stand before the first stage with their defaults, and the stages in order."""
    parsed = DockerfileParser(str(DOCKERFILE)).structure
    read = [Instruction(item["instruction"], item["value"]) for item in parsed]
    items = [item for item in read if item.verb != "COMMENT"]
    starts = [index for index, item in enumerate(items) if item.verb == "FROM"]
    arguments = dict(item.value.partition("=")[::2] for item in items[: starts[0]])
    found = []
    for start, end in zip(starts, [*starts[1:], len(items)], strict=True):
        named = _FROM.fullmatch(items[start].value)
        assert named, items[start]
        found.append(Stage(named["base"], named["name"], tuple(items[start + 1 : end])))
    return arguments, found


def context(root: Path = ROOT) -> set[str]:
    """The files of a checkout that a builder is given, as its `.dockerignore` says.

    It is given the recipe itself besides.
    """
    lines = [line.strip() for line in (root / ".dockerignore").read_text().splitlines()]
    patterns = [line for line in lines if line and not line.startswith("#")]
    files = {path for path in exclude_paths(str(root), patterns) if (root / path).is_file()}
    return files - {DOCKERFILE.name, ".dockerignore"}
