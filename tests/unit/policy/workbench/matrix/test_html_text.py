"""The matrix as a page: sound, safe, and complete by itself."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from mlgate.policy.workbench.matrix.html_text import html_text
from mlgate.policy.workbench.matrix.model import Matrix

VOID = {"meta", "input", "wbr"}
TAGS = VOID | {
    *("html", "head", "title", "style", "body", "header", "main", "section", "div", "h1", "h2", "p", "ul"),
    *("li", "span", "a", "code", "strong", "small", "fieldset", "legend", "label"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}


class Page(HTMLParser):
    """Every element with its attributes, and the text of the page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.shown = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.shown += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text(matrix: Matrix) -> str:
    return html_text(matrix)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_element_is_closed_known_and_of_one_id(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert page.open == []
    assert {tag for tag, _ in page.elements} <= TAGS
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_and_nothing_runs(text: str, page: Page) -> None:
    attributes = {name for _, found in page.elements for name in found}
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)

    assert attributes <= {
        *("lang", "charset", "http-equiv", "content", "name", "class", "id", "type", "checked", "href"),
        *("scope", "rowspan", "colspan"),
    }
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_what_a_package_says_is_text(text: str, page: Page) -> None:
    assert "=HYPERLINK(1) </td><script>alert(1)</script>" in page.shown
    assert "<script" not in text
    links = [str(found["href"]) for found in page.all("a")]
    assert 'https://docs.example/rules/?"><b>/ours#name_long' in links
    assert all(link.startswith(("https://", "#f")) for link in links)


def test_tables_are_told_to_those_who_cannot_see_them(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table")) == len(page.all("thead"))
    assert all(found.get("scope") for found in page.all("th"))
    assert len(page.all("legend")) == len(page.all("fieldset")) == 2
    assert len(page.all("label")) == len(page.all("input"))


def test_every_row_of_a_table_is_as_wide_as_its_head(text: str) -> None:
    for table in re.findall(r"<table>.*?</table>", text, re.DOTALL):
        width = table.split("</thead>")[0].count("<th ")
        covered: dict[int, int] = {}
        for row in re.findall(r"<tr>(.*?)</tr>", table.split("</thead>")[1], re.DOTALL):
            cells = re.findall(r"<(?:td|th)\b([^>]*)>", row)
            spans = [re.search(r'rowspan="(\d+)"', cell) for cell in cells]
            wide = [re.search(r'colspan="(\d+)"', cell) for cell in cells]
            here = sum(int(found[1]) if found else 1 for found in wide)
            assert here + sum(left > 0 for left in covered.values()) == width
            covered = {key: left - 1 for key, left in covered.items() if left > 1}
            for index, found in enumerate(spans):
                if found and int(found[1]) > 1:
                    covered[len(covered) + index * 100 + 1000] = int(found[1]) - 1
        assert covered == {}


def test_a_choice_hides_the_other_frameworks_and_profiles(text: str, page: Page, matrix: Matrix) -> None:
    ids = {str(found["id"]) for found in page.all("input")}
    chosen = set(re.findall(r"#(only-[fp]\d+):checked", text))

    assert ids == chosen | {"only-f", "only-p"}
    assert len(chosen) == len(matrix.frameworks) + 4
    assert "body:has(#only-f4:checked) .framework:not(.f4) { display: none; }" in text
    assert "body:has(#only-p3:checked) .p0, body:has(#only-p3:checked) .p1" in text


def test_it_says_what_the_site_changed_and_what_is_not_enforced(page: Page) -> None:
    assert "In staging the gate is in mode warn" in page.shown
    assert "On a template that model servers are started from, warn stands for a denial." in page.shown
    assert "The site sets decision.docsBaseUrl, decision.mode" in page.shown
    assert "Not configured, or switched off by the site" in page.shown
    assert "the policy says deny" in page.shown
    assert "the site's own" in page.shown
    assert "decided by mlgate itself" in page.shown
    assert "mapping: not sure" in page.shown
    assert "by the rules of C38" in page.shown


def test_without_settings_there_is_less_to_say(later: Matrix) -> None:
    shown = Page(html_text(later)).shown

    assert "the gate is in mode" not in shown
    assert "The site sets" not in shown
    assert "at 2031-01-01T00:00:00Z" in shown
