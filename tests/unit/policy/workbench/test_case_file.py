"""Cases: read strictly, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.workbench.case_file import CaseUser, read_cases

_CASE = """name: first
manifest: {kind: Pod}
expect: {absent: [a.b]}
"""
_FULL = """name: second
manifestFile: m.yaml
evidence: [{kind: SignOff}, e.yaml]
cards: [card.yaml]
namespace: bank
profile: staging
at: 2026-01-01
user: {name: erin, groups: [ops]}
settings: {fairness: {tolerance: 0.1}}
assumeAuthenticated: false
expect: {verdict: denied, violations: [a.b], warnings: [c.d]}
"""


def test_cases_are_read_in_order_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "b_case.yaml").write_text(_CASE)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a_case.yaml").write_text(f"{_CASE}---\nnull\n---\n{_FULL}")
    (tmp_path / "case.yaml").write_text("no case")
    found = read_cases(tmp_path)
    assert [(placed.file.name, placed.case.name) for placed in found] == [
        ("b_case.yaml", "first"),
        ("a_case.yaml", "first"),
        ("a_case.yaml", "second"),
    ]
    assert found[2].line > found[1].line
    second = found[2].case
    assert second.user == CaseUser(name="erin", groups=("ops",))
    assert (second.manifest_file, second.assume_authenticated, second.namespace) == ("m.yaml", False, "bank")
    assert second.expect.warnings == ("c.d",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", "not valid YAML"),
        ("[]", "case: .*valid dictionary"),
        ("name: x\nmanifest: {}\nexpect: {}\n", "expect: .*names neither verdict nor"),
        ("name: x\nmanifest: {}\nexpect: {verdict: maybe}\n", r"expect\.verdict: "),
        ("name: x\nmanifest: {}\nexpected: {}\n", "expect: Field required"),
        ("name: x\nexpect: {verdict: denied}\n", "needs one of manifest and manifestFile"),
        ("name: x\nmanifest: {}\nmanifestFile: y\nexpect: {verdict: denied}\n", "needs one of manifest and"),
        ("name: ''\nmanifest: {}\nexpect: {verdict: denied}\n", "name: "),
        ("name: x\nmanifest: {}\nprofile: prod\nexpect: {verdict: denied}\n", "profile: "),
        ("name: x\nname: y\n", "duplicate key"),
    ],
)
def test_what_is_no_case_is_refused_with_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x_case.yaml"
    path.write_text(text)
    with pytest.raises(PolicyError, match=words) as caught:
        read_cases(tmp_path)
    assert str(caught.value).startswith(f"{path}:")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x_case.yaml").write_text(_CASE)

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PolicyError, match=r"x_case\.yaml: Permission denied"):
        read_cases(tmp_path)
