"""The table of codes, typed, and the one way to make a finding."""

from __future__ import annotations

import shlex
import string
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml

from mlgate.doctor.finding import Finding, Opens, Severity, Subject
from mlgate.domain.base import Frozen

PAGE = "docs/doctor.md"
"""The page about the codes; generated from the table."""


class Code(Frozen):
    """One row of the table."""

    code: str
    severity: Severity
    opens: Literal["yes", "possibly", "no", "failOpen"]
    """failOpen: where an entry of the webhook lets through what mlgate does not answer."""
    means: str
    """What is the case and what follows from it."""
    fix: str
    """A command with names of what it is about in braces."""

    @property
    def parts(self) -> frozenset[str]:
        """What the fix has to be told."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.fix) if name)

    def opening(self, *, fails_open: bool) -> Opens:
        """Whether it lets models through in an installation that fails open, or does not."""
        if self.opens == "failOpen":
            return "yes" if fails_open else "no"
        return self.opens


@lru_cache(maxsize=1)
def codes() -> dict[str, Code]:
    """Every row by its code, in the order of the table."""
    text = files("mlgate.doctor").joinpath("codes.yaml").read_text(encoding="utf-8")
    rows = [Code.model_validate(row) for row in yaml.safe_load(text)]
    return {row.code: row for row in rows}


def finding(
    code: str, subject: Subject, message: str, *, fails_open: bool = False, **parts: str | int
) -> Finding:
    """A finding as the table has it.

    Args:
        code: of the table.
        subject: what it is about.
        message: what is the case there, in one sentence.
        fails_open: whether an entry that it concerns lets through what mlgate does not answer.
        parts: what the fix has to be told; each becomes one word of the shell.
    """
    row = codes()[code]
    quoted = {name: shlex.quote(str(value)) for name, value in parts.items()}
    return Finding(
        code=code,
        severity=row.severity,
        lets_models_through=row.opening(fails_open=fails_open),
        subject=subject,
        message=message,
        fix=row.fix.format_map(quoted),
        docs=f"{PAGE}#{anchor(code)}",
    )


def anchor(code: str) -> str:
    """The place of a code on the page."""
    return code.replace(".", "-").replace("_", "-")
