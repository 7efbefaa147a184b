"""A finding that a waiver lifts stays in sight: of who deploys, in the log and in the metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from process import Served

CODE = "encryption.storage_class_unencrypted"


def counted(server: Served, code: str, where: str) -> float:
    """What the metrics say of a code in a list of findings."""
    lines = server.call("GET", "/metrics").text.splitlines()
    found = [line for line in lines if f'code="{code}"' in line and f'"{where}"' in line]
    return sum(float(line.rpartition(" ")[2]) for line in found if "_created" not in line)


def test_what_is_waived_is_told_logged_and_counted(
    running: Served, question: Callable[..., dict[str, Any]]
) -> None:
    waived, denied = counted(running, CODE, "waived"), counted(running, CODE, "violations")
    before = running.mark()

    response = running.ask(question("model-volume-waived"))

    assert response["allowed"] is True
    told = [text for text in response["warnings"] if text.startswith(CODE)]
    assert len(told) == 1
    assert "by Waiver model-volume-waived/churn-models-volume" in told[0]
    (entry,) = [line for line in running.lines(since=before) if line["event"] == "decision"]
    assert [text.partition("[")[0] for text in entry["waived"]].count(CODE) == 1
    assert counted(running, CODE, "waived") == waived + 1
    assert counted(running, CODE, "violations") == denied


def test_what_is_no_longer_waived_is_denied_and_counted_so(
    running: Served, question: Callable[..., dict[str, Any]]
) -> None:
    waived, denied = counted(running, CODE, "waived"), counted(running, CODE, "violations")

    response = running.ask(question("model-volume-waiver-of-author"))

    assert response["allowed"] is False
    assert any(text.startswith("waiver.not_applied") for text in response["warnings"])
    assert counted(running, CODE, "waived") == waived
    assert counted(running, CODE, "violations") == denied + 1
