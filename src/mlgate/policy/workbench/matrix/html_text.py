"""The compliance matrix as one page that needs nothing else: no script, no font, no picture."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.matrix.html_rows import head, mapped_rows, resting_rows
from mlgate.policy.workbench.matrix.model import ELSEWHERE, UNSET, Framework, Matrix

TITLE = "Compliance matrix of the mlgate policy"
LEGEND = (
    ("deny", "deny", "refused"),
    ("warn", "warn", "let pass with a warning"),
    ("audit", "audit", "recorded only"),
    ("off", "off", "switched off"),
    ("unset", UNSET, "a setting it needs is empty, so it is not judged"),
    ("none", ELSEWHERE, "the rule is about other profiles"),
)
"""Class, word and meaning of what stands under a profile."""


def html_text(matrix: Matrix) -> str:
    """The page."""
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8") + "\n".join(_filters(matrix))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{rules}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{TITLE}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            *_body(matrix),
            "</body>",
            "</html>",
        )
    )


def _filters(matrix: Matrix) -> Iterator[str]:
    """What the choices hide. A browser without `:has` shows everything."""
    for index, _ in enumerate(matrix.frameworks):
        yield f"body:has(#only-f{index}:checked) .framework:not(.f{index}) {{ display: none; }}"
    for index, _ in enumerate(PROFILES):
        others = ", ".join(
            f"body:has(#only-p{index}:checked) .p{other}" for other in range(len(PROFILES)) if other != index
        )
        yield f"{others} {{ display: none; }}"


def _body(matrix: Matrix) -> Iterator[str]:
    yield "<header>"
    yield f"<h1>{TITLE}</h1>"
    at = f", at {escape(matrix.at)}" if matrix.at else ""
    yield f'<p class="quiet">Policy <code>{escape(matrix.revision)}</code>{at}.</p>'
    yield "<p>A reference says what a rule speaks to. Whether that satisfies an auditor is theirs to say.</p>"
    yield from _in_force(matrix)
    yield "<ul>"
    yield from (f'<li><span class="mark {name}">{word}</span> {told}</li>' for name, word, told in LEGEND)
    yield "</ul>"
    yield "</header>"
    yield from _overview(matrix)
    yield '<div class="filter">'
    yield from _choice("f", "Framework", [found.short for found in matrix.frameworks])
    yield from _choice("p", "Profile", list(PROFILES))
    yield "</div>"
    yield "<main>"
    for index, found in enumerate(matrix.frameworks):
        yield from _framework(matrix, found, index)
    if matrix.unmapped:
        yield from ('<section class="framework">', "<h2>Without a reference</h2>")
        yield from head("Requirements and rules that refer to no framework", "Requirement")
        for entry in matrix.unmapped:
            yield from ("<tbody>", *mapped_rows(matrix, (entry,), None), "</tbody>")
        yield from ("</table>", "</section>")
    yield from resting_rows(matrix)
    yield from _outside(matrix)
    yield "</main>"


def _in_force(matrix: Matrix) -> Iterator[str]:
    """What the site chose for all codes at once."""
    for profile in matrix.lowered:
        mode = f"<strong>{escape(matrix.modes[profile])}</strong>"
        yield f"<p>In {escape(profile)} the gate is in mode {mode}: it lets pass what it would refuse.</p>"
    for case, action in matrix.instead.items():
        yield f"<p>On {escape(case)}, <strong>{escape(action)}</strong> stands for a denial.</p>"
    if matrix.changed:
        keys = ", ".join(f"<code>{escape(key)}</code>" for key in matrix.changed)
        yield f"<p>The site sets {keys}.</p>"


def _overview(matrix: Matrix) -> Iterator[str]:
    """How much there is of each framework."""
    names = ("Framework", "References", "Mappings", "Of them not sure", "Codes", "References were checked")
    columns = "".join(f'<th scope="col">{name}</th>' for name in names)
    yield from ("<table>", "<caption>Frameworks</caption>", f"<thead><tr>{columns}</tr></thead>", "<tbody>")
    for index, found in enumerate(matrix.frameworks):
        unsure = sum(not entry.sure for entry in found.mapped)
        counts = (len(found.references), len(found.mapped), unsure, len(found.codes))
        cells = "".join(f"<td>{count}</td>" for count in counts)
        link = f'<a href="#f{index}">{escape(found.short)}</a><small>{escape(found.title)}</small>'
        yield f'<tr><th scope="row">{link}</th>{cells}<td>{escape(found.checked)}</td></tr>'
    yield from ("</tbody>", "</table>")


def _choice(kind: str, legend: str, names: list[str]) -> Iterator[str]:
    yield f"<fieldset><legend>{legend}</legend>"
    yield f'<label><input type="radio" name="{kind}" id="only-{kind}" checked> all</label>'
    for index, name in enumerate(names):
        yield f'<label><input type="radio" name="{kind}" id="only-{kind}{index}"> {escape(name)}</label>'
    yield "</fieldset>"


def _framework(matrix: Matrix, found: Framework, index: int) -> Iterator[str]:
    yield f'<section class="framework f{index}">'
    yield f'<h2 id="f{index}">{escape(found.short)}</h2>'
    link = f' <a href="{escape(found.url)}">Text</a>.' if found.url.startswith("https://") else ""
    checked = f"References were checked {escape(found.checked)}."
    yield f'<p class="quiet">{escape(found.title)}. {checked}{link}</p>'
    yield from head(f"What is enforced of {found.short}", "Reference", "Requirement")
    for reference in found.references:
        yield from ("<tbody>", *mapped_rows(matrix, reference.mapped, reference.reference), "</tbody>")
    yield from ("</table>", "</section>")


def _outside(matrix: Matrix) -> Iterator[str]:
    yield from ("<section>", "<h2>What the gate does not decide</h2>", "<table>")
    yield "<caption>Matters that people or other systems decide</caption>"
    names = ("Matter", "Decided by", "What the gate can show", "Requirements")
    columns = "".join(f'<th scope="col">{name}</th>' for name in names)
    yield f"<thead><tr>{columns}</tr></thead>"
    yield "<tbody>"
    for each in matrix.outside:
        cells = (each.decided_by, each.shows, ", ".join(each.controls))
        shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        yield f'<tr><th scope="row">{escape(each.matter)}</th>{shown}</tr>'
    yield from ("</tbody>", "</table>", "</section>")
