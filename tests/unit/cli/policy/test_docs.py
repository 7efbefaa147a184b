"""`policy docs`: pages about the rules, current and safe to publish."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from mlgate.policy.shipped import shipped_policies, shipped_rego

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""

CHECKOUT = shipped_policies().parent
OWN = """# METADATA
# title: "# Ours | <img src=x onerror=alert(1)>"
# description: "[click](javascript:alert(1)) \\u202e"
package mlgate.rules.ours

import data.mlgate.lib.result

# METADATA
# scope: rule
# title: "</a><script>alert(1)</script> | `x`"
# description: |
#   First.
#
#   - <b>Second</b>
# custom:
#   code: ours.name_long
#   severity: low
#   appliesWhen:
#     objects: [serving, training]
#     tiers: [high]
#     classifications: [confidential, restricted]
#     profiles: [staging, production]
#     when: "the name is | long"
#   per: model
#   pair: true
#   topLevelOnly: true
#   effectiveOn: "2030-01-01T00:00:00Z"
#   needs: [signOffs, request.userInfo]
#   configuredBy: [access.attributeRules]
#   alsoUses: [fairness.minRatio]
#   controls: [C58]
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: warn}
#   raise:
#   - {tiers: [high], classifications: [restricted], to: {staging: audit, production: deny}}
#   message: "{document} has a | long name."
#   fix: "Shorten *it* with `a|b`."
deny contains finding if {
	count(input.request.name) > 9
	finding := result.candidate(rego.metadata.rule(), {"path": "metadata.name"})
}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A directory with one rule of somebody's own, and everything METADATA can say."""
    folder = tmp_path / "project" / "policy" / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    (folder / "ours.rego").write_text(OWN)
    return tmp_path / "project" / "policy"


@pytest.fixture
def page(mlgate: Program, own: Path) -> list[str]:
    """The lines of the page about that rule."""
    folder = own.parent / "docs" / "rules"
    assert mlgate("policy", "docs", own, "--dir", folder).code == 0
    return (folder / "ours.md").read_text().splitlines()


def test_the_pages_of_the_project_are_current(mlgate: Program) -> None:
    done = mlgate("policy", "docs", "--dir", CHECKOUT / "docs" / "rules", "--check")

    assert (done.code, done.err) == (0, ""), "run `make generate`"


def test_every_code_has_the_anchor_that_findings_link_to() -> None:
    codes = json.loads((shipped_rego() / "mlgate" / "catalog" / "data.json").read_bytes())
    folder = CHECKOUT / "docs" / "rules"
    index = (folder / "README.md").read_text()

    for code in codes:
        subject, name = code.split(".")
        assert f'<a id="{name}"></a>' in (folder / f"{subject}.md").read_text().splitlines()
        assert f"({subject}.md#{name})" in index


def test_links_lead_somewhere() -> None:
    folder = CHECKOUT / "docs" / "rules"
    for path in folder.glob("*.md"):
        for token in MarkdownIt().enable("table").parse(path.read_text()):
            for part in token.children or ():
                target = str(part.attrGet("href") or "").partition("#")[0]
                assert not target or target.startswith("https://") or (folder / target).is_file(), target


def test_a_page_says_all_that_metadata_does(page: list[str]) -> None:
    assert '<a id="name_long"></a>' in page
    assert "`ours.name_long` · severity low" in page
    assert (
        "- **Applies to:** workloads that serve models and workloads that train models, of tier high, of "
        "classification confidential or restricted, of profile staging or production, when the name is "
        "&#124; long; once per model and card"
    ) in page
    assert "- **Left out:** objects that the controller of another, already judged object makes" in page
    assert (
        "- **Looks up:** SignOffs and who asks; skipped where that is switched off, refused where it fails"
    ) in page
    assert "- **Judged only with a value in:** `access.attributeRules`" in page
    assert "- **Warns until:** 2030-01-01T00:00:00Z" in page
    assert "- **Waiver:** its term is the id of the model" in page
    assert "- **Message:** {document} has a &#124; long name." in page
    assert "- **Fix:** Shorten \\*it\\* with <code>a&#124;b</code>." in page
    rego = "mlgate/rules/ours/ours.rego"
    assert f"- **Rego:** [`{rego}`](../../policy/{rego})" in page


