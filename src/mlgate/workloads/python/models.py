"""What a program of Python loads as a model, what it calls one, and which variables it sets."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.workloads.programs.catalog import catalog, telling
from mlgate.workloads.python.calls import Uses, computed
from mlgate.workloads.python.given import given
from mlgate.workloads.python.kept import kept
from mlgate.workloads.python.names import Names, quoted

_NO_MODEL = re.compile(r"(?i)(tokenizer|processor|config|extractor)(?:fast)?\.$")
"""Classes whose files are none of a model."""
_MODEL_WORDS = ("model", "model_id", "model_path", "model_name_or_path", "pretrained_model_name_or_path")
_STRONG_WORDS = (*_MODEL_WORDS, "repo_id", "model_uri")
_WORDS = ("filename", "model_name", "model_file", "path", "model_dir")
_NAMES = re.compile(
    r"(?i)(?!.*(?:tokenizer|processor|dataset|served|config_path))"
    r"(?:.*_)?(?:models?|checkpoint|weights|lora|adapters?|repo|model_?(?:id|path|name|uri|source|dir|repo|name_or_path))"
    r"(?:_(?:id|path|name|uri|source|dir|repo|name_or_path|url))?"
)
"""Names that say that what they are given is a model."""
_DATA = frozenset({"load_dataset", "load_dataset_builder"})
_ENVIRONMENT = frozenset({"environ", "putenv", "setdefault", "update"})
_MOST = 200


@dataclass(frozen=True)
class Load:
    """One load of a model."""

    function: str
    address: str | None
    """What it is given; null for what is computed."""
    certain: bool = False
    """The function is known to be of a library that loads models, so that any word is a model's."""


