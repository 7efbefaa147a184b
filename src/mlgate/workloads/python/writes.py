"""Files that a program of Python makes or moves: what lies there then, no reader can tell."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from mlgate.workloads.python.names import Names

_WRITERS = re.compile(
    r"os\.(?:symlink|link|rename|renames|replace|mkfifo|open|write)|(?:.+\.)?(?:urlretrieve|unpack_archive|extractall)"
    r"|shutil\.(?:copy\w*|move|unpack_archive)|wget\.download"
    r"|.+\.(?:write_text|write_bytes|symlink_to|hardlink_to|download_file|download_fileobj|fget_object"
    r"|download_to_filename|save_pretrained|extract)"
    r"|(?:torch|numpy|joblib|pickle)\.(?:save|dump)"
)
_MOVED = frozenset({"rename", "replace", "touch"})
"""Methods of paths that other things have, too."""
_JOINING = frozenset({"join", "joinpath", "Path", "PurePath", "abspath", "realpath", "expanduser", "str"})
_READING = "rbt"
_MODES = "rbtwax+"
_ANYWHERE = "/"


def writes(calls: list[tuple[str, ast.Call]], names: Names) -> Iterator[str]:
    """The paths of calls that write, all that they are given; the root where one is computed."""
    for dotted, call in calls:
        if not _writes(dotted, call, names):
            continue
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        given = [*call.args, *(word.value for word in call.keywords)]
        paths = [path for path in (_path(part, names) for part in (*owner, *given)) if path is not None]
        yield from paths or [_ANYWHERE]


def _writes(dotted: str, call: ast.Call, names: Names) -> bool:
    name = dotted.rpartition(".")[2]
    if name == "open" and dotted != "os.open":
        return _opens(dotted, call, names)
    if name in _MOVED and isinstance(call.func, ast.Attribute):
        return dotted.startswith("os.") or _is_path(call.func.value, names)
    return _WRITERS.fullmatch(dotted) is not None


def _opens(dotted: str, call: ast.Call, names: Names) -> bool:
    """Whether a file is opened to be written; paths that are opened have no path among their arguments."""
    of_path = isinstance(call.func, ast.Attribute) and not names.imports(dotted.partition(".")[0])
    at = 0 if of_path else 1
    modes = [*call.args[at : at + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    sure = not of_path or (isinstance(call.func, ast.Attribute) and _is_path(call.func.value, names))
    for mode in modes:
        if not isinstance(mode, ast.Constant):
            return sure
        text = str(mode.value)
        if text.strip(_READING) and not text.strip(_MODES):
            return True
    return False


def _is_path(node: ast.expr, names: Names) -> bool:
    """Whether something is made as a path, by itself or under a name."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div)
    return isinstance(node, ast.Call) and (names.dotted(node.func) or "").rpartition(".")[2] in {
        "Path",
        "PurePath",
    }


def _path(node: ast.expr, names: Names) -> str | None:
    """The path an expression stands for, or the folder it surely lies in; null for what is none."""
    text = names.text(node)
    if text is not None:
        return text if text.strip(_MODES) else None
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(begun)), *_]) if "/" in begun:
            return posixpath.dirname(begun) or None
        case ast.BinOp(left=left, op=ast.Div() | ast.Add()):
            return _path(left, names)
        case ast.Call(func=function, args=[first, *_]):
            name = (names.dotted(function) or "").rpartition(".")[2]
            inner = function.value if name == "joinpath" and isinstance(function, ast.Attribute) else first
            return _path(inner, names) if name in _JOINING else None
    return None
