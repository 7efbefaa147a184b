"""What an installation decides about gathering evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate.evidence.cards.formats.modelcard import Scan, no_scan
from mlgate.evidence.cards.memory import CardMemory
from mlgate.evidence.cards.remembered import StatementMemory
from mlgate.evidence.cards.sealed import CardVerifier
from mlgate.evidence.signatures.verify import StatementVerifier

if TYPE_CHECKING:
    from mlgate.evidence.registries.client import RegistryClient
    from mlgate.evidence.registries.hub import HubClient
    from mlgate.evidence.signatures.served import ServedVerifier

ScanEntries = Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]]


def no_entries(_data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Looks for no credentials."""
    return []


@dataclass(frozen=True)
class EvidenceOptions:
    """Settings of `gather`; times are seconds."""

    card_sources: frozenset[str] = frozenset({"modelcard"})
    """Sources that are on: `modelcard`, `configmap`, `file`, `oci`, `huggingface`."""
    cluster_namespace: str | None = None
    """Namespace of cards, sign-offs and waivers for cluster-scoped objects."""
    waiver_namespaces: tuple[str, ...] = ()
    """Namespaces whose waivers hold everywhere."""
    profile: str | None = None
    """Profile a check assumes for the namespace (`--profile`)."""
    region: str | None = None
    """Region of the cluster, if the installation names it; else the nodes are asked."""
    mesh_root: str = "istio-system"
    """Namespace whose mesh policies hold everywhere."""
    secrets: bool = False
    """Whether the dates of Secrets are read from the cluster."""
    config_maps: bool = False
    """Whether ConfigMaps are read from the cluster; in files they always are."""
    card_files: Mapping[str, bytes] = field(default_factory=dict)
    """Cards the caller of a check named, by the path they were named with. No other file is ever read."""
    card_signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The signatures beside those cards, by the path of the card."""
    seals: CardVerifier | None = None
    """Verifies the signatures beside cards; None where that is not wanted."""
    registries: RegistryClient | None = None
    """Reads cards from registries; None where no registry is allowed."""
    hub: HubClient | None = None
    """Reads READMEs of models from a Hugging Face Hub; None where none is named."""
    statements: StatementVerifier = field(default_factory=StatementVerifier)
    """Verifies the signed statements of sign-offs; without keys it refuses each."""
    served: ServedVerifier | None = None
    """Verifies signatures and attestations of images and models; None where they are not sought."""
    scan: Scan = no_scan
    """Finds what looks like a credential in a card: (path below the card, reason)."""
    scan_entries: ScanEntries = no_entries
    """Finds which entries of a ConfigMap look like a credential: (key, reason)."""
    memory: CardMemory = field(init=False)
    """What cards said, by their bytes; one for all reviews."""
    beside: StatementMemory = field(default_factory=StatementMemory, init=False)
    """Signed statements that lay beside cards in registries; one for all reviews."""

    def __post_init__(self) -> None:
        """Tie the memory to the scanner whose results it keeps."""
        object.__setattr__(self, "memory", CardMemory(self.scan))
