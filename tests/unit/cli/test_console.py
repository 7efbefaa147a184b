"""What is printed is displayed as it is, whatever a manifest or a file name holds."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from mlgate.cli.console import (
    OutputError,
    coloured,
    complain,
    json_text,
    lines,
    prepare_streams,
    print_json,
    put,
)


class Terminal(io.StringIO):
    """Standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stdout", Terminal())


def test_every_text_is_one_line() -> None:
    assert lines(["a\nb", "\x1b[31mc", "\u202ed"]).split("\n") == ["a\\u000ab", "\\u001b[31mc", "\\u202ed"]


def test_json_is_readable_where_it_can_be_and_ascii_where_it_must_be() -> None:
    assert "Müller ✓" in json_text({"a": "Müller ✓"})
    hidden = {"a": "Müller\u202e\x9b"}
    assert json_text(hidden).isascii()
    assert json.loads(json_text(hidden)) == hidden


def test_a_complaint_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a\n  b\x1b[2J")

    assert capsys.readouterr() == ("", "mlgate: a b\\u001b[2J\n")


def test_results_are_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    put("a")
    print_json([1])

    assert capsys.readouterr() == ("a\n[\n  1\n]\n", "")


def test_a_reader_that_has_gone_is_told_and_not_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(OutputError, match="Broken pipe"):
            put("x")
        stream.flush()


def test_a_closed_standard_output_is_told_and_not_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(OutputError, match="standard output is closed"):
        put(coloured("x"))


def test_no_character_stops_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    prepare_streams()

    put("✗ \udcff")

    assert raw.getvalue() == b"\\u2717 \\udcff\n"


def test_marked_lines_are_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch)
    assert coloured("✗ a\nplain\n    ! b").split("\n") == [
        "\x1b[31m✗ a\x1b[0m",
        "plain",
        "\x1b[33m    ! b\x1b[0m",
    ]


def test_there_is_no_colour_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert coloured("✗ a") == "✗ a"


def test_there_is_no_colour_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert coloured("✗ a") == "✗ a"


def test_there_is_no_colour_on_a_terminal_that_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    assert coloured("✗ a") == "✗ a"
