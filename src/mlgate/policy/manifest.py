"""What a built bundle says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BundleManifest:
    """The identity of one bundle and every code it must decide."""

    revision: str
    """`data.mlgate.revision`; every decision names it."""
    codes: frozenset[str]
    """The codes of the release and of the site's own rules."""
    path: Path | None
    """The bundle file, where this process has it."""
