"""Programs of Python in a manifest: the models they load through a library, and the commands they start.

They are read, never run: a value counts where it is written out, is a name for one value that is, or comes
from a variable of the container.
"""

from __future__ import annotations

import ast
import re
import shlex
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mlgate.workloads.catalog import catalog

_NO_MODEL = re.compile(r"(?i)(tokenizer|processor|config|extractor)(?:fast)?\.$")
"""Classes whose files are none of a model."""
_MAX_BEFORE = 64
_LONGEST = 64 * 1024
_LONGEST_VALUE = 4096
_MOST_DOCUMENTS = 20
"""Documents behind `<<` in one text; of more than that, none is taken out of it."""
_MODEL_WORDS = ("model", "model_id", "model_path", "model_name_or_path", "pretrained_model_name_or_path")
_WORDS = (*_MODEL_WORDS, "repo_id", "model_uri", "filename")
_STARTING = frozenset[str](
    {"system", "popen", "run", "call", "check_call", "check_output", "Popen", "getoutput"}
    | {"execv", "execve", "execvp", "execvpe", "execl", "execlp", "spawnv", "spawnvp"}
    | {"create_subprocess_exec", "create_subprocess_shell"}
)
_STARTERS = frozenset({"os", "subprocess", "pty", "asyncio"})
_DYNAMIC = frozenset({"exec", "eval", "__import__", "import_module", "run_path", "run_module", "CDLL"})
_WRITING = frozenset(
    {"symlink", "rename", "replace", "copy", "copytree", "move", "urlretrieve", "write_text"}
)
_WRITERS = frozenset({"os", "shutil", "pathlib", "request"})


@dataclass(frozen=True)
class Code:
    """What one program of Python does that matters here."""

    loaded: tuple[tuple[str, str | None], ...] = ()
    """Function and address of each load of a model; null for an address that is computed."""
    commands: tuple[str, ...] = ()
    """Command lines it starts."""
    hidden: tuple[str, ...] = ()
    """Calls whose program or code is computed."""
    writes: bool = False
    """It makes or moves files."""


@lru_cache(maxsize=64)
def read_code(text: str) -> Code:
    """What a text does if it is a program of Python; of other text, what reads like a call that loads."""
    tree = _parsed(text)
    if tree is None:
        return Code(loaded=tuple(_by_pattern(text)))
    known = _Known(_constants(tree), _imported(tree))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    started = [(call, _command(call, known.values)) for call in calls if known.owner(call) in _STARTERS]
    started = [(call, command) for call, command in started if known.name(call) in _STARTING]
    return Code(
        loaded=tuple(_loads(calls, known)),
        commands=tuple(command for _, command in started if command is not None),
        hidden=tuple(
            [known.name(call) for call, command in started if command is None]
            + [known.name(call) for call in calls if _is_dynamic(call, known)]
        ),
        writes=any(_writes(call, known) for call in calls),
    )


@dataclass(frozen=True)
class _Known:
    """What a program's own lines settle: values by name, and where names are imported from."""

    values: dict[str, str]
    imported: dict[str, tuple[str, str]]
    """By the name in use: the module, and what it is called there."""

    def name(self, call: ast.Call) -> str:
        """Name of the function, without the object it belongs to."""
        function = call.func
        if isinstance(function, ast.Attribute):
            return function.attr
        if not isinstance(function, ast.Name):
            return ""
        return self.imported.get(function.id, ("", function.id))[1] or function.id

    def owner(self, call: ast.Call) -> str:
        """Last part of what stands before the name of the function, or of the module it comes from."""
        function = call.func
        if isinstance(function, ast.Name):
            return self.imported.get(function.id, ("", ""))[0]
        if not isinstance(function, ast.Attribute):
            return ""
        owner = ast.unparse(function.value).rpartition(".")[2]
        return self.imported.get(owner, (owner, ""))[0]


def _imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = (node.module or "").rpartition(".")[2]
            found.update({alias.asname or alias.name: (module, alias.name) for alias in node.names})
        elif isinstance(node, ast.Import):
            found.update({alias.asname: (alias.name, "") for alias in node.names if alias.asname})
    return found


def _is_dynamic(call: ast.Call, known: _Known) -> bool:
    """Code or a function that is computed; a pattern that is compiled and `model.eval()` are none."""
    name = known.name(call)
    if name == "getattr":
        return len(call.args) > 1 and not isinstance(call.args[1], ast.Constant)
    is_method = isinstance(call.func, ast.Attribute) and name in {"eval", "exec"}
    return name in _DYNAMIC and not is_method


