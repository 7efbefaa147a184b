"""What a built bundle says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlgate.policy.signature import Signature


@dataclass(frozen=True)
class BundleManifest:
    """The identity of one bundle and every code it must decide."""

    revision: str
    """`data.mlgate.revision`; every decision names it."""
    codes: frozenset[str]
    """The codes of the release and of the site's own rules."""
    path: Path | None
    """The bundle file, where this process has it."""
    version: str = ""
    """The mlgate that built it."""
    sequence: int = 0
    """How late it is among the bundles of a site; a later one is never replaced by an earlier."""
    digest: str = ""
    """`sha256:` and the hash of the file."""
    modes: tuple[tuple[str, str], ...] = ()
    """What becomes of denials in each profile: profile and `enforce`, `warn` or `audit`."""
    signature: Signature | None = None
    """Null where it is not signed."""
