"""Breaches that are meant, each with its reason: a list of the shipped policy, and one of an author's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlgate.errors import ManifestError, PolicyError
from mlgate.parsing.limits import Limits
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.policy.workbench.problems import Problem
from mlgate.policy.workbench.workspace import Workspace

FILE = "exceptions.yaml"
"""In the folder of the shipped checks, and at the top of an author's own directory."""
EXCUSABLE = frozenset({"loops", "negation", "patterns"})
"""Checks that cannot tell everything; the others have no exception."""
LIMITS = Limits(max_bytes=256 * 1024, max_depth=8, max_nodes=10_000)

Words = Annotated[str, Field(min_length=1)]


class Excuse(BaseModel):
    """One breach that is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    check: Words
    file: Words
    rule: Words
    reason: Annotated[str, Field(min_length=10)]


class Excuses(BaseModel):
    """A file of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    exceptions: list[Excuse]


def without_excused(found: Iterable[Problem], space: Workspace) -> Iterator[Problem]:
    """The problems of the checks that no exception explains, and the exceptions that explain nothing.

    Raises:
        PolicyError: a list of exceptions cannot be read.
    """
    path = (space.policies / "checks" if space.site is None else space.site) / FILE
    excuses = read_excuses(path) if path.is_file() else []
    used: set[Excuse] = set()
    for problem in found:
        meant = [excuse for excuse in excuses if _covers(excuse, problem)]
        used.update(meant)
        if not meant:
            yield problem
    for excuse in excuses:
        if excuse not in used:
            what = f"the exception of {excuse.check} for {excuse.rule} in {excuse.file} excuses nothing"
            yield Problem(str(path), 0, "exceptions", what, "remove it")


def read_excuses(path: Path) -> list[Excuse]:
    """The exceptions in a file.

    Raises:
        PolicyError: it cannot be read, or an entry does not say check, file, rule and reason.
    """
    try:
        excuses = Excuses.model_validate(parse_yaml(path.read_bytes(), LIMITS)).exceptions
    except OSError as error:
        raise PolicyError(f"{path}: {error.strerror or error}") from error
    except ManifestError as error:
        raise PolicyError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{path}: {place}: {first['msg']}") from error
    for excuse in excuses:
        if excuse.check not in EXCUSABLE:
            raise PolicyError(
                f"{path}: {excuse.check} has no exceptions; {', '.join(sorted(EXCUSABLE))} have"
            )
    return excuses


def _covers(excuse: Excuse, problem: Problem) -> bool:
    return (excuse.check, excuse.file, excuse.rule) == (problem.check, problem.name, problem.rule)