def _parsed(text: str) -> ast.Module | None:
    if len(text) > _LONGEST or not any(char in text for char in "(\n"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _constants(tree: ast.Module) -> dict[str, str]:
    """Names that are given one value, and only once."""
    given: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            given.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.setdefault(node.id, []).append(None)
    values: dict[str, str] = {}
    for name, nodes in given.items():
        # An assignment is met twice: as itself, and as its name.
        written = [node for node in nodes if node is not None]
        value = _text(written[0], values) if len(written) == 1 and len(nodes) == 1 + len(written) else None
        if value is not None:
            values[name] = value
    return values


def _text(node: ast.expr | None, values: dict[str, str]) -> str | None:  # noqa: PLR0911 - one for each form
    """The text an expression stands for; of a variable of the container, a reference to it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return values.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([left, right], values)
        case ast.JoinedStr(values=parts):
            return _joined(parts, values)
        case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
            return _text(inner, values)
        case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))):
            return f"${{{name}}}"
        case ast.Call(args=[ast.Constant(value=str(name)), *rest], keywords=[]) if _reads_variable(node):
            default = _text(rest[0], values) if rest else None
            return f"${{{name}}}" if default is None else f"${{{name}:-{default}}}"
    return None


def _joined(parts: list[ast.expr], values: dict[str, str]) -> str | None:
    texts = [_text(part, values) for part in parts]
    known = [text for text in texts if text is not None]
    # Names put together from names double with every line: what is longer than any address is unknown.
    if len(known) < len(texts) or sum(map(len, known)) > _LONGEST_VALUE:
        return None
    return "".join(known)


def _reads_variable(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return isinstance(function, ast.Name) and function.id == "getenv"
    of_environ = isinstance(function.value, ast.Attribute) and function.value.attr == "environ"
    return function.attr == "getenv" or (function.attr == "get" and of_environ)


def _loads(calls: list[ast.Call], known: _Known) -> Iterator[tuple[str, str | None]]:
    loaders = catalog().loaders
    for call in calls:
        name = known.name(call)
        if name not in loaders or _NO_MODEL.search(f"{known.owner(call)}."):
            continue
        words = {keyword.arg: keyword.value for keyword in call.keywords}
        given = next((words[word] for word in _WORDS if word in words), None)
        if given is None:
            given = _positional(name, call)
        if given is not None or None in words:
            yield name, _text(given, known.values)


def _positional(name: str, call: ast.Call) -> ast.expr | None:
    """The first argument; of a pipeline it is the task, and the model the second."""
    args = call.args[1:] if name == "pipeline" else call.args
    return args[0] if args else None


def _command(call: ast.Call, values: dict[str, str]) -> str | None:
    """The command line a call starts: a text, a list of words, or words one by one."""
    name, args = ast.unparse(call.func).rpartition(".")[2], list(call.args)
    if not args:
        return None
    first = args[0]
    if name.startswith(("execv", "spawnv")) and len(args) > 1:
        first = args[-1] if isinstance(args[-1], ast.List | ast.Tuple) else args[1]
    if isinstance(first, ast.List | ast.Tuple):
        texts = [_text(item, values) for item in first.elts]
    elif name.startswith("execl") or name == "create_subprocess_exec":
        texts = [_text(item, values) for item in (args[1:] if name.startswith("execl") else args)]
    else:
        return _text(first, values)
    known = [text for text in texts if text is not None]
    return " ".join(map(shlex.quote, known)) if len(known) == len(texts) else None


def _writes(call: ast.Call, known: _Known) -> bool:
    if known.name(call) == "open":
        modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
        return any(not (isinstance(m, ast.Constant) and str(m.value).strip("rbt") == "") for m in modes)
    return known.name(call) in _WRITING and known.owner(call) in _WRITERS


def _by_pattern(text: str) -> Iterator[tuple[str, str | None]]:
    """Function and first literal of every call in a text that loads a model."""
    for match in _calls().finditer(text):
        if not _NO_MODEL.search(text[max(0, match.start() - _MAX_BEFORE) : match.start()]):
            yield match.group(1), match.group(3)


@lru_cache(maxsize=1)
def _calls() -> re.Pattern[str]:
    names = "|".join(sorted(catalog().loaders))
    # Quotes may be protected from the shell around them.
    literal = r"""r?\\?(["'])([^"'\\\s]{1,400})"""
    return re.compile(rf"\b({names})\(\s*(?:[A-Za-z_]{{1,40}}\s*=\s*)?(?:{literal}|(?=[A-Za-z_*]))")


_IN_SHELL = re.compile(
    r"""\bpython[0-9.]*(?:[ \t]+-[A-Za-z]+)*[ \t]+-[A-Za-z]*c[ \t]+(?:'([^']*)'|"((?:[^"\\]|\\.)*)")"""
    r"""|<<-?[ \t]*["']?([A-Za-z_]\w*)["']?[^\n]*\n(.*?)\n[ \t]*\3[ \t]*(?:\n|\Z)""",
    re.DOTALL,
)
_PROTECTED = re.compile(r"""\\(["\\$`])""")


def programs_in(text: str) -> Iterator[str]:
    """Programs of Python within a text that a shell is told to run, and what stands around them."""
    if _parsed(text) is not None:
        yield text
        return
    if text.count("<<") > _MOST_DOCUMENTS:
        yield text
        return
    end, around = 0, []
    for match in _IN_SHELL.finditer(text[:_LONGEST]):
        single, double, _, document = match.groups()
        code = single or _PROTECTED.sub(r"\1", double or "") or document
        if code and _parsed(code) is not None:
            yield code
            around.append(text[end : match.start()])
            end = match.end()
    yield "".join([*around, text[end:]])
