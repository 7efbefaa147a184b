"""Variables of a command line: those it sets itself, and what stands for a reference to one.

Shells run a line from its beginning to its end, so that one variable can have several values. Which of them
counts where is not followed: such a reference stays as it is, and a model behind it is one nobody knows.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator

from mlgate.workloads.commands.shell_values import Doubts
from mlgate.workloads.credentials.patterns import shipped
from mlgate.workloads.pods.containers import REFERENCE
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import plain_path
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import MAX_LENGTH, SEPARATORS, Word

VARIABLE = re.compile(
    rf"{REFERENCE.pattern}"
    r"|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^{}]{0,4096}))?\}"
    r"|\$([A-Za-z_][A-Za-z0-9_]*)"
)
"""Every form of a reference: its name is the first, the second or the fourth group."""
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=(.*)", re.DOTALL)
_POSITIONAL = re.compile(r"""(["']?)\$(?:\{([0-9]|[@*])\}|([0-9@*]))\1""")
"""A reference to what a script is given."""
_RESETTING = re.compile(
    r"(?:^|[\s;&|({])(?:set[ \t]+(?:[-+]\w*o[ \t]+\w+[ \t]+|[-+]\w*[^\Wo][ \t]+)*"
    r"(?:--|[^-+\s;&|])|(?:shift|function)(?:\s|;|$))|\(\)",
    re.MULTILINE,
)
"""Words that give scripts, or functions within them, other arguments."""
_IN_QUOTES = re.compile(
    r"""(?<![\w-])([A-Za-z_][A-Za-z0-9_]{0,100})=(?:"([^"\\]{1,4096})"|'([^'"\\]{1,4096})')"""
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SETTING = frozenset({"for", "read", "select", "mapfile", "readarray", "getopts"})
"""Words of shells behind which names of variables stand that get values of their own."""
SOURCING = frozenset({".", "source"})
"""Commands that read a file into the shell."""
_LOOK_BEHIND = 50
_MOST_SETS = 50
_MAX_PATH = 4096

Assigned = dict[str, tuple[str, ...]]
"""Values by name; none or several if the value cannot be told."""


def assigned_by(
    words: tuple[Word, ...], slot: Slot, texts: Iterable[str] = (), doubts: Doubts | None = None
) -> Assigned:
    """Variables set by words such as `MODEL=x`, with every value they can have.

    `texts` is what the words were read from: in it a value in quotes is whole. `doubts`: which may not
    be set where they are asked for.
    """
    found = _quoted(texts)
    doubts = doubts or Doubts()
    for name, values in doubts.defaults.items():
        found.setdefault(name, {}).update(values)
    begun = {(name, value.split(maxsplit=1)[0]) for name, values in found.items() for value in values}
    unsure: set[str] = set()
    for word in words:
        match = _ASSIGNMENT.fullmatch(word.text)
        if match is None:
            continue
        name, more, value = match.groups()
        if more:
            unsure.add(name)
        elif (name, value) not in begun and not _refers_to(name, value):
            found.setdefault(name, {})[value] = None
    unsure.update(_set_otherwise(words))
    for name, var in ((name, slot.variable(name)) for name in found):
        if var is not None and var.value is not None:
            found[name][var.value] = None
        elif var is not None:
            unsure.add(name)
    if _sources_a_mount(words, slot):
        unsure |= found.keys()
    unsure |= doubts.anything | _may_miss(found, doubts, slot)
    return {name: () if name in unsure else tuple(found.get(name, ())) for name in found.keys() | unsure}


def _may_miss(found: dict[str, dict[str, None]], doubts: Doubts, slot: Slot) -> set[str]:
    """Adds that there may be no value; the names for which another object has one in its place."""
    names = doubts.missing & found.keys()
    if any(source.kind == "secret" for source in slot.env_from):
        return names
    for name in names:
        if slot.variable(name) is None:
            found[name][""] = None
    return set()


def facts_of(doubts: Doubts, slot: Slot, assigned: Assigned) -> frozenset[str]:
    """Variables that can only be numbers, what the machine says of itself, or empty."""
    from_secret = any(source.kind == "secret" for source in slot.env_from)

    def known(name: str) -> bool:
        return name in doubts.facts or (
            name not in assigned and slot.variable(name) is None and not from_secret
        )

    return frozenset(name for name in doubts.facts if all(map(known, doubts.leaning.get(name, ()))))


def replaced(text: str, slot: Slot) -> str:
    """A text with the references in the form of Kubernetes replaced, as far as their values are known."""

    def value(match: re.Match[str]) -> str:
        var = slot.variable(match.group(1))
        return match.group(0) if var is None or var.value is None else var.value

    return _with_values(REFERENCE, text, value, MAX_LENGTH) if "$(" in text else text


def with_arguments(text: str, items: tuple[str, ...]) -> str:
    """A script with what it is given in the place of `$0`, `$1`, `$@`, unless it changes that itself."""
    if "$" not in text or sets_arguments(text):
        return text

    def given(match: re.Match[str]) -> str:
        which = match.group(2) or match.group(3)
        words = items[1:] if which in "@*" else items[int(which) : int(which) + 1]
        return " ".join(map(shlex.quote, words))

    return _POSITIONAL.sub(given, text)


def sets_arguments(text: str) -> bool:
    """Whether a script gives itself, or functions within it, other arguments."""
    # Each `set` may be followed by flags of every later one: where there are very many, it does.
    return text.count("set") > _MOST_SETS or _RESETTING.search(text) is not None


def _quoted(texts: Iterable[str]) -> dict[str, dict[str, None]]:
    """Values that hold white space, by name."""
    found: dict[str, dict[str, None]] = {}
    for text in texts:
        for name, double, single in _IN_QUOTES.findall(text):
            value = double or single
            if len(value.split(maxsplit=1)) > 1 and not _refers_to(name, value):
                found.setdefault(name, {})[value] = None
    return found


def expand(text: str, slot: Slot, assigned: Assigned, limit: int) -> str:
    """References replaced by values; what grows past the limit is cut a little behind it."""
    return _with_values(VARIABLE, text, lambda match: _value(match, slot, assigned), limit)


def _with_values(
    pattern: re.Pattern[str], text: str, value_of: Callable[[re.Match[str]], str], limit: int
) -> str:
    pieces: list[str] = []
    end = total = 0
    for match in pattern.finditer(text):
        value = value_of(match)[: limit + 1]
        pieces += [text[end : match.start()], value]
        total += match.start() - end + len(value)
        end = match.end()
        if total > limit:
            break
    return "".join([*pieces, text[end:]])


def _value(match: re.Match[str], slot: Slot, assigned: Assigned) -> str:
    name = match.group(1) or match.group(2) or match.group(4)
    if match.group(1) is None and name in assigned:
        values = assigned[name]
        return values[0] if len(values) == 1 else _each(values) or match.group(0)
    if name == "IFS":
        return " "  # what stands for white space in a word that must not hold any
    found = slot.variable(name)
    if found is None:
        return match.group(0) if match.group(3) is None else match.group(3)
    # A credential stays where it is: what is expanded can come to be shown as the address of a model.
    if found.value is None or shipped().reason_of_text(found.value) == "value":
        return match.group(0)
    # A document stays one line: its ends of lines begin no command.
    return found.value.replace("\n", " ") if found.value.startswith(("{", "[")) else found.value


def _each(values: tuple[str, ...]) -> str:
    """All values where they are programs or flags: none that is known is left open. Else nothing."""
    if all(not value or value.startswith(("-", "{{")) for value in values):
        return " ".join(values)
    return "; ".join(filter(_is_command, values))


def _is_command(value: str) -> bool:
    first = value.split(maxsplit=1)[:1]
    return bool(first) and first[0].rpartition("/")[2] in catalog().by_first_word


def _refers_to(name: str, value: str) -> bool:
    """Whether a value builds on the variable itself, as in `MODEL=${MODEL:-x}`."""
    return any(name in match.groups() for match in VARIABLE.finditer(value))


def _set_otherwise(words: tuple[Word, ...]) -> Iterator[str]:
    """Names behind words of shells that set variables: `for M in a b`, `read M`, `printf -v M`."""
    setting = 0
    for index, word in enumerate(words):
        if not word.text.strip(SEPARATORS) or word.text == "in" or setting > _LOOK_BEHIND:
            setting = 0
        elif setting and _NAME.fullmatch(word.text):
            setting += 1
            yield word.text
        if word.text in _SETTING:
            setting = 1
        elif word.text == "-v" and index and words[index - 1].text == "printf":
            setting = _LOOK_BEHIND


def _sources_a_mount(words: tuple[Word, ...], slot: Slot) -> bool:
    """Whether a file is read into the shell that lies in a volume: it can set anything."""
    files = (words[index + 1].text for index, word in enumerate(words[:-1]) if word.text in SOURCING)
    targets = {target.rstrip("/") for target, _, _ in slot.mounts}
    return bool(targets) and any(not file.startswith("/") or _lies_in(file, targets) for file in files)


def _lies_in(file: str, targets: set[str]) -> bool:
    """Whether one of the places holds the file; a path the kernel finds too long opens nothing."""
    parts = plain_path(file).split("/") if len(file) <= _MAX_PATH else []
    return any("/".join(parts[:length]) in targets for length in range(1, len(parts) + 1))
