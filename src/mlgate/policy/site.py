"""What a site may add to the shipped policy: subjects of its own, and nothing that changes another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import Ran
from mlgate.policy.opa_errors import refuse
from mlgate.policy.syntax import Module, package_of, parse_files

RULES = "mlgate/rules/"
SUBJECT = re.compile(r"[a-z][a-z0-9_]*")
ENTRYPOINT = "decision"


@dataclass(frozen=True)
class Refusal:
    """One thing a site must not do."""

    file: str
    """By its name in the tree."""
    line: int
    """From 1; 0 where the whole file is meant."""
    what: str
    fix: str

    @property
    def text(self) -> str:
        """One line for a person."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}; {self.fix}"


def refused_files(added: Collection[str], shipped: Collection[str]) -> Iterator[Refusal]:
    """Files that a site must not add, by their place in the tree."""
    subjects = {name.split("/")[2] for name in shipped if name.startswith(RULES)}
    for name in sorted(added):
        subject = PurePosixPath(name).parts[2] if name.count("/") > RULES.count("/") else ""
        if name in shipped:
            yield Refusal(name, 0, "is a file of the shipped policy", "a site adds packages of its own")
        elif not name.startswith(RULES) or not SUBJECT.fullmatch(subject):
            yield Refusal(
                name, 0, "lies in no subject", "a site's packages lie under mlgate/rules/<subject>/"
            )
        elif subject in subjects:
            told = f"belongs to the subject {subject} of the shipped policy"
            yield Refusal(name, 0, told, "choose a subject of your own")


def refused_packages(modules: Mapping[str, Module], shipped: Collection[str]) -> Iterator[Refusal]:
    """Packages and rules that a site must not define, by the syntax trees of its files."""
    taken = {str(PurePosixPath(name).parent).replace("/", ".") for name in shipped}
    for name, module in sorted(modules.items()):
        found, line = package_of(module), module["package"].get("location", {}).get("row", 0)
        if found in taken:
            told = f"package {found} is the shipped policy's and would be changed"
            yield Refusal(name, line, told, f"write package {_expected(name)}")
        elif found != _expected(name):
            yield Refusal(
                name, line, f"package {found} is not that of its folder", f"write package {_expected(name)}"
            )
        for rule in module.get("rules", []):
            if rule["head"]["ref"][0]["value"] == ENTRYPOINT:
                told = f"rule {ENTRYPOINT} has the name of the entrypoint"
                yield Refusal(name, rule.get("location", {}).get("row", 0), told, "give it another name")


def check_site(
    source: Path, added: Collection[str], shipped: Collection[str], opa: Path
) -> dict[str, Module]:
    """Go on only with what a site may add.

    Args:
        source: the site's folder.
        added: its files by their name in the tree.
        shipped: the files of the shipped policy.
        opa: the OPA program.

    Returns:
        The syntax trees of its Rego files.

    Raises:
        PolicyError: a file cannot be parsed, or defines what it must not; it is named with line and fix.
    """
    modules: dict[str, Module] = {}
    names = [name for name in added if name.endswith(".rego")]
    for name, tree in parse_files(names, source, opa).items():
        if isinstance(tree, Ran):
            refuse(tree)
        else:
            modules[name] = tree
    for refusal in (*refused_packages(modules, shipped), *_unasked(modules)):
        raise PolicyError(refusal.text)
    return modules


def _unasked(modules: Mapping[str, Module]) -> Iterator[Refusal]:
    """Rules that could not say under which code they refuse, or that make no set the gate can ask for."""
    fix = "write it as `mlgate policy new` does"
    for name, module in sorted(modules.items()):
        for rule in module.get("rules", []):
            if rule["head"]["ref"][0]["value"] != "deny":
                continue
            codes = [(note.get("custom") or {}).get("code") for note in rule.get("annotations", [])]
            line = rule.get("location", {}).get("row", 0)
            if not any(codes):
                yield Refusal(name, line, "deny has no METADATA with a code", fix)
            elif "key" not in rule["head"]:
                yield Refusal(name, line, "deny is no set, as `deny contains finding` makes one", fix)


def _expected(name: str) -> str:
    """The package of a file, by the folder of its subject."""
    package = f"mlgate.rules.{PurePosixPath(name).parts[2]}"
    return f"{package}_test" if name.endswith("_test.rego") else package
