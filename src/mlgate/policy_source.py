"""Where the policy of a server comes from: files that are watched, or an address that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mlgate.engines import bundle_for
from mlgate.policy.fingerprint import fingerprint
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.remote_bundle import RemoteBundle, remote_bundle
from mlgate.settings import Settings, bundle_cache


@dataclass(frozen=True)
class PolicySource:
    """The source of one server."""

    settings: Settings
    """A bundle that is fetched is here the file that holds it."""
    opa: Path | None
    remote: RemoteBundle | None = None

    @classmethod
    def of(cls, settings: Settings, opa: Path | None) -> PolicySource:
        """The source that the settings name; nothing is fetched yet.

        Raises:
            SettingsError: they contradict each other.
        """
        remote = remote_bundle(settings.policy, bundle_cache(settings))
        if remote is None:
            return cls(settings, opa)
        policy = settings.policy.model_copy(update={"url": None, "bundle": remote.file})
        return cls(settings.model_copy(update={"policy": policy}), opa, remote)

    @property
    def answered_at(self) -> datetime | None:
        """When the server of the bundle last gave it; null where there is none, or it never did."""
        return self.remote.answered_at if self.remote is not None else None

    async def refresh(self, ordered: bool) -> None:  # noqa: FBT001 - the reload's own shape
        """Fetch what is elsewhere; what fails is told by `load`."""
        if self.remote is not None:
            await self.remote.refresh(at_once=ordered)

    def look(self) -> str:
        """A digest of the source as it is."""
        chosen = self.settings.policy
        named = (chosen.bundle, chosen.settings, chosen.verification_key, *chosen.packages)
        found = fingerprint(path for path in named if path is not None)
        return found if self.remote is None else f"{found} {self.remote.problem or ''}"

    def load(self, at_least: int = 0) -> BundleManifest:
        """Build or check what is there, as `bundle_for` does.

        Args:
            at_least: the sequence of the bundle that judges now.

        Raises:
            MlgateError: it is refused, or could not be fetched.
        """
        if self.remote is not None:
            self.remote.demand()
        return bundle_for(self.settings, self.opa, at_least=at_least)
