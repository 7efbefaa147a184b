"""Why a rule did not fire, in words: for each thing it looked at, the first condition that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.policy.workbench.briefly import Conceal, brief
from mlgate.policy.workbench.conditions import (
    Condition,
    Missing,
    World,
    called,
    condition_of,
    denied,
    iterated,
)
from mlgate.policy.workbench.making import made_of
from mlgate.policy.workbench.sources import Definition, Sources
from mlgate.policy.workbench.trace import Fault, Query

DEEPEST = 3
"""How far into helpers the reason of a reason is told."""
BRANCHES = 4
"""Most reasons of one reason."""
VALUES = 6
"""Most values with one condition."""
TEXT = 200
"""Most characters of a condition."""


@dataclass(frozen=True)
class Reason:
    """A condition that failed."""

    file: str
    line: int
    text: str
    verdict: str
    values: tuple[tuple[str, str | None], ...]
    """The terms it is about; null for one that there is no value of."""
    about: tuple[tuple[str, str], ...] = ()
    """The things the rule looked at when it failed."""
    see: tuple[str, ...] = ()
    """Where the rules stand that hold, and were not to."""
    because: tuple[Reason, ...] = ()
    """What failed within the helpers it waits for."""

    @property
    def told(self) -> str:
        """Place, condition and values in one sentence."""
        told = [
            f"{term} = {value}" if value is not None else f"{term} is undefined"
            for term, value in self.values
        ]
        what = f"{self.file}:{self.line}: `{self.text}` {self.verdict}{': ' if told else ''}{', '.join(told)}"
        return f"{what}; it holds by {' or '.join(self.see)}" if self.see else what

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        return {
            "file": self.file,
            "line": self.line,
            "condition": self.text,
            "verdict": self.verdict,
            "values": [{"term": term, "value": value} for term, value in self.values],
            "about": [{"name": name, "value": value} for name, value in self.about],
            "see": list(self.see),
            "because": [reason.wire() for reason in self.because],
        }


@dataclass(frozen=True)
class Reasoner:
    """Turns the trace of a rule into reasons."""

    rule: Definition
    sources: Sources
    world: World
    conceal: Conceal
    shown: Callable[[str], str]
    """A file as its author calls it."""

    def reasons(self, queries: Sequence[Query]) -> list[Reason]:
        """Each thing that the rule did not fire for, once, in the order of the trace."""
        found = (
            self._reason(query, fault, DEEPEST, top=True) for query in queries for fault in query.faults()
        )
        return list(dict.fromkeys(found))

    def _reason(self, query: Query, fault: Fault, depth: int, *, top: bool) -> Reason:
        condition = condition_of(fault, self.sources)
        values = [
            (name, None if isinstance(value, Missing) else brief(value, self.conceal, depth=1))
            for name, value in condition.values(self.world)
        ]
        text = condition.text
        return Reason(
            file=self.shown(fault.file),
            line=fault.line,
            text=text if len(text) <= TEXT else f"{text[: TEXT - 1]}…",
            verdict=condition.verdict,
            values=tuple(values[:VALUES]),
            about=tuple(self._about(fault, {name for name, _ in values})) if top else (),
            see=tuple(self._held(condition)),
            because=tuple(self._because(query, condition, depth)) if depth else (),
        )

    def _about(self, fault: Fault, told: set[str]) -> Iterator[tuple[str, str]]:
        """What the rule went through, as far as it had come."""
        for name in iterated(self.rule):
            if name in fault.names and name not in told:
                yield name, brief(fault.names[name], self.conceal, depth=1)

    def _held(self, condition: Condition) -> Iterator[str]:
        """Where the rules stand whose negation failed."""
        for name in sorted(denied(condition)):
            package, _, rule = name.rpartition(".")
            for found in self.sources.definitions(package, rule)[:BRANCHES]:
                yield f"{self.shown(found.file)}:{found.line}"

    def _because(self, query: Query, condition: Condition, depth: int) -> list[Reason]:
        wanted = called(condition)
        found: dict[Reason, None] = {}
        for inner in _entered_for(query, condition.fault):
            name = f"{self.sources.package_of(inner.file)}.{inner.rule}"
            if any(path == name or path.startswith(f"{name}.") for path in wanted):
                for body, fault in _failures(inner):
                    found[self._reason(body, fault, depth - 1, top=False)] = None
        for body, fault in made_of(query, condition, self.sources):
            found[self._reason(body, fault, depth - 1, top=False)] = None
        return list(found)[:BRANCHES]


def _entered_for(query: Query, fault: Fault) -> Iterator[Query]:
    """The rules entered for a condition: since the failure before it, and others without arguments."""
    before = query.steps[: next(at for at, step in enumerate(query.steps) if step is fault)]
    since = max((at for at, step in enumerate(before) if isinstance(step, Fault)), default=-1)
    for at, step in enumerate(before):
        if isinstance(step, Query) and (at > since or not step.function):
            yield step


def _failures(query: Query) -> Iterator[tuple[Query, Fault]]:
    """What failed in a rule itself; else in the comprehensions that make its value."""
    own = list(query.faults())
    if own:
        yield from ((query, fault) for fault in own)
        return
    for inner in query.inner():
        if inner.rule is None:
            yield from _failures(inner)
