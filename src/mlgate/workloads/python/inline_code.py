"""Programs of Python in a manifest: the models they load through a library, and the commands they start.

They are read, never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.python.calls import Uses
from mlgate.workloads.python.models import Load, Loads, is_no_model
from mlgate.workloads.python.names import Names
from mlgate.workloads.python.text import parsed, programs_in
from mlgate.workloads.python.writes import writes

_MAX_BEFORE = 64
UNREAD = "is code of Python that the reader cannot read to its end"


@dataclass(frozen=True)
class Code:
    """What one program of Python does that matters here."""

    loaded: tuple[Load, ...] = ()
    """Each load of a model."""
    named: tuple[tuple[str, str], ...] = ()
    """What is called a model, and what it gives to that."""
    commands: tuple[str, ...] = ()
    """Command lines it starts, and variables and arguments it sets as a line would set them."""
    hidden: tuple[str, ...] = ()
    """What it does with a program or code that is computed."""
    writes: tuple[str, ...] = ()
    """Paths it writes to; the root where one is computed."""


def codes_in(
    items: Sequence[tuple[str, str]], programs: Sequence[tuple[str, str]]
) -> Iterator[tuple[Code, str]]:
    """What programs of Python do among the items a container is told to run; `programs` surely are some."""
    for text, path, sure in programs_in(items):
        yield read_code(text, sure=sure), path
    for text, path in programs:
        yield read_code(text, sure=True), path


@lru_cache(maxsize=64)
def read_code(text: str, *, sure: bool = False) -> Code:
    """What a text does if it is a program of Python; of other text, what reads like a call that loads.

    `sure`: it is one, so that what cannot be read of it is hidden.
    """
    tree = parsed(text)
    try:
        if tree is not None:
            return _read(tree)
    except RecursionError:  # names within names, deeper than anybody writes them
        sure = True
    return Code(loaded=tuple(_by_pattern(text)), hidden=(UNREAD,) if sure else ())


def _read(tree: ast.Module) -> Code:
    names = Names(tree)
    uses = Uses(tree, names)
    loads = Loads(tree, names, uses)
    return Code(
        loaded=tuple(dict.fromkeys(loads.loaded)),
        named=tuple(loads.named),
        commands=tuple(dict.fromkeys([*uses.commands, *loads.commands])),
        hidden=tuple(dict.fromkeys([*uses.hidden, *loads.hidden])),
        writes=tuple(dict.fromkeys(writes(uses.calls, names))),
    )


def _by_pattern(text: str) -> Iterator[Load]:
    """Function and first literal of every call in a text that loads a model."""
    for match in _calls().finditer(text):
        if not is_no_model(text[max(0, match.start() - _MAX_BEFORE) : match.start()]):
            yield Load(match.group(1), match.group(3))


@lru_cache(maxsize=1)
def _calls() -> re.Pattern[str]:
    names = "|".join(sorted(name for name in catalog().loaders if "." not in name))
    # Quotes may be protected from the shell around them.
    literal = r"""r?\\?(["'])([^"'\\\s]{1,400})"""
    return re.compile(rf"\b({names})\(\s*(?:[A-Za-z_]{{1,40}}\s*=\s*)?(?:{literal}|(?=[A-Za-z_*]))")
