"""The table of codes: complete, and no name in a command is more than one word of the shell."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mlgate.doctor.codes import anchor, codes, finding
from mlgate.doctor.finding import Finding, Subject

SOURCE = Path(__file__).resolve().parents[3] / "src" / "mlgate" / "doctor"
SUBJECT = Subject(kind="Thing", name="it")


def test_every_code_of_the_table_is_found_by_some_check_and_every_check_has_its_row() -> None:
    text = "\n".join(path.read_text() for path in SOURCE.glob("*.py"))
    used = set(re.findall(r'"([a-z]+\.[a-z_]+)"', text)) & {*codes()}
    assert used == {*codes()}


def test_codes_are_told_apart_on_the_page() -> None:
    assert len({anchor(code) for code in codes()}) == len(codes())


@pytest.mark.parametrize("code", [*codes()])
def test_every_fix_can_be_filled_in(code: str) -> None:
    row = codes()[code]
    found = finding(code, SUBJECT, "it is so", **dict.fromkeys(row.parts, "x"))
    assert "{" not in found.fix
    assert shlex.split(found.fix, comments=True)
    assert found.docs == f"docs/doctor.md#{anchor(code)}"


def test_a_name_from_the_cluster_is_one_word() -> None:
    found = finding("kinds.unknown", SUBJECT, "x", group="a; rm -rf $(pwd)")
    words = shlex.split(found.fix, comments=True)
    assert words == ["kubectl", "api-resources", "--api-group=a; rm -rf $(pwd)"]


@pytest.mark.parametrize(("fails_open", "opens"), [(True, "yes"), (False, "no")])
def test_an_outage_opens_what_fails_open(*, fails_open: bool, opens: str) -> None:
    found = finding("webhook.review_version", SUBJECT, "x", fails_open=fails_open, name="n", patch="[]")
    assert found.lets_models_through == opens


def test_what_lets_models_through_comes_first() -> None:
    def ranked(code: str) -> Finding:
        return finding(code, SUBJECT, "x", **dict.fromkeys(codes()[code].parts, "x"))

    found = [
        ranked(code) for code in ("definition.being_deleted", "guard.policy_missing", "kinds.not_matched")
    ]
    order = [one.code for one in sorted(found, key=lambda one: one.rank)]
    assert order == ["kinds.not_matched", "guard.policy_missing", "definition.being_deleted"]


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (Subject(kind="Pod", name="a", namespace="b", path="spec"), "b/Pod/a spec"),
        (Subject(kind="Pod", name=None), "Pod"),
    ],
)
def test_a_subject_has_a_title(subject: Subject, title: str) -> None:
    assert subject.title == title
