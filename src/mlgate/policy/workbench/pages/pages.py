"""Every page about a policy: one a subject, and an index."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.library import Library
from mlgate.policy.workbench.listing import subject
from mlgate.policy.workbench.pages.markdown import code as mono
from mlgate.policy.workbench.pages.markdown import inline, paragraphs, table
from mlgate.policy.workbench.pages.rule_part import rule_part
from mlgate.policy.workbench.setting_notes import setting_notes

MARK = "<!-- Written by `mlgate policy docs` from METADATA. Change the rule, then run it again. -->"
"""First line of every page: what does not begin with it is somebody's own."""
INDEX = "README.md"
SETTINGS = "mlgate/settings/data.yaml"


def pages(policy: Library, folder: Path) -> dict[str, str]:
    """The pages by file name, each the same bytes for the same policy.

    Args:
        policy: what is described, without a site's settings.
        folder: where they will lie; links to the Rego start there.
    """
    by_subject: dict[str, list[str]] = {}
    for code in sorted(policy.catalog.codes):
        by_subject.setdefault(subject(code), []).append(code)
    path = policy.space.tree / SETTINGS
    notes = setting_notes(path.read_text(encoding="utf-8")) if path.is_file() else {}
    found = {INDEX: _text(_index(policy, by_subject))}
    for name, codes in by_subject.items():
        found[f"{name}.md"] = _text(_page(policy, name, codes, notes, folder))
    return found


def _text(written: Iterator[str]) -> str:
    return "\n".join([MARK, "", *written]).rstrip("\n") + "\n"


def _page(
    policy: Library, name: str, codes: list[str], notes: Mapping[str, str], folder: Path
) -> Iterator[str]:
    yield from (f"# {_title(policy, name)}", "")
    yield from paragraphs(policy.subjects[name].description if name in policy.subjects else "")
    yield from table(*_listing(policy, codes, ""))
    for code in codes:
        yield from rule_part(policy, code, notes, _rego(policy, code, folder))
    yield from (f"[All subjects]({INDEX})", "")


def _index(policy: Library, by_subject: Mapping[str, list[str]]) -> Iterator[str]:
    yield from ("# The rules", "")
    yield (
        "What is enforced, subject by subject. `warn→deny` is a warning that a risk tier or a data class "
        "raises to a denial. A site's own settings can change all of it: "
        "`mlgate policy list --settings FILE` shows how."
    )
    yield ""
    rows = [
        [f"[{_title(policy, name)}]({name}.md)", str(len(codes)), _first(policy, name)]
        for name, codes in by_subject.items()
    ]
    yield from table(["Subject", "Codes", "About"], rows)
    for name, codes in by_subject.items():
        yield from (f"## {_title(policy, name)}", "")
        yield from table(*_listing(policy, codes, f"{name}.md"))
    yield from _frameworks(policy)


def _listing(policy: Library, codes: list[str], page: str) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table of codes."""
    rows = []
    for code in codes:
        entry, by_profile = policy.entry(code), policy.enforced(code)
        link = f"[{mono(code)}]({page}#{code.split('.')[1]})"
        shorts = [by_profile[name].short for name in PROFILES]
        rows.append([link, inline(entry["title"]), entry["severity"], *shorts])
    return ["Code", "Rule", "Severity", *PROFILES], rows


def _frameworks(policy: Library) -> Iterator[str]:
    """How far the references into the frameworks can be trusted."""
    found = policy.requirements.get("frameworks", {})
    if not found:
        return
    yield from ("## Frameworks", "")
    yield (
        "A reference says what a rule speaks to; whether it satisfies an auditor is theirs to say. "
        "`mlgate policy matrix` prints the whole mapping, and what no gate can decide."
    )
    yield ""
    rows = [
        [f"[{inline(each.get('title', key))}]({each.get('url', '')})", inline(each.get("checked", ""))]
        for key, each in found.items()
    ]
    yield from table(["Framework", "References were checked"], rows)


def _title(policy: Library, name: str) -> str:
    found = policy.subjects.get(name)
    return inline(found.title if found and found.title else name)


def _first(policy: Library, name: str) -> str:
    """The description of a subject in one line."""
    found = policy.subjects.get(name)
    return inline(found.description if found else "")


def _rego(policy: Library, code: str, folder: Path) -> str:
    """The file of a rule, as a link where it lies in the same project as the pages."""
    name = policy.places[code].name
    origin, start = policy.space.origins[name].resolve(), folder.resolve()
    project = start.parent.parent
    if project == project.parent or not origin.is_relative_to(project):
        return mono(name)
    installed = any(
        part.startswith(".") or part == "site-packages" for part in origin.relative_to(project).parts
    )
    return mono(name) if installed else f"[{mono(name)}]({Path(os.path.relpath(origin, start)).as_posix()})"
