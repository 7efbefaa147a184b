"""A policy may use what depends on its arguments alone."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.capabilities import REFUSED, allowed, write_capabilities
from mlgate.policy.opa_command import run_opa


@pytest.fixture
def names(tmp_path: Path, opa: Path) -> set[str]:
    written = json.loads(write_capabilities(tmp_path / "c.json", opa).read_text())
    assert written["allow_net"] == []
    return {entry["name"] for entry in written["builtins"]}


def test_nothing_that_reaches_outside_or_answers_differently_each_time_is_left(names: set[str]) -> None:
    assert not names & REFUSED
    assert [name for name in names if name.startswith(("net.", "providers.", "http.", "rand.", "uuid."))] == [
        "uuid.parse"
    ]


def test_what_the_rules_need_is_left(names: set[str]) -> None:
    assert {"time.parse_rfc3339_ns", "regex.match", "crypto.sha256", "object.get", "sprintf"} <= names


def test_what_opa_says_answers_differently_each_time_is_refused(opa: Path, names: set[str]) -> None:
    known = json.loads(run_opa(opa, "capabilities", "--current"))["builtins"]
    changing = {entry["name"] for entry in known if entry.get("nondeterministic")}
    assert {"json.match_schema", "io.jwt.decode_verify"} <= changing
    assert not names & changing


def test_a_schema_that_opa_would_fetch_is_fetched_where_nothing_refuses_it(opa: Path) -> None:
    # Why it is refused: a policy in `opa run`, which knows no capabilities, reaches whoever it likes.
    asked: list[str] = []

    class Anybody(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server asks for
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Anybody) as server:
        Thread(target=server.handle_request, daemon=True).start()
        run_opa(opa, "eval", f'json.verify_schema({{"$ref": "http://127.0.0.1:{server.server_port}/told"}})')

    assert asked == ["/told"]


def test_every_name_that_is_refused_is_known_to_opa(opa: Path) -> None:
    known = {entry["name"] for entry in json.loads(run_opa(opa, "capabilities", "--current"))["builtins"]}
    assert known >= REFUSED


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_opa_itself_refuses_a_rule_that_uses_one(tmp_path: Path, opa: Path, name: str) -> None:
    limits = write_capabilities(tmp_path / "c.json", opa)
    (tmp_path / "r.rego").write_text(f"package r\n\nx if {name}(input.a)\n")
    with pytest.raises(PolicyError, match=f"undefined function {name.replace('.', r'[.]')}"):
        run_opa(opa, "check", "--capabilities", str(limits), str(tmp_path / "r.rego"))


def test_everything_else_stays_as_opa_says_it() -> None:
    given = {
        "builtins": [
            {"name": "count"},
            {"name": "http.send"},
            {"name": "net.lookup_ip_addr"},
            {"name": "some.new_one", "nondeterministic": True},
        ],
        "features": ["x"],
    }
    assert allowed(given) == {"builtins": [{"name": "count"}], "features": ["x"], "allow_net": []}
