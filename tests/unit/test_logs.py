"""Logs: one JSON object a line, whatever the values hold."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from mlgate.logs import configure_logs, fault_places, get_logger, quiet_logs, request_fields


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def test_a_line_is_one_json_object_with_the_fields_of_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    with request_fields(uid="u-1"):
        get_logger().info("decision", name="a\nforged: line\x1b[31m")

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert (line["uid"], line["name"], line["event"]) == ("u-1", "a\nforged: line\x1b[31m", "decision")


def test_fields_of_a_request_end_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    with request_fields(uid="u-1"):
        pass
    get_logger().info("later")

    assert "uid" not in json.loads(capsys.readouterr().err)


def test_lines_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning")

    get_logger().info("quiet")

    assert capsys.readouterr().err == ""


def test_libraries_log_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    logging.getLogger("somewhere").warning("odd %s", "thing")

    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["logger"]) == ("odd thing", "warning", "somewhere")


def test_the_console_form_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form="console")

    get_logger().info("hello", name="x")

    assert "hello" in capsys.readouterr().err


def test_the_places_of_a_fault_are_told_without_its_words() -> None:
    def breaks(depth: int) -> None:
        if depth:
            breaks(depth - 1)
        raise KeyError("s3cr3t")

    def gathers() -> None:
        try:
            breaks(50)
        except KeyError as fault:
            raise ExceptionGroup("s3cr3t", [fault]) from fault

    with pytest.raises(ExceptionGroup) as caught:
        gathers()

    outer, inner = fault_places(caught.value)
    assert outer.startswith("ExceptionGroup in ")
    assert "gathers:" in outer
    assert inner.startswith("KeyError in ")
    assert inner.count(" > ") == 19
    assert "s3cr3t" not in outer + inner


def test_a_command_of_a_person_logs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    quiet_logs()

    get_logger().error("broken")
    logging.getLogger("somewhere").error("broken")

    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_the_trace_of_a_fault_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    try:
        raise ValueError("of two\nlines")  # noqa: TRY301 - a fault is what is logged
    except ValueError:
        get_logger().exception("broken")

    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: of two" in json.loads(line)["exception"]


@pytest.mark.parametrize("text", ["\u2028", "\x85", "\x1b[2J", "\u202e", "\udce9", "é"])
def test_no_character_of_a_value_reaches_the_log_as_it_is(
    capsys: pytest.CaptureFixture[str], text: str
) -> None:
    configure_logs()

    get_logger().info("decision", name=text)

    said = capsys.readouterr().err
    assert said.isascii()
    assert json.loads(said)["name"] == text


def test_a_value_of_no_json_type_is_still_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    get_logger().info("odd", value={1, 2}, other=object)

    assert json.loads(capsys.readouterr().err)["event"] == "odd"


def test_chatter_about_retries_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    logging.getLogger("urllib3.connectionpool").warning("Retrying")

    assert capsys.readouterr().err == ""
