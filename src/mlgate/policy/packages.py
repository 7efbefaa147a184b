"""Finds the place of a site's packages that come as plain files, as the keys of a ConfigMap do.

Such a file lies in no folder that would tell its subject, so its own `package` does. What it says there is
held against the syntax tree later, like that of any other file of a site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mlgate.errors import PolicyError
from mlgate.policy.site import RULES, SUBJECT
from mlgate.policy.stage import policy_files, unused_files
from mlgate.policy.workbench.exceptions import FILE as EXCUSES

_PACKAGE = re.compile(rb"^[ \t]*package[ \t]+([\w.]+)[ \t\r]*(?:#.*)?$", re.MULTILINE)
"""Nothing but comments may stand before it, so that the first is the one."""
_ROOT = "mlgate.rules."
_TREE = "mlgate/"


def packages_of(paths: Iterable[Path]) -> dict[str, bytes]:
    """The files of a site's packages by their place in the tree.

    Args:
        paths: Rego files, folders of Rego files, or trees with `mlgate/rules/<subject>/` in them.

    Raises:
        PolicyError: one is missing, empty or cannot be read, a file in it would not be loaded, names no
            package of a site, or has the place of another.
    """
    found: dict[str, bytes] = {}
    origins: dict[str, Path] = {}
    for path in paths:
        for name, file in _files(path):
            content = _read(file)
            place = name if name.startswith(_TREE) else _place(file, content)
            if place in origins:
                raise PolicyError(f"{file}: {origins[place]} is {place} already; give it another name")
            found[place], origins[place] = content, file
    return found


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        if not path.is_file():
            raise PolicyError(
                f"setting policy.packages: {path} does not exist; put it there, or leave it out"
            )
        yield path.name, path
        return
    for name in unused_files(path):
        if not name.startswith(_TREE) and name != EXCUSES:
            told = f"{path}/{name} would not be loaded"
            raise PolicyError(f"{told}; name it *.rego, or {EXCUSES} if it excuses rules, or leave it out")
    yield from policy_files(path).items()


def _place(file: Path, content: bytes) -> str:
    """Where a file belongs by what it says."""
    said = _PACKAGE.search(content)
    package = said.group(1).decode(errors="replace") if said else ""
    subject = package.removeprefix(_ROOT)
    if not package.startswith(_ROOT) or not SUBJECT.fullmatch(subject):
        raise PolicyError(f"{file}: is no package of a site; begin it with package {_ROOT}<subject>")
    return f"{RULES}{subject}/{file.name}"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PolicyError(f"{file}: {error.strerror or error}") from error
