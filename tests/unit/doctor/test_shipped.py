"""What is shipped to be installed is found in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.doctor.shipped import definitions, guard_file, shipped_deploy
from mlgate.errors import SettingsError


def test_a_wheel_carries_it(tmp_path: Path) -> None:
    (tmp_path / "mlgate" / "shipped" / "deploy" / "crds").mkdir(parents=True)
    assert shipped_deploy(tmp_path / "mlgate") == tmp_path / "mlgate" / "shipped" / "deploy"


def test_an_installation_without_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="reinstall mlgate"):
        shipped_deploy(tmp_path / "a" / "mlgate")


def test_what_is_shipped_is_read() -> None:
    assert {*definitions()} == {"modelcards.mlgate.dev", "signoffs.mlgate.dev", "waivers.mlgate.dev"}
    assert guard_file("SignOff").is_file()
