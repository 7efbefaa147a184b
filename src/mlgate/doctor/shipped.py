"""What mlgate ships to be installed: inside the wheel, or where it is edited in a checkout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

import mlgate
from mlgate.errors import SettingsError


def shipped_deploy(package: Path | None = None) -> Path:
    """The folder that holds `crds` and `guards`.

    Args:
        package: folder of the installed package; by default the one this module belongs to.

    Raises:
        SettingsError: the installation holds none.
    """
    home = package or Path(mlgate.__file__).parent
    for candidate in (home / "shipped" / "deploy", home.parents[1] / "charts" / "mlgate" / "files"):
        if (candidate / "crds").is_dir():
            return candidate
    raise SettingsError(f"nothing to deploy is installed beside {home.name}; reinstall mlgate")


@lru_cache(maxsize=1)
def definitions() -> dict[str, tuple[Path, dict[str, Any]]]:
    """The shipped CustomResourceDefinitions by name, each with its file. Raises SettingsError."""
    found = {}
    for path in sorted((shipped_deploy() / "crds").glob("*.yaml")):
        definition = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[str(definition["metadata"]["name"])] = (path, definition)
    return found


def guard_file(kind: str) -> Path:
    """The file with the guard of a kind of record. Raises SettingsError."""
    return shipped_deploy() / "guards" / f"{kind.lower()}s.yaml"
