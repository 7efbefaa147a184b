"""Where something lies in a registry, taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

SCHEME = "oci://"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HUB = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}
"""Names under which people know a registry that answers under another one."""


@dataclass(frozen=True)
class RepositoryName:
    """A repository of a registry."""

    registry: str
    """Host, with its port where it has one, in lower case."""
    repository: str

    @property
    def origin(self) -> str:
        """Address of the registry's API; TLS, always."""
        return f"https://{_HUB.get(self.registry, self.registry)}"


def repository_of(reference: str) -> RepositoryName:
    """The repository in `oci://<registry>/<repository>`, whose form is known to be right."""
    registry, _, repository = reference.removeprefix(SCHEME).partition("/")
    return RepositoryName(registry.lower(), repository)
