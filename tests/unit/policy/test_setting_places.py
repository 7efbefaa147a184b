"""The line of a settings file that a refusal is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import SettingRefused
from mlgate.policy.setting_places import line_of, placed

TEXT = """# ours
fairness:
  tolerance: 1
signOff:
  required:
    high:
      - roles: [a]
        count: 1
      - roles: [b]
        count: 0
enforcement: {overrides: {a.b: {production: "off"}}}
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("fairness",), 2),
        (("fairness", "tolerance"), 3),
        (("fairness", "tolerance", "deeper"), 3),
        (("fairness", "missing"), 2),
        (("signOff", "required", "high", "1", "count"), 10),
        (("signOff", "required", "high", "7"), 6),
        (("signOff", "required", "high", "x"), 6),
        (("enforcement", "overrides", "a.b", "production"), 11),
        (("missing",), 1),
        ((), 1),
    ],
)
def test_the_line_of_a_key_or_of_the_nearest_above_it(
    tmp_path: Path, keys: tuple[str, ...], line: int
) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    assert line_of(path, keys) == line


@pytest.mark.parametrize("content", [None, b"a: [", b"\xff\xfe", b"", b"- a"])
def test_a_file_that_changed_since_is_named_all_the_same(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "site.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingRefused, match=r"site\.yaml:1: policy setting a\.b: no; do so"), placed(path):
        raise SettingRefused(("a", "b"), "no", "do so")


def test_settings_that_come_from_no_file_have_no_place() -> None:
    with pytest.raises(SettingRefused, match=r"^policy setting a: no; do so$"), placed(None):
        raise SettingRefused(("a",), "no", "do so")
