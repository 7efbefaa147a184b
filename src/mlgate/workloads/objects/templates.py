"""Templates that a platform fills in before it uses an object.

KServe runs the text of a container, or of a whole specification, through a template language that can print
any character, so that what is written as one argument can become an image. What it is made into is read as
far as it can be told; every other expression is a problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from mlgate.domain.base import Json
from mlgate.workloads.kinds.paths import select
from mlgate.workloads.kinds.rows import Kind, Templates
from mlgate.workloads.reading import Reader, dig, join

_ACTION = re.compile(r"\{\{([^{}]*)\}\}")
_VALUE = re.compile(r"\.(Name|Namespace|(?:Labels|Annotations)\.[A-Za-z0-9_.-]{1,200})")
_OF_SERVICE = re.compile(r"\.(?:ObjectMeta\.)?(Name|Namespace)|\.Spec\.(Model\.Name)")
_CHILD = re.compile(r"ChildName \.ObjectMeta\.Name `([A-Za-z0-9.-]*)`")
_ENDED = "shutdownTimeout"
_FIELD = r"\.(?:GlobalConfig\.\w+|Spec\.(?:Prefill\.)?\w+(?:\.\w+)?)"
_NUMBER = re.compile(
    r"(?:or )?\.Spec\.(?:Prefill\.)?Parallelism\.\w+(?: [0-9]{1,9})?"
    rf"|{_ENDED} (?:nil|{_FIELD}) [0-9]{{1,9}}"
)
_EMPTY = re.compile(rf"kvTransferConfig {_FIELD}|\.GlobalConfig\.\w+")
"""What can come to be nothing, so that the words on its sides become one."""
_CHOICE = re.compile(rf"(if|else|end)(?: if)?(?: (?:and|or|not))?(?: {_FIELD})*")
_WORDLESS = re.compile(
    rf"\{{\{{ if {_FIELD} \}}\}}\{{\{{ kvTransferConfig {_FIELD} \}}\}}\{{\{{ end \}}\}}"
    rf"|\{{\{{ if {_FIELD} \}}\}}\{{\{{ {_ENDED} {_FIELD} ([0-9]{{1,9}}) \}}\}}"
    rf"\{{\{{ else \}}\}}\{{\{{ {_ENDED} nil [0-9]{{1,9}} \}}\}}\{{\{{ end \}}\}}"
)
"""Choices without words of their own: flags that name no model, or a number."""
_PLAIN = re.compile(r"""[^"'`\\$;&|<>(){}\s\x00-\x1f]*""")
"""Text that ends neither the string nor the word it is put into."""
_CONTINUED = re.compile(r"\s\\\n[ \t]*\Z")
_MOST_INDENTED = 200
_LONGEST_NAME = 63

Values = dict[str, str]
"""What stands for the values of an object, by the name of each."""


@dataclass(frozen=True)
class _Action:
    """One expression and where it stands; `cuts` says on which sides it takes away the white space."""

    start: int
    end: int
    expression: str
    cuts: tuple[bool, bool]


def values_of(obj: dict[str, Json], name: str | None, namespace: str | None) -> Values:
    """The values that templates for the object are filled with."""
    found = {"Name": name, "Namespace": namespace, "Model.Name": dig(obj, "spec", "model", "name") or name}
    for key in ("labels", "annotations"):
        given = dig(obj, "metadata", key)
        entries = given.items() if isinstance(given, dict) else ()
        found |= {f"{key.capitalize()}.{label}": value for label, value in entries}
    return {key: text for key, text in found.items() if isinstance(text, str)}


def fill(
    reader: Reader, obj: dict[str, Json], row: Kind | None, values: Values, base: str = ""
) -> dict[str, Json]:
    """The object with the templates of its kind filled in; `base` comes before the paths of problems."""
    if row is None or row.templates is None:
        return obj
    templates = row.templates
    for pattern in templates.values:
        for path, value in select(reader, obj, pattern):
            bare = _ACTION.sub("", value) if isinstance(value, str) and row.runtime else value
            if isinstance(bare, str) and not _PLAIN.fullmatch(bare):
                reader.problem(f"{base}{path}", "is put into templates and holds more than a plain word")
    if not _has_any(obj):
        return obj
    places = {path for pattern in templates.within for path, _ in select(Reader(), obj, pattern)}
    within = partial(_text, reader, templates, values, base)
    return {key: _filled(item, key, within, places) for key, item in obj.items()}


