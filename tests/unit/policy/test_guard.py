"""The guard says who may ask what, and holds no token. What OPA makes of it is tried in test_sidecar.py."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlgate.policy.guard import HEALTH, METRICS, REVISION, write_guard
from mlgate.policy.local_opa import find_opa

TOKEN = "secret-token"
DECISION = ["v1", "data", "mlgate", "main", "decision"]


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    return write_guard(tmp_path / "guard", TOKEN, readable=(REVISION,), public=(HEALTH, METRICS))


def allowed(guard: Path, **asked: Any) -> bool:
    done = subprocess.run(  # noqa: S603 - the pinned program
        [str(find_opa()), "eval", "-I", "-b", str(guard), "-f", "raw", "data.system.authz.allow"],
        input=json.dumps({"identity": TOKEN, "method": "POST", "path": DECISION} | asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return {"true": True, "false": False}[done.stdout.strip()]


def test_the_holder_of_the_token_asks_for_the_decision_and_reads_what_it_may(guard: Path) -> None:
    assert allowed(guard)
    assert allowed(guard, method="GET", path=list(REVISION))


@pytest.mark.parametrize(
    "asked",
    [
        {"identity": "other"},
        {"identity": ""},
        {"identity": None},
        {"identity": hashlib.sha256(TOKEN.encode()).hexdigest()},
        {"method": "GET"},
        {"method": "PUT"},
        {"path": [*DECISION, "allow"]},
        {"path": DECISION[:-1]},
        {"path": []},
        {"path": ["v1", "policies"]},
        {"method": "POST", "path": ["health"]},
        {"identity": None, "method": "GET", "path": list(REVISION)},
    ],
)
def test_everything_else_is_refused(guard: Path, asked: dict[str, Any]) -> None:
    assert not allowed(guard, **asked)


def test_anybody_may_read_what_is_public(guard: Path) -> None:
    assert allowed(guard, identity=None, method="GET", path=["health"])
    assert allowed(guard, identity=None, method="GET", path=["metrics"])


def test_it_holds_no_token_and_is_written_anew(guard: Path, tmp_path: Path) -> None:
    write_guard(tmp_path / "guard", "another", readable=(), instance="one")
    assert not allowed(guard)
    assert allowed(guard, identity="another")
    for path in guard.iterdir():
        assert b"another" not in path.read_bytes()
    assert json.loads((guard / "data.json").read_text()) == {"system": {"instance": "one"}}
