"""Programs a container runs from files: a shell's script, a program of Python, what is read into a shell.

A file of the image is judged with the image. One in a volume is the author's: of a ConfigMap it is read like
the command line itself, of any other volume nobody can tell what it does.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import takewhile

from mlgate.workloads.commands.bystanders import INTERPRETER, SHELLS
from mlgate.workloads.commands.invocation import Invocation, Told
from mlgate.workloads.commands.shell_variables import SOURCING, with_arguments
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import plain_path
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import SEPARATORS, WRAPPERS, Word, led_commands

PYTHON = ".py"
_MAX_VALUES = 4
_VALUED_WRAPPERS = (
    WRAPPERS - SHELLS - {"then", "do", "else", "if", "elif", "while", "until", "!", "{", "eval"}
)
"""Programs that run others, and take words of their own before them."""
_INTERPRETERS = frozenset({"perl", "ruby", "node", "Rscript", "lua", "php"})
_INLINE = frozenset({"-c", "-e", "-m", "-"})
"""Flags of interpreters behind which no file stands."""
_VALUED = frozenset({"-X", "-W"})
_RC_FILES = frozenset({"--rcfile", "--init-file"})
_SCRIPT_ENDS = (".sh", ".bash", PYTHON, ".pl", ".rb", ".js")


def files_run(invocation: Invocation) -> Iterator[Word]:
    """The words that name a file which is run, read into a shell or taken in as code of a server."""
    words = invocation.words
    for start, lead, end in led_commands(words):
        yield from _files_of_shells(words[start : end if lead is None else lead])
        if lead is None:
            continue
        yield from _run_by(invocation.slot, words[lead:end])
        wrapped = any(word.base in _VALUED_WRAPPERS for word in words[start:lead])
        if wrapped and "/" not in words[lead].text and words[lead].base not in catalog().starters:
            # The word may be a value of the wrapper's own, as in `sudo -u root /srv/start.sh`.
            behind = words[lead + 1 : min(end, lead + 1 + _MAX_VALUES)]
            own = takewhile(lambda word: word.base not in catalog().by_first_word, behind)
            yield from (word for word in own if _is_path(word))
    for flag in invocation.flags:
        if flag.value and flag.name in catalog().flags["code"]:
            yield Word(flag.value, flag.path)


def places_of(invocation: Invocation, file: str) -> tuple[str, ...]:
    """Where a file can lie: as it is written, or below each folder the command line can be in by then."""
    if file.startswith("/"):
        return (plain_path(file),)
    return tuple(plain_path(posixpath.join(folder, file)) for folder in invocation.folders) or (file,)


def arguments_of(slot: Slot, file: str) -> tuple[str, ...]:
    """What a script of the container is given: the items behind its name."""
    items = (*slot.command, *slot.args)
    return items[items.index(file) + 1 :] if file in items else ()


def as_told(text: str, path: str, name: str, args: tuple[str, ...]) -> Told:
    """What a script tells its container: code of Python, or the lines of a shell.

    What it is given stands where it takes all of it.
    """
    if name.endswith(PYTHON):
        return Told(code=((text, path),))
    return Told(((with_arguments(text, ("", *args)), path),), in_shell=True, is_line=True)


def _files_of_shells(words: tuple[Word, ...]) -> Iterator[Word]:
    for index, word in enumerate(words[:-1]):
        if word.text in _RC_FILES and words[0].base in SHELLS:
            yield words[index + 1]


def _run_by(slot: Slot, words: tuple[Word, ...]) -> Iterator[Word]:
    lead = words[0]
    if lead.text in SOURCING:
        yield from words[1:2]
    elif INTERPRETER.fullmatch(lead.base) or lead.base in _INTERPRETERS:
        yield from _interpreted(words)
    elif "/" in lead.text and "://" not in lead.text and _is_program(slot, lead):
        yield lead


def _interpreted(words: tuple[Word, ...]) -> Iterator[Word]:
    previous = ""
    for word in words[1:]:
        if not word.text.strip(SEPARATORS) or word.text in _INLINE:
            return
        if not word.text.startswith("-") and previous not in _VALUED:
            yield word
            return
        previous = word.text


def _is_path(word: Word) -> bool:
    return "/" in word.text and "://" not in word.text and not word.text.startswith("-")


def _is_program(slot: Slot, lead: Word) -> bool:
    """Not a flag, nor where the image settles the program, so that the word is its first argument."""
    if lead.text.startswith("-"):
        return False
    is_argument = not slot.command and lead.path == f"{slot.at('args')}[0]"
    return not is_argument or lead.text.endswith(_SCRIPT_ENDS)