def _filled(value: Json, path: str, within: partial[str], places: set[str] | None) -> Json:
    """The value with what is at the places filled in; without places all of it."""
    below = None if places is None or path in places else places
    if isinstance(value, dict):
        return {key: _filled(item, join(path, key), within, below) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, f"{path}[{index}]", within, below) for index, item in enumerate(value)]
    return within(path, value) if below is None and isinstance(value, str) and "{{" in value else value


def _has_any(obj: dict[str, Json]) -> bool:
    stack: list[Json] = [obj]
    while stack:
        node = stack.pop()
        if isinstance(node, str) and "{{" in node:
            return True
        stack.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
    return False


def _text(reader: Reader, templates: Templates, values: Values, base: str, path: str, text: str) -> str:
    if templates.language == "service":
        text = _WORDLESS.sub(lambda match: match.group(1) or "", text)
    actions = [_action(match) for match in _ACTION.finditer(text)]
    known = "{{" not in _ACTION.sub("", text) and _whole_words(text, actions)
    pieces: list[str] = []
    end = 0
    for action in actions:
        made = _made(action.expression, templates, values)
        known = known and made is not None
        kept = made is None or made == action.expression
        if made is not None and not kept and not _PLAIN.fullmatch(made.strip()):
            reader.problem(f"{base}{path}", "is filled with more than a plain word")
        pieces += [text[end : action.start], text[action.start : action.end] if kept else made or ""]
        end = action.end
    if not known:
        reader.problem(f"{base}{path}", "holds a template that the reader cannot follow")
    return "".join([*pieces, text[end:]])


def _action(match: re.Match[str]) -> _Action:
    inner = match.group(1)
    expression = " ".join(inner.removeprefix("-").removesuffix("-").split())
    return _Action(match.start(), match.end(), expression, (inner.startswith("-"), inner.endswith("-")))


def _made(expression: str, templates: Templates, values: Values) -> str | None:
    """What an expression prints; itself if that cannot be told and does no harm, None if it may do some."""
    if templates.language == "metadata":
        match = _VALUE.fullmatch(expression)
        return values.get(match.group(1), expression) if match is not None else None
    match = _OF_SERVICE.fullmatch(expression)
    if match is not None:
        return values.get(match.group(1) or match.group(2), expression)
    match = _CHILD.fullmatch(expression)
    if match is not None:
        child = f"{values.get('Name', '')}{match.group(1)}"
        return child if "Name" in values and len(child) <= _LONGEST_NAME else expression
    if _EMPTY.fullmatch(expression):
        return ""
    if _CHOICE.fullmatch(expression):
        return " "
    return expression if _NUMBER.fullmatch(expression) else None


def _whole_words(text: str, actions: list[_Action]) -> bool:
    """Whether the branches of every choice hold whole words, so that no word is put together by choosing."""
    choices: list[list[_Action]] = []
    for action in actions:
        match = _CHOICE.fullmatch(action.expression)
        word = match.group(1) if match is not None else None
        if word == "if":
            choices.append([action])
        elif word is not None and not choices:
            return False
        elif word == "else":
            choices[-1].append(action)
        elif word == "end" and not _separated(text, [*choices.pop(), action]):
            return False
    return not choices


def _separated(text: str, choice: list[_Action]) -> bool:
    before, behind = _blank_before(text, choice[0]), _blank_behind(text, choice[-1])
    starts = all(_blank_behind(text, action) for action in choice[:-1])
    ends = all(_blank_before(text, action) for action in choice[1:])
    return (before and behind) or (behind and starts) or (before and ends)


def _blank_before(text: str, action: _Action) -> bool:
    """Whether white space or nothing stands before it, and stays there; or the end of a shell's line."""
    if not action.cuts[0]:
        return not text[max(action.start - 1, 0) : action.start].strip()
    return _CONTINUED.search(text, max(action.start - _MOST_INDENTED, 0), action.start) is not None


def _blank_behind(text: str, action: _Action) -> bool:
    return not action.cuts[1] and not text[action.end : action.end + 1].strip()
