"""What a server's container does that decides what is loaded, and that no reader of a manifest can follow.

A model beside it that is named plainly may be there to be seen, and another one be served. Each is a problem:
the finding says where, so that the author can write plainly what runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.commands.flags import takes
from mlgate.workloads.commands.invocation import Call, Invocation
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.commands.references import is_open
from mlgate.workloads.commands.written import Writes
from mlgate.workloads.shell.words import Word
from mlgate.workloads.unfollowed.code_places import Unfollowed
from mlgate.workloads.unfollowed.descriptions import ARGUMENTS
from mlgate.workloads.unfollowed.running_variables import run_by_variables

_CODE = "changes the code of programs"
_MOST = 20


def unfollowed(
    invocation: Invocation,
    places: AuthorsPlaces,
    writes: Writes,
    judged: tuple[Unfollowed, ...],
    *,
    installs: bool,
) -> Iterator[Unfollowed]:
    """Path and description of each such place, the first few of them.

    `judged`: those of single commands. `installs`: one of them installs packages.
    """
    found = dict.fromkeys(
        [
            *judged,
            *_arguments(invocation),
            *_code(invocation, writes),
            *run_by_variables(invocation, places, installs=installs),
        ]
    )
    yield from list(found)[:_MOST]


def _arguments(invocation: Invocation) -> Iterator[Unfollowed]:
    """Words behind a server that stand for flags nobody can see: of another command, or of a variable."""
    for call in invocation.calls:
        model = call.follows
        for word in _free(call, invocation) if call.program.loads else ():
            if not word.text.startswith("$"):
                model = model and word.text.startswith("-")
            elif model:
                model = False  # it is the model, and one nobody knows
            elif is_open(word.text, invocation):
                yield word.path, ARGUMENTS


def _free(call: Call, invocation: Invocation) -> Iterator[Word]:
    """The words behind a command that are no value of a flag, nor the beginning of arithmetic."""
    words, before = invocation.words, None
    start = next(
        (at for at in range(call.index, len(words)) if call.behind and words[at] is call.behind[0]), 0
    )
    for offset, word in enumerate(call.behind):
        following = words[start + offset + 1].text if start + offset + 1 < len(words) else ""
        is_number = word.text == "$" and following.startswith("((")
        if not is_number and (before is None or not takes(before) or word.text.startswith("-")):
            yield word
        before = word


def _code(invocation: Invocation, writes: Writes) -> Iterator[Unfollowed]:
    for code, path in invocation.code:
        for doubt in code.hidden:
            yield path, doubt
    if writes.code is not None:
        yield invocation.slot.at("command" if invocation.slot.command else "args"), _CODE
