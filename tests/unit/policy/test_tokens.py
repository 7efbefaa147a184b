"""Tokens in files are read strictly, and made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import SettingsError
from mlgate.policy.tokens import make_token, read_token


def test_a_token_is_made_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "token"
    made = make_token(path)
    assert len(made) >= 40
    assert path.stat().st_mode & 0o777 == 0o600
    assert make_token(path) == read_token(path) == made


def test_another_is_made_elsewhere(tmp_path: Path) -> None:
    assert make_token(tmp_path / "a") != make_token(tmp_path / "b")


@pytest.mark.parametrize("content", [b"", b" \n", b"two words", b"\xff", b"a\x00b"])
def test_what_is_no_token_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    for use in (read_token, make_token):
        with pytest.raises(SettingsError, match=r"setting opa\.token_file: .*token"):
            use(path)
    assert path.read_bytes() == content


def test_where_none_can_be_written_the_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"setting opa\.token_file: .* cannot be written: No such file"):
        make_token(tmp_path / "missing" / "token")


def test_the_setting_that_names_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"setting policy\.url_token_file"):
        read_token(tmp_path / "missing", "policy.url_token_file")