def test_a_page_shows_enforcement_with_what_raises_it(page: list[str]) -> None:
    at = page.index("| Enforced | sandbox | development | staging | production |")
    assert page[at + 2 : at + 5] == [
        "| otherwise | off | audit | warn | warn |",
        "| tier high and classification restricted | off | audit | warn | deny |",
        "",
    ]


def test_a_page_shows_settings_requirements_and_frameworks(page: list[str]) -> None:
    setting = next(line for line in page if line.startswith("| `fairness.minRatio`"))
    assert '`{"minimal": 0.8, "limited": 0.8, "high": 0.8}`' in setting
    assert "four-fifths" in setting
    assert any(line.startswith("- **C58 ") for line in page)
    assert any(line.startswith("| Regulation (EU) 2016/679 | Article 32") for line in page)


def test_nothing_in_a_package_becomes_markup(page: list[str]) -> None:
    shown = MarkdownIt("commonmark", {"html": False}).enable("table").render("\n".join(page))

    for forbidden in ("<img", "<b>", "<script>", 'href="javascript', "\u202e"):
        assert forbidden not in shown
    assert "<script>" not in "\n".join(page)
    assert shown.count("<h2>") == 1
    assert "&lt;/a&gt;&lt;script&gt;alert(1)&lt;/script&gt; | <code>x</code></h2>" in shown
    assert "<p>- &lt;b&gt;Second&lt;/b&gt;</p>" in shown


def test_a_waiver_is_told_as_the_settings_allow_it() -> None:
    def told(subject: str, name: str) -> str:
        text = (CHECKOUT / "docs" / "rules" / f"{subject}.md").read_text()
        after = text.split(f'<a id="{name}"></a>', maxsplit=1)[1]
        return next(line for line in after.splitlines() if line.startswith("- **Waiver:**"))

    assert told("input", "invalid") == "- **Waiver:** none: this code cannot be waived"
    assert told("secrets", "env_literal").endswith("; none in production")
    assert told("access", "attribute_denied").endswith("it has no term; there is one finding for a request")


def test_pages_are_written_once_and_left_when_current(mlgate: Program, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    first = mlgate("policy", "docs", "--dir", folder)
    second = mlgate("policy", "docs", "--dir", folder)

    assert f"wrote {folder / 'fairness.md'}" in first.out.splitlines()
    assert (second.code, second.out) == (0, "29 pages are current\n")
    assert "- **Rego:** `mlgate/rules/fairness/" in (folder / "fairness.md").read_text()


def test_stale_pages_are_named_and_mended(mlgate: Program, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    mlgate("policy", "docs", "--dir", folder)
    mark = (folder / "README.md").read_text().splitlines()[0]
    (folder / "fairness.md").write_text(f"{mark}\nold")
    (folder / "gone.md").write_text(f"{mark}\n")
    (folder / "notes.md").write_text("by hand")

    checked = mlgate("policy", "docs", "--dir", folder, "--check")
    as_json = mlgate("policy", "docs", "--dir", folder, "--check", "-o", "json")

    assert checked.code == as_json.code == 1
    assert checked.out.splitlines() == [
        f"stale: {folder / 'fairness.md'}",
        f"of no subject: {folder / 'gone.md'}",
        f"run `mlgate policy docs --dir {folder}`",
    ]
    assert json.loads(as_json.out) == {
        "dir": str(folder), "pages": 29, "changed": ["fairness.md"], "gone": ["gone.md"],
    }  # fmt: skip
    mended = mlgate("policy", "docs", "--dir", folder)
    assert mended.out.splitlines()[1] == f"removed {folder / 'gone.md'}"
    assert mlgate("policy", "docs", "--dir", folder, "--check").code == 0
    assert (folder / "notes.md").read_text() == "by hand"


def test_a_page_that_is_somebody_s_own_is_not_replaced(mlgate: Program, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Mine\n")

    done = mlgate("policy", "docs", "--dir", tmp_path)

    assert done.code == 2
    assert "README.md was not written by this command" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_a_folder_that_leads_to_itself_is_told_and_nothing_is_written(
    mlgate: Program, tmp_path: Path
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    done = mlgate("policy", "docs", "--dir", loop)
    assert done.code == 2
    assert "loop" in done.err
    assert "internal error" not in done.err
