"""Text stays text, whatever it holds."""

from __future__ import annotations

import html

import pytest
from markdown_it import MarkdownIt

from mlgate.policy.workbench.pages.markdown import code, inline, paragraphs, table

HOSTILE = (
    "<script>alert(1)</script>",
    "<!-- hidden -->",
    "&lt;b&gt;",
    "[here](javascript:alert(1))",
    "![](https://tracker.example/x.png)",
    "*bold* __strong__ _slanted_ ~~gone~~ snake_case_name",
    "a | b \\| c \\\\| d",
    "an unpaired ` of code | and \\",
    "\\<b>",
    "$x$ [x]: y",
)


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_shown_as_it_is(text: str) -> None:
    assert rendered(inline(text)) == f"<p>{html.escape(text, quote=False)}</p>\n"


@pytest.mark.parametrize("text", [*HOSTILE, "`a|b` and `c\\`"])
def test_a_cell_stays_one_cell(text: str) -> None:
    shown = rendered("\n".join(table(["one", "two"], [[inline(text), code(text)], ["x", "y"]])))

    assert shown.count("<tr>") == 3
    assert shown.count("<td>") == 4
    assert "<td>y</td>" in shown


@pytest.mark.parametrize("text", ["- item", "+ item", "# head", "1. first", "2) second", "=====", "---"])
def test_a_paragraph_starts_nothing_else(text: str) -> None:
    shown = rendered("\n".join(["before", *paragraphs(text)]))

    assert shown == f"<p>before\n{text}</p>\n"


def test_paragraphs_are_lines_of_their_own() -> None:
    assert paragraphs("one\ntwo\n\n \nthree\n") == ["one two", "", "three", ""]
    assert paragraphs(" \n") == []


def test_what_stands_between_backticks_is_code() -> None:
    assert rendered(inline("run `mlgate <x> *y*` now")) == (
        "<p>run <code>mlgate &lt;x&gt; *y*</code> now</p>\n"
    )


@pytest.mark.parametrize("text", ["a|b", "`", "a`b``c", "x", "", "<b>"])
def test_code_is_shown_as_it_is(text: str) -> None:
    assert rendered(f"x {code(text)}") == f"<p>x <code>{html.escape(text, quote=False)}</code></p>\n"
