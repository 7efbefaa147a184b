"""Which texts of a manifest are programs of Python, by themselves or within a line of a shell."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache

_LONGEST = 64 * 1024
_MOST_DOCUMENTS = 20
"""Documents behind `<<` in one text; of more than that, none is taken out of it."""
_IN_SHELL = re.compile(
    r"""\bpython[0-9.]*(?:[ \t]+-[A-Za-z]+)*[ \t]+-[A-Za-z]*c[ \t]+(?:'([^']*)'|"((?:[^"\\]|\\.)*)")"""
    r"""|<<-?[ \t]*["']?([A-Za-z_]\w*)["']?[^\n]*\n(.*?)\n[ \t]*\3[ \t]*(?:\n|\Z)""",
    re.DOTALL,
)
_INTERPRETER = re.compile(r"python[0-9.]*")
_INLINE = re.compile(r"-[A-Za-z]*c")
_READS_INPUT = re.compile(r"(?:^|[\s;&|(/])python[0-9.]*(?:[ \t]+-[A-Za-z]*)*[ \t]*$")
_MOST_FLAGS = 10
_IN_PLACE = "-"
_MAX_BEFORE = 200
_PROTECTED = re.compile(r"""\\(["\\$`])""")


@lru_cache(maxsize=64)
def parsed(text: str) -> ast.Module | None:
    """The syntax tree of a text; null if it is none of Python, or longer or deeper than is read."""
    if len(text) > _LONGEST or not any(char in text for char in "(\n=@ "):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def programs_in(items: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, bool]]:
    """Programs of Python in what a container is told to run, their paths, and whether they surely are some.

    What stands around them in a line of a shell is one of those that are not sure.
    """
    for index, (text, path) in enumerate(items):
        if _is_program(items, index):
            yield text, path, True
        elif "(" in text or "import " in text:
            yield from ((program, path, sure) for program, sure in _within(text))


def without_programs(items: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The items with a word in the place of each whole program that can be read: no shell ever sees it."""
    return [
        (_IN_PLACE if _is_program(items, index) and parsed(text) is not None else text, path)
        for index, (text, path) in enumerate(items)
    ]


def _is_program(items: Sequence[tuple[str, str]], index: int) -> bool:
    return _follows_interpreter([text for text, _ in items[max(0, index - _MOST_FLAGS) : index]])


def _follows_interpreter(before: list[str]) -> bool:
    """Whether the items before it are `python -c`."""
    if not before or not _INLINE.fullmatch(before[-1]):
        return False
    names = (text for text in reversed(before[:-1]) if not text.startswith("-"))
    return _INTERPRETER.fullmatch(next(names, "").rpartition("/")[2]) is not None


def _within(text: str) -> Iterator[tuple[str, bool]]:
    if parsed(text) is not None:
        yield text, False
        return
    if text.count("<<") > _MOST_DOCUMENTS:
        yield text, False
        return
    end, around = 0, []
    for match in _IN_SHELL.finditer(text[:_LONGEST]):
        single, double, _, document = match.groups()
        code = single or _PROTECTED.sub(r"\1", double or "") or document
        if code and (_is_given(text, match) or parsed(code) is not None):
            yield code, True
            around.append(text[end : match.start()])
            end = match.end()
    yield "".join([*around, text[end:]]), False


def _is_given(text: str, match: re.Match[str]) -> bool:
    """Whether an interpreter is given the whole of it, and no shell puts anything into it."""
    if match.group(3):
        begun = text[text.rfind("\n", 0, match.start()) + 1 : match.start()][-_MAX_BEFORE:]
        return _READS_INPUT.search(begun) is not None and "$" not in match.group(4)
    code, behind = match.group(1) or match.group(2) or "", text[match.end() : match.end() + 1]
    return "$" not in code and "`" not in code and behind in {"", " ", "\n", "\t", ";", "&", "|", ")", ">"}
