"""The wheel brings what mlgate needs at run time, and is the same each time it is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from recipe import ROOT, context

TREES = {
    "src/mlgate": "mlgate",
    "policies": "mlgate/shipped/policies",
    "charts/mlgate/files/crds": "mlgate/shipped/deploy/crds",
    "charts/mlgate/files/guards": "mlgate/shipped/deploy/guards",
}
"""Folder of the checkout -> where it is in the wheel."""


def _build(folder: Path) -> Path:
    """Build the wheel from what the image is built from, as the Dockerfile does."""
    for path in context():
        (folder / "sent" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, folder / "sent" / path)
    subprocess.run(  # noqa: S603 - our own build
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=folder / "sent",
        env={"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": "1700000000"},
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory.mktemp("wheel"))


def _expected() -> dict[str, Path]:
    """Every file that belongs into the wheel, by its place there."""
    return {
        f"{inside}/{path.removeprefix(tree + '/')}": ROOT / path
        for tree, inside in TREES.items()
        for path in context()
        if path.startswith(f"{tree}/")
    }


def test_it_holds_the_sources_the_policies_and_what_doctor_compares_with(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        there = {name for name in held.namelist() if ".dist-info/" not in name}
        assert there == set(_expected())
        assert all(held.read(name) == path.read_bytes() for name, path in _expected().items())
    for needed in (
        "policies/rego/.manifest",
        "policies/schema/input.json",
        "policies/rego/mlgate/catalog/data.json",
    ):
        assert f"mlgate/shipped/{needed}" in there


def test_what_is_not_in_the_repository_is_not_in_it(wheel: Path) -> None:
    listed = subprocess.run(  # noqa: S603 - git with literal arguments
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *TREES],  # noqa: S607 - git on PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {str(path.relative_to(ROOT)) for path in _expected().values()} <= set(listed.stdout.splitlines())


def test_the_licence_comes_with_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        (licence,) = [name for name in held.namelist() if name.endswith("/licenses/LICENSE")]
        assert held.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_building_it_again_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert _build(tmp_path).read_bytes() == wheel.read_bytes()
