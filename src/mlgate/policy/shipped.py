"""Where the shipped policies lie: inside the wheel, or where they are edited in a checkout."""

from __future__ import annotations

from pathlib import Path

import mlgate
from mlgate.errors import PolicyError


def shipped_policies(package: Path | None = None) -> Path:
    """The folder that holds `rego`, `checks` and `schema`.

    Args:
        package: folder of the installed package; by default the one this module belongs to.

    Raises:
        PolicyError: the installation holds no policies.
    """
    home = package or Path(mlgate.__file__).parent
    for candidate in (home / "shipped" / "policies", home.parents[1] / "policies"):
        if (candidate / "rego" / ".manifest").is_file():
            return candidate
    raise PolicyError(f"no policies are installed beside {home.name}; reinstall mlgate")


def shipped_rego(package: Path | None = None) -> Path:
    """The shipped Rego tree, itself a bundle.

    Raises:
        PolicyError: the installation holds no policies.
    """
    return shipped_policies(package) / "rego"
