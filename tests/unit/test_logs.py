"""Logs: one JSON object a line, whatever the values hold."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from mlgate.logs import configure_logs, fault_places, get_logger, request_fields


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
