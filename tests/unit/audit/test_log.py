"""Records as log lines: one line a decision, louder where something was refused or went wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from mlgate.audit.log import LogSink, NoSink
from mlgate.domain.audit_record import AuditRecord
from mlgate.logs import configure_logs

RECORD = AuditRecord.model_validate(
    {
        "decision_id": "d-1", "evaluated_at": "2026-11-22T06:15:00Z", "origin": "admission", "uid": "u-1",
        "operation": "CREATE", "dry_run": False, "group": "", "version": "v1", "kind": "Pod",
        "namespace": "bank", "name": "x", "sub_resource": None, "username": "erin", "groups": (),
        "outcome": "judged", "allowed": True, "reason": "allowed", "profile": None, "tier": None,
        "classification": None, "mode": None, "revision": None, "violations": (), "warnings": (),
        "audited": (), "waived": (), "suppressed": 0, "skipped": (), "models": (), "cards": (),
        "unavailable": (), "evidence_source": "none", "stage_seconds": {},
    }
)  # fmt: skip


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    structlog.reset_defaults()
    configure_logs()
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ({"outcome": "judged", "allowed": True}, "info"),
        ({"outcome": "skipped", "allowed": True}, "info"),
        ({"outcome": "judged", "allowed": False}, "warning"),
        ({"outcome": "failed", "allowed": False}, "warning"),
        ({"outcome": "failed", "allowed": True}, "warning"),
    ],
)
def test_a_record_is_one_line_and_loud_unless_it_is_a_plain_allow(
    capsys: pytest.CaptureFixture[str], answer: dict[str, Any], level: str
) -> None:
    record = RECORD.model_copy(update=answer)

    LogSink().write(record)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert (line.pop("event"), line.pop("level")) == ("decision", level)
    assert line.pop("timestamp").endswith("Z")
    assert line == record.wire()


def test_no_name_can_forge_a_second_record(capsys: pytest.CaptureFixture[str]) -> None:
    forged = 'x"}\n{"event": "decision", "allowed": true}\r\u2028\x1b[2J\u202e'

    LogSink().write(RECORD.model_copy(update={"name": forged}))

    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert text.isascii()
    assert text.removesuffix("\n").isprintable()
    assert json.loads(text)["name"] == forged


def test_no_field_of_a_record_takes_the_place_of_the_event() -> None:
    assert not {"event", "level", "timestamp"} & RECORD.wire().keys()


def test_a_check_leaves_no_record(capsys: pytest.CaptureFixture[str]) -> None:
    NoSink().write(RECORD)

    assert capsys.readouterr() == ("", "")
