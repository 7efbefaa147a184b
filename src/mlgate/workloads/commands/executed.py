"""What a container runs: its command lines, and the commands of the lines for shells within them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.references import is_open
from mlgate.workloads.commands.shell_values import parsed
from mlgate.workloads.commands.shell_variables import replaced
from mlgate.workloads.pods.containers import REFERENCE
from mlgate.workloads.shell.lines import Command, Line
from mlgate.workloads.shell.words import PLACE_OF
from mlgate.workloads.shell.written import Part, ShellWord


@dataclass(frozen=True)
class Argument:
    """One word of a command as far as it is known: what nobody knows stays as it is written."""

    text: str
    path: str
    open: bool = False
    """A part of it is not known, or the shell makes several words of it."""
    word: ShellWord | None = field(default=None, repr=False)

    @property
    def base(self) -> str:
        """The name without its folder."""
        return self.text.rpartition("/")[2]


Arguments = tuple[Argument, ...]


@dataclass(frozen=True)
class Executed:
    """One command: its words, and where it stands if a shell runs it."""

    words: Arguments
    path: str
    command: Command | None = None
    line: Line | None = None


def executed(invocation: Invocation) -> Iterator[Executed]:
    """Every command of the container's own lines; what those start in turn is left to the rules."""
    told, slot = invocation.told, invocation.slot
    own = slot.in_shell if told is None else told.is_line
    of_variables = f"{slot.at('env')}["
    for number, items in enumerate(_chunks(invocation.lines)):
        chunk = [(text, path) for text, path in items if not path.startswith(of_variables)]
        if not chunk:
            continue
        if (number == 0 and own) or (len(chunk) == 1 and (number or told is not None)):
            text = " ".join(text for text, _ in chunk)
            yield from commands_of(invocation, text, chunk[0][1], lenient=not own)
        elif told is None or not chunk[0][0].startswith("-"):
            words = tuple(_as_kubelet(invocation, text, path) for text, path in chunk)
            yield Executed(words, words[0].path)


def _chunks(lines: tuple[tuple[str, str], ...]) -> Iterator[list[tuple[str, str]]]:
    """The command lines: that of the container, those of its hooks, and those its programs start."""
    chunk: list[tuple[str, str]] = []
    for text, path in lines:
        if text == ";":
            yield chunk
            chunk = []
        else:
            chunk.append((text, path))
    yield chunk


def _as_kubelet(invocation: Invocation, text: str, path: str) -> Argument:
    """A word of a command that no shell has seen: only the kubelet puts values into it."""
    given = replaced(text, invocation.slot)
    references = {match.group(0) for match in REFERENCE.finditer(given)}
    return Argument(given, path, open=any(is_open(reference, invocation) for reference in references))


def commands_of(invocation: Invocation, text: str, path: str, *, lenient: bool = False) -> Iterator[Executed]:
    """The commands of a line for a shell; `lenient`: it may as well be some other text."""
    line = parsed(replaced(text, invocation.slot))
    for command in line.commands:
        words = tuple(arg for word in command.words for arg in resolved(invocation, word, path))
        yield Executed(words, path, command, line)
    if line.broken and not lenient:
        yield Executed((), path, None, line)


def resolved(invocation: Invocation, word: ShellWord, path: str) -> Arguments:
    """The words a word becomes: the value of a variable is split where it is not quoted."""
    if len(word.parts) == 1 and word.parts[0].kind == "text":
        return (Argument(word.parts[0].text, path, word.open, word),)
    fields, can_be_any, begun = [""], word.open, False
    for part in word.parts:
        text, known, anything = _value(invocation, part)
        can_be_any = can_be_any or anything
        if part.quoted or part.kind == "text" or not known:
            fields[-1] += text
            begun = begun or bool(text) or part.quoted
            continue
        pieces = text.split()
        if text[:1].isspace() and fields[-1]:
            fields.append("")
        fields[-1] += pieces[0] if pieces else ""
        fields += pieces[1:]
        begun = begun or bool(pieces)
    return tuple(Argument(text, path, can_be_any, word) for text in fields) if begun else ()


def _value(invocation: Invocation, part: Part) -> tuple[str, bool, bool]:
    """The text a part stands for, whether it is known, and whether it can be anything.

    What nothing sets is empty, and stays as it is written.
    """
    if part.kind == "text":
        return part.text, True, False
    if part.kind == "commands":
        asked = PLACE_OF.fullmatch(part.text)
        return (asked.group(1) or asked.group(2), True, False) if asked else (part.text, False, True)
    text = invocation.expand(part.text)
    known = text != part.text and "$" not in text
    return text, known, not known and is_open(part.text, invocation)
