"""The shipped policies are found in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.shipped import shipped_policies, shipped_rego


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "src" / "mlgate"
    path.mkdir(parents=True)
    return path


def holds_policies(folder: Path) -> Path:
    (folder / "rego").mkdir(parents=True)
    (folder / "rego" / ".manifest").write_text("{}")
    return folder


def test_this_checkout_holds_rules_checks_and_schemas() -> None:
    found = shipped_policies()
    assert (found / "checks").is_dir()
    assert (found / "schema" / "input.json").is_file()
    assert (shipped_rego() / "mlgate" / "main" / "main.rego").is_file()


def test_a_checkout_holds_them_beside_its_source(package: Path, tmp_path: Path) -> None:
    found = holds_policies(tmp_path / "policies")
    assert shipped_policies(package) == found


def test_a_wheel_holds_them_inside_the_package_and_comes_first(package: Path, tmp_path: Path) -> None:
    holds_policies(tmp_path / "policies")
    inside = holds_policies(package / "shipped" / "policies")
    assert shipped_policies(package) == inside
    assert shipped_rego(package) == inside / "rego"


def test_an_installation_without_policies_says_so(package: Path) -> None:
    with pytest.raises(PolicyError, match="no policies are installed beside mlgate"):
        shipped_policies(package)