class Loads:
    """The models of one program."""

    def __init__(self, tree: ast.Module, names: Names, uses: Uses) -> None:
        self._names = names
        self.hidden: list[str] = []
        self.commands: list[str] = []
        self._held = {dotted for dotted in map(self._target_of, ast.walk(tree)) if dotted}
        calls = uses.calls
        self._skipped = {
            id(part) for dotted, call in calls if self._is_data(dotted) for part in ast.walk(call)
        }
        self.loaded = [load for dotted, call in calls for load in self._loads(dotted, call)]
        self.loaded += [
            Load(dotted.rpartition(".")[2], None) for dotted in kept(tree, names, uses, self._is_certain)
        ]
        self.named = list(dict.fromkeys(value for node in ast.walk(tree) for value in self._named(node)))
        for node in ast.walk(tree):
            self._sets(node)
        self.commands += [line for _, call in calls for line in self._requests(call)]

    def _is_loader(self, dotted: str) -> bool:
        name = dotted.rpartition(".")[2]
        owner = dotted.removesuffix(name)
        return (name in catalog().loaders or _is_qualified(dotted)) and not is_no_model(owner)

    def _is_certain(self, dotted: str) -> bool:
        """Whether it is a function that loads models, of a library that does."""
        of_library = dotted.partition(".")[0] in catalog().libraries and "." in dotted
        return self._is_loader(dotted) and (of_library or _is_qualified(dotted))

    def _is_data(self, dotted: str) -> bool:
        name = dotted.rpartition(".")[2]
        return name in _DATA or (name in catalog().loaders and is_no_model(dotted.removesuffix(name)))

    def _target_of(self, node: ast.AST) -> str | None:
        """What is given a model that is loaded: it is none to be loaded again."""
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
            return None
        value, target = node.value, node.targets[0]
        while isinstance(value, ast.Call) and isinstance(target, ast.Name | ast.Attribute):
            if self._is_loader(self._names.dotted(value.func) or ""):
                return self._names.plain(target)
            if not isinstance(value.func, ast.Attribute):
                break
            value = value.func.value  # as in `load(...).eval()`
        return None

    def _loads(self, dotted: str, call: ast.Call) -> Iterator[Load]:
        name = dotted.rpartition(".")[2]
        if dotted in catalog().unpicklers:
            text = self._names.file(call.args[0] if call.args else None)
            if text is None:
                self.hidden.append(computed(dotted))
            else:
                yield Load(name, text)
            return
        if not self._is_loader(dotted):
            yield from self._handed_on(dotted, call)
            return
        certain = dotted.partition(".")[0] in catalog().libraries or _is_qualified(dotted)
        found = given(call, self._names)
        by_name = [found.words[word] for word in _STRONG_WORDS if word in found.words]
        first = _positional(name, found.args)
        if first is None and not by_name:
            by_name = [found.words[word] for word in _WORDS if word in found.words][:1]
            # A word that need not be the model's, beside what nobody knows.
            if by_name and (found.more_args or found.more_words):
                yield Load(name, None, certain)
        addresses = [*([first] if first is not None else []), *by_name]
        for address in addresses:
            if not (isinstance(address, ast.Name | ast.Attribute) and self._is_held(address)):
                yield Load(name, self._names.text(address), certain)
        if not addresses and (found.more_args or found.more_words or (name == "pipeline" and certain)):
            yield Load(name, None, certain)

    def _is_held(self, node: ast.expr) -> bool:
        return self._names.plain(node) in self._held

    def _handed_on(self, dotted: str, call: ast.Call) -> Iterator[Load]:
        """A function that loads models, given to another one with or without what it is to load."""
        if dotted in {"isinstance", "issubclass"}:
            return
        values = [*call.args, *(word.value for word in call.keywords)]
        for value in values:
            found = self._names.dotted(value) if isinstance(value, ast.Name | ast.Attribute) else None
            if found in catalog().unpicklers:
                self.hidden.append(computed(found))
            library = (found or "").partition(".")[0] in catalog().libraries
            if found is None or not (self._is_loader(found) and (library or _is_qualified(found))):
                continue
            texts: list[str | None] = [text for text in map(self._names.text, values) if text is not None]
            yield from (Load(found.rpartition(".")[2], text) for text in texts or [None])

    def _named(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        """Texts that are given to what is called a model, behind what it is called."""
        pairs: list[tuple[str | None, ast.expr | None]] = []
        match node:
            case ast.keyword(arg=name, value=value):
                pairs = [(name, value)]
            case ast.Dict(keys=keys, values=values):
                pairs = [(self._names.text(key), value) for key, value in zip(keys, values, strict=True)]
            case ast.Assign(targets=targets, value=value):
                pairs = [(self._name_of(target), value) for target in targets]
            case ast.AnnAssign(target=target, value=value):
                pairs = [(self._name_of(target), value)]
            case ast.arguments(args=args, defaults=defaults):
                behind = args[len(args) - len(defaults) :] if len(defaults) <= len(args) else []
                pairs = [(arg.arg, value) for arg, value in zip(behind, defaults, strict=False)]
        for name, value in pairs:
            if (
                name is None
                or value is None
                or id(value) in self._skipped
                or not _NAMES.fullmatch(name[:_MOST])
            ):
                continue
            text = self._names.text(value)
            if text:
                yield name, text

    def _name_of(self, target: ast.expr) -> str | None:
        match target:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name
            case ast.Subscript(slice=key):
                return self._names.text(key)
        return None

    def _sets(self, node: ast.AST) -> None:
        """Variables of the process: as a shell would set them."""
        match node:
            case ast.Assign(targets=[ast.Subscript(value=owner, slice=key)], value=value):
                self._set(key, value, strict=_of_environment(owner))
            case ast.Call(
                func=ast.Attribute(value=owner, attr="setdefault" | "__setitem__"), args=[key, value]
            ):
                self._set(key, value, strict=_of_environment(owner))
            case ast.Call(func=ast.Attribute(attr="putenv"), args=[key, value]):
                self._set(key, value, strict=True)
            case ast.Call(func=ast.Attribute(value=owner, attr="update"), args=args, keywords=keywords) if (
                _of_environment(owner)
            ):
                if any(not isinstance(arg, ast.Dict) for arg in args):
                    self.hidden.append("sets variables that the reader cannot know")
                for word in keywords:
                    self._set(ast.Constant(word.arg), word.value, strict=True)
            case ast.Dict(keys=keys, values=values):
                for name, given in zip(keys, values, strict=True):
                    if name is not None:
                        self._set(name, given, strict=False)

    def _set(self, key: ast.expr, value: ast.expr, *, strict: bool) -> None:
        name, text = self._names.text(key), self._names.text(value)
        if name is None:
            if strict:
                self.hidden.append("sets variables that the reader cannot know")
        elif name in telling():
            if text is not None:
                self.commands.append(f"{name}={quoted(text)}")
            elif strict:
                self.hidden.append(f"sets {name} to what the reader cannot know")

    def _requests(self, call: ast.Call) -> Iterator[str]:
        """A request by which a running server is told to load a model: as the tool that sends one."""
        given = [*call.args, *(word.value for word in call.keywords)]
        texts = [text for text in map(self._names.text, given) if text is not None]
        if not any(part in text for text in texts for part in catalog().requests):
            return
        maps = [self._as_json(value) for value in given if isinstance(value, ast.Dict)]
        yield " ".join(["curl", *map(quoted, [*texts, *maps])])

    def _as_json(self, node: ast.Dict) -> str:
        pairs = (
            (self._names.text(key), self._names.text(value))
            for key, value in zip(node.keys, node.values, strict=True)
        )
        return json.dumps({key: value for key, value in pairs if key is not None and value is not None})


def _is_qualified(dotted: str) -> bool:
    """Whether it is a function that loads models where it is from this module."""
    return "." in dotted and dotted in catalog().loaders


def is_no_model(before: str) -> bool:
    """Whether what stands before a function is a class whose files are none of a model."""
    return _NO_MODEL.search(before) is not None


def _of_environment(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return "env" in name.lower()


def _positional(name: str, args: list[ast.expr]) -> ast.expr | None:
    """The first argument; of a pipeline it is the task, and the model the second."""
    args = args[1:] if name == "pipeline" else args
    return args[0] if args else None
