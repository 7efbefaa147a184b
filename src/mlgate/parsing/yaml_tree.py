"""Builds JSON values from the events of a YAML parser, refusing what has no strict meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.parsing.limits import Limits
from mlgate.parsing.yaml_scalars import ScalarError, explicit, plain

_CORE_COLLECTIONS = {"tag:yaml.org,2002:map": dict, "tag:yaml.org,2002:seq": list}


@dataclass
class _Level:
    """One open map or list."""

    node: dict[str, Json] | list[Json]
    key: str = ""
    """The last key that was read."""
    waiting: bool = False
    """The value of the key is still to come."""

    @property
    def expects_key(self) -> bool:
        return isinstance(self.node, dict) and not self.waiting

    def place(self, *, inside: bool) -> str:
        """The part of a path; `inside`: within the value that was added last."""
        if isinstance(self.node, list):
            return f"[{len(self.node) - inside}]"
        return f".{self.key}" if inside or self.waiting else ""


class Tree:
    """One document under construction; events go in by `take`, the result is `value`."""

    def __init__(self, limits: Limits, line: int) -> None:
        self.value: Json = None
        self.found = False
        self._limits = limits
        self._line = line
        self._levels: list[_Level] = []
        self._nodes = 0

    def take(self, event: Any) -> None:
        """Take one event in.

        Raises:
            ManifestError: The document is not strict, exceeds a limit, or is the second one.
        """
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._levels.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"alias *{str(event.anchor)[:40]}; aliases are not read")
        elif isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
            self._refuse(event, "directives are not read")

    def _scalar(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, f"anchor &{event.anchor[:40]}; anchors are not read")
        level = self._levels[-1] if self._levels else None
        if level is None and not event.value and event.tag is None and event.implicit[0]:
            # A marker with nothing but comments behind it: an empty document, which is none.
            return
        try:
            if event.tag is not None:
                value = explicit(event.tag, event.value)
            else:
                value = plain(event.value) if event.implicit[0] else event.value
        except ScalarError as error:
            self._refuse(event, str(error))
        if level is not None and level.expects_key:
            self._key(event, level, value)
        else:
            self._add(event, value)

    def _key(self, event: Any, level: _Level, value: Json) -> None:
        if not isinstance(value, str):
            self._refuse(event, f"key {event.value[:40]!r} is no string; quote it")
        level.key, level.waiting = value, True
        if value in level.node:
            self._refuse(event, f"duplicate key {value[:80]!r}")

    def _open(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, f"anchor &{event.anchor[:40]}; anchors are not read")
        node: dict[str, Json] | list[Json] = {} if isinstance(event, yaml.MappingStartEvent) else []
        if event.tag is not None and _CORE_COLLECTIONS.get(event.tag) is not type(node):
            self._refuse(event, f"tag {event.tag[:60]!r} is not read")
        level = self._levels[-1] if self._levels else None
        if level is not None and level.expects_key:
            self._refuse(event, "a key is no string")
        self._add(event, node)
        self._levels.append(_Level(node))
        if len(self._levels) > self._limits.max_depth:
            self._refuse(event, f"nested deeper than {self._limits.max_depth} levels")

    def _add(self, event: Any, value: Json) -> None:
        self._nodes += 1
        if self._nodes > self._limits.max_nodes:
            self._refuse(event, f"more than {self._limits.max_nodes} values")
        if not self._levels:
            if self.found:
                self._refuse(event, "a second document without a marker line")
            self.value, self.found = value, True
            return
        level = self._levels[-1]
        if isinstance(level.node, list):
            level.node.append(value)
        else:
            level.node[level.key] = value
            level.waiting = False

    def _refuse(self, event: Any, message: str) -> NoReturn:
        mark = event.start_mark
        raise ManifestError(message, path=self._path(), line=self._line + mark.line, column=mark.column + 1)

    def _path(self) -> str:
        last = len(self._levels) - 1
        parts = [level.place(inside=index < last) for index, level in enumerate(self._levels[:20])]
        return "".join(parts).removeprefix(".")
