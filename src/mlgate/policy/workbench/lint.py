"""All that can be wrong with a policy, found by OPA's own tools and by the checks written in Rego."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from mlgate.errors import RuleRefused
from mlgate.policy.capabilities import write_capabilities
from mlgate.policy.catalog import read_catalog
from mlgate.policy.opa_command import Ran, call_opa, run_opa
from mlgate.policy.opa_errors import errors_in
from mlgate.policy.site import refused_files, refused_packages
from mlgate.policy.syntax import Module, parse_files
from mlgate.policy.workbench.checks import run_checks
from mlgate.policy.workbench.exceptions import without_excused
from mlgate.policy.workbench.problems import Problem, Report
from mlgate.policy.workbench.workspace import Workspace, workspace


def lint(site: Path | None, opa: Path) -> Report:
    """Every problem of a site's own policy, or of the shipped one when none is named.

    Raises:
        PolicyError: a file cannot be read, or OPA does not work.
    """
    with workspace(site) as space:
        found = {*_problems(space, opa), *_formatted(space, opa)}
        return Report(tuple(sorted(found)), len(space.own))


def _problems(space: Workspace, opa: Path) -> list[Problem]:
    """What is wrong with the policy; of one that cannot be read or compiled that comes first, and alone."""
    modules: dict[str, Module] = {}
    found: list[Problem] = []
    for name, tree in parse_files(space.rules, space.tree, opa).items():
        if isinstance(tree, Ran):
            found.extend(_reported(tree, space))
        else:
            modules[name] = tree
    if not space.whole:
        found += _refused(space, modules)
    found = found or list(_compiled(space, opa))
    found = found or list(without_excused(run_checks(space, modules, opa), space))
    return found or list(_unlisted(space, opa))


def _unlisted(space: Workspace, opa: Path) -> Iterator[Problem]:
    """What no check finds, and a build of the bundle would still refuse about METADATA."""
    try:
        read_catalog(space.tree, opa)
    except RuleRefused as error:
        place = space.shown(error.file) if error.file else "policy"
        yield Problem(place, error.line, "annotations", error.what, error.fix, error.file)


def _compiled(space: Workspace, opa: Path) -> Iterator[Problem]:
    """What the compiler and the type checker refuse."""
    limits = write_capabilities(space.tree.parent / "capabilities.json", opa)
    shared = ["--capabilities", str(limits), "--schema", str((space.policies / "schema").absolute())]
    wanted = ["--strict", "--max-errors", "0", "--format", "json"]
    yield from _reported(call_opa(opa, "check", *wanted, *shared, ".", folder=space.tree), space)


def _reported(ran: Ran, space: Workspace) -> Iterator[Problem]:
    """What OPA said about the policy."""
    for error in errors_in(ran):
        place = space.shown(error.file) if error.file else "policy"
        yield Problem(place, error.line, "compile", error.message, error.fix, error.file)


def _refused(space: Workspace, modules: dict[str, Module]) -> Iterator[Problem]:
    """What a build of the bundle would refuse before anything is compiled."""
    for refusal in (*refused_files(space.own, space.shipped), *refused_packages(modules, space.shipped)):
        yield Problem(
            space.shown(refusal.file), refusal.line, "site", refusal.what, refusal.fix, refusal.file
        )


def _formatted(space: Workspace, opa: Path) -> Iterator[Problem]:
    """Files that `opa fmt` would write otherwise, with the first line that differs."""
    said = call_opa(opa, "fmt", "--list", ".", folder=space.tree)
    for name in sorted(set(said.out.splitlines()) & space.own):
        wanted = run_opa(opa, "fmt", name, folder=space.tree).splitlines()
        written = (space.tree / name).read_text(encoding="utf-8").splitlines()
        yield Problem(
            space.shown(name),
            _first_difference(written, wanted),
            "format",
            "is not formatted as `opa fmt` does",
            f"run: opa fmt -w {space.shown(name)}",
        )


def _first_difference(written: list[str], wanted: list[str]) -> int:
    for tag, start, _, _, _ in difflib.SequenceMatcher(None, written, wanted, autojunk=False).get_opcodes():
        if tag != "equal":
            return start + 1
    return len(written)
