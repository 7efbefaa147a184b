"""A new rule of an author's own: files that work as written, to be changed from there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import Ran, call_opa
from mlgate.policy.opa_errors import refuse
from mlgate.policy.shipped import shipped_rego
from mlgate.policy.site import RULES
from mlgate.policy.stage import is_whole, policy_files
from mlgate.policy.syntax import Module, parse_files

WORD = re.compile(r"[a-z][a-z0-9_]{0,62}")
KEYWORDS = frozenset(
    {"as", "contains", "data", "default", "else", "every", "false", "if", "import", "in", "input"}
    | {"not", "null", "package", "some", "true", "with"}
)
"""Words of Rego, which can name nothing."""
PARTS = {"rule": "{name}.rego", "test": "{name}_test.rego", "case": "{name}_case.yaml"}


def new_rule(code: str, folder: Path, opa: Path) -> list[Path]:
    """Writes rule, test and cases of a new code into an author's own policy directory.

    Raises:
        PolicyError: the name will not do, the code is taken, or a file is there already.
    """
    subject, name = _names(code)
    if is_whole(folder):
        raise PolicyError(f"{folder} is a whole policy tree; name a directory for rules of your own")
    here = folder / RULES / subject
    codes = list(_codes(here, opa)) if here.is_dir() else []
    if code in codes:
        raise PolicyError(f"{code} is taken by a rule in {here}; choose another name")
    targets = {part: here / shape.format(name=name) for part, shape in PARTS.items()}
    for path in targets.values():
        if path.exists() or path.is_symlink():
            raise PolicyError(f"{path} is there already; nothing was written")
    texts = {part: _filled(part, subject, name, first=not codes) for part in PARTS}
    texts |= {part: _formatted(texts[part], opa) for part in ("rule", "test")}
    here.mkdir(parents=True, exist_ok=True)
    for part, path in targets.items():
        with path.open("x", encoding="utf-8") as file:
            file.write(texts[part])
    return list(targets.values())


def _formatted(text: str, opa: Path) -> str:
    """Rego as `opa fmt` writes it, which depends on the names in it."""
    ran = call_opa(opa, "fmt", given=text)
    if ran.code != 0:
        raise PolicyError(f"opa fmt: {ran.complaint}")
    return ran.out


def _names(code: str) -> tuple[str, str]:
    """Subject and short name of a code that may be used."""
    subject, _, name = code.partition(".")
    for word in (subject, name):
        if not WORD.fullmatch(word):
            raise PolicyError(f"{code!r} is no code; write <subject>.<short_name> of a-z, 0-9 and _")
        if word in KEYWORDS or word.endswith("_test"):
            raise PolicyError(f"{code}: {word} means something in Rego or in a test; choose another word")
    shipped = {name.split("/")[2] for name in policy_files(shipped_rego()) if name.startswith(RULES)}
    if subject in shipped:
        told = "cannot be added to: choose a subject of your own, such as"
        raise PolicyError(f"{code}: {subject} is a subject of the shipped policy and {told} our_{subject}")
    return subject, name


def _codes(folder: Path, opa: Path) -> Iterator[str]:
    """The codes of the rules in a folder; an empty one for a file without any."""
    names = sorted(path.name for path in folder.glob("*.rego") if not path.name.endswith("_test.rego"))
    for module in parse_files(names, folder, opa).values():
        if isinstance(module, Ran):
            refuse(module)
        else:
            yield from _coded(module)


def _coded(module: Module) -> Iterator[str]:
    yield ""
    for rule in module.get("rules", []):
        for note in rule.get("annotations", []):
            yield str((note.get("custom") or {}).get("code", ""))


def _filled(part: str, subject: str, name: str, *, first: bool) -> str:
    """A template with the names in; the first file of a package also describes it."""
    folder = files("mlgate.policy.workbench.skeleton")
    text = folder.joinpath(f"{part}.txt").read_text(encoding="utf-8")
    if part == "rule" and first:
        text = folder.joinpath("package.txt").read_text(encoding="utf-8") + text
    words = {"SUBJECT": subject, "NAME": name, "CODE": f"{subject}.{name}", "LABEL": name.replace("_", "-")}
    return re.sub(r"@([A-Z]+)@", lambda found: words[found[1]], text)
