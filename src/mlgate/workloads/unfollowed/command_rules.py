"""The rule for each command beside a model server: what runs is known, or it lies in the image as a whole.

Known are the programs of `servers.yaml` and `commands.yaml`, and functions of the line. Any other program is
judged with the image, unless it is given something of the author's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

from mlgate.workloads.commands.bystanders import INTERPRETER, SHELLS
from mlgate.workloads.commands.executed import Arguments, Executed, executed
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.commands.references import is_given
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.programs.known_commands import commands
from mlgate.workloads.unfollowed.descriptions import ARGUMENTS, FOREIGN, NAMED, PIPED, Told
from mlgate.workloads.unfollowed.interpreter_rules import (
    of_awk,
    of_language,
    of_python,
    of_sed,
    of_shell,
    of_source,
)
from mlgate.workloads.unfollowed.modelfiles import of_ollama
from mlgate.workloads.unfollowed.recognised import is_bare, written_out
from mlgate.workloads.unfollowed.rules import MAX_DEPTH, MOST_WORDS, OPEN_FILES, Rules
from mlgate.workloads.unfollowed.starter_rules import of_alias, of_eval, of_find, of_starter, of_trap
from mlgate.workloads.unfollowed.starters import started

_Rule = Callable[[Rules, Arguments, Executed, int], Iterator[Told] | None]
_AWKS = frozenset({"awk", "gawk", "mawk", "nawk"})


class CommandRules(Rules):
    """Judges the commands of one container; `files` are those it was found to run."""

    def __init__(self, invocation: Invocation, places: AuthorsPlaces) -> None:
        super().__init__(invocation, places)
        self._lists: dict[tuple[int, str], Arguments] = {}

    def judge(self) -> Iterator[Told]:
        """Path and description of everything that cannot be followed."""
        for item in executed(self.invocation):
            yield from self.item(item, 0)

    def command(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        """The judgement on a command by its words; `depth`: how many programs started one another."""
        lead = words[0]
        if lead.open or "$" in lead.text or not lead.text:
            yield from self._unknown_lead(words, item, depth)
            return
        found = self._by_kind(words, item, depth)
        yield from found if found is not None else self._by_name(words, item, depth)

    def _by_name(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        """The judgement on a program that runs nothing else, as far as anybody knows."""
        lead = words[0]
        if "/" in lead.text and "://" not in lead.text:
            self.run(lead)
        if lead.text.startswith(OPEN_FILES):
            yield lead.path, PIPED
        elif item.line is not None and lead.text in item.line.functions:
            return
        elif self._is_watched(lead.base, words[1:]):
            yield lead.path, FOREIGN
        elif any(row.role != "bystander" for row in catalog().by_first_word.get(lead.base, ())):
            if len(words) > 1 and is_bare(words[1]) and not self.is_settled(words[1]):
                yield words[1].path, ARGUMENTS
        elif lead.base not in commands().harmless:
            yield from self._of_image(words, item, depth)

    def _by_kind(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told] | None:
        """The judgement on a program that runs others or code, each in its way; None for others."""
        lead = words[0]
        base = lead.base
        table = commands()
        rule = _special().get("python" if INTERPRETER.fullmatch(base) else base)
        if rule is not None:
            return rule(self, words, item, depth)
        starter = table.starter(base)
        if starter is not None and starter.foreign:
            return iter(((lead.path, FOREIGN),))
        found = started(starter, words) if starter is not None else None
        if found is not None:
            return of_starter(self, found, words, item, depth)
        if table.installer(base) is not None:
            return self.install(words)
        return iter(()) if starter is not None and starter.verb is None else None

    def _is_watched(self, base: str, words: Arguments) -> bool:
        patterns = commands().watched.get(base, ())
        return any(fnmatchcase(word.text, pattern) for word in words for pattern in patterns)

    def _unknown_lead(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        lead = words[0]
        if is_given(lead.text, self.invocation):
            return
        key = (id(item.line), lead.text)
        if key not in self._lists:
            self._lists[key] = written_out(lead.text, item)[:MOST_WORDS]
        values = self._lists[key]
        if values and depth < MAX_DEPTH:
            yield from self.command((*values, *words[1:]), item, depth + 1)
        else:
            yield lead.path, NAMED

    def _of_image(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        strict = words[0].base in commands().runners
        yield from self.given(words[1:], item, depth, strict=strict)


@lru_cache(maxsize=1)
def _special() -> dict[str, _Rule]:
    """Programs that run others or code, and the rule for each."""
    return {
        "eval": of_eval,
        "trap": of_trap,
        "find": of_find,
        "alias": of_alias,
        "sed": of_sed,
        "python": of_python,
        ".": of_source,
        "source": of_source,
        "ollama": of_ollama,
        **dict.fromkeys(SHELLS, of_shell),
        **dict.fromkeys(_AWKS, of_awk),
        **dict.fromkeys(commands().languages, of_language),
    }
