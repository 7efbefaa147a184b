"""How manifests are read and evidence is gathered, as the settings of an installation say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mlgate.errors import SettingsError
from mlgate.evidence.cards.sealed import CardVerifier
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.signatures.bundles import BundleVerifier
from mlgate.evidence.signatures.keys import load_keys
from mlgate.evidence.signatures.verify import StatementVerifier
from mlgate.settings import OciSettings, Settings
from mlgate.workloads.credentials.scan import scan_entries, scan_text_places
from mlgate.workloads.extract import ExtractOptions

if TYPE_CHECKING:
    from mlgate.evidence.registries.client import RegistryClient
    from mlgate.evidence.registries.hub import HubClient
    from mlgate.evidence.signatures.served import ServedVerifier


def options_for(settings: Settings, **evidence: Any) -> tuple[ExtractOptions, EvidenceOptions]:
    """How manifests are read and evidence is looked for.

    Raises:
        SettingsError: a key that is to be recognised cannot be read.
    """
    chosen = settings.evidence
    sources = frozenset(str(name) for name in chosen.card_sources)
    extraction = ExtractOptions(card_sources=sources, cluster_namespace=chosen.cluster_namespace)
    statements, registries = _statement_verifier(settings), _registry_client(settings)
    gathering = EvidenceOptions(
        card_sources=sources,
        cluster_namespace=chosen.cluster_namespace,
        waiver_namespaces=chosen.waiver_namespaces,
        region=chosen.region,
        mesh_root=chosen.mesh_root,
        secrets=chosen.secrets,
        config_maps=chosen.config_maps,
        statements=statements,
        registries=registries,
        seals=_card_verifier(settings, statements),
        served=_served_verifier(settings, registries, statements),
        hub=_hub_client(settings),
        scan=scan_text_places,
        scan_entries=scan_entries,
        **evidence,
    )
    return extraction, gathering


def _statement_verifier(settings: Settings) -> StatementVerifier:
    """What verifies signed approvals here.

    Raises:
        SettingsError: a key or the trusted root cannot be read.
    """
    chosen = settings.signatures
    bundles = BundleVerifier.load(chosen.trusted_root) if chosen.trusted_root else None
    return StatementVerifier(load_keys(chosen.keys), bundles)


def _card_verifier(settings: Settings, statements: StatementVerifier) -> CardVerifier | None:
    """What verifies signatures beside cards, where an installation wants it.

    Raises:
        SettingsError: nobody's signature is recognised here.
    """
    if not settings.signatures.cards:
        return None
    if not statements.knows_signers:
        raise SettingsError("signatures.cards needs signers: signatures.keys or signatures.trustedRoot")
    return CardVerifier(statements)


def _registry_client(settings: Settings) -> RegistryClient | None:
    """What reads cards from registries, where an installation takes cards from there.

    Raises:
        SettingsError: no registry is named, or a file cannot be read.
    """
    chosen = settings.evidence.oci
    if "oci" not in settings.evidence.card_sources and not settings.signatures.served:
        return None
    _refuse_strangers(chosen)
    # An HTTP client takes a twentieth of a second to import, and most installations ask no registry.
    from mlgate.evidence.registries.client import RegistryClient  # noqa: PLC0415 - as above
    from mlgate.evidence.registries.credentials import DockerConfig  # noqa: PLC0415 - as above
    from mlgate.evidence.registries.transport import Caller, Places, https_clients  # noqa: PLC0415 - as above

    blobs = {registry: frozenset(hosts) for registry, hosts in chosen.blob_hosts.items()}
    places = Places(frozenset(chosen.registries), frozenset(chosen.private), blobs)
    return RegistryClient(Caller(places, https_clients(chosen.ca)), DockerConfig(chosen.docker_config))


def _refuse_strangers(chosen: OciSettings) -> None:
    """Refuse what is said about hosts that may not be asked: it would have no effect, and look as if it had.

    Raises:
        SettingsError: no registry is named, or something is said about one that is not.
    """
    if not chosen.registries:
        raise SettingsError("evidence.oci.registries must name what is read")
    unknown = sorted(set(chosen.blob_hosts) - set(chosen.registries))
    if unknown:
        raise SettingsError(f"evidence.oci.registries must name {unknown[0]}, as evidence.oci.blobHosts does")
    named = {*chosen.registries, *(host for hosts in chosen.blob_hosts.values() for host in hosts)}
    strangers = sorted(set(chosen.private) - named)
    if strangers:
        raise SettingsError(f"evidence.oci.registries must name {strangers[0]}, as evidence.oci.private does")


def _served_verifier(
    settings: Settings, registries: RegistryClient | None, statements: StatementVerifier
) -> ServedVerifier | None:
    """What seeks signatures of images and models, where an installation wants them.

    Raises:
        SettingsError: nobody's signature is recognised here.
    """
    chosen = settings.signatures
    if not chosen.served or registries is None:
        return None
    if not chosen.keys and chosen.trusted_root is None:
        raise SettingsError("signatures.served needs signers: signatures.keys or signatures.trustedRoot")
    from mlgate.evidence.signatures.served import ServedVerifier  # noqa: PLC0415 - as above

    return ServedVerifier(registries, statements)


def _hub_client(settings: Settings) -> HubClient | None:
    """What reads READMEs of models, where an installation takes cards from there.

    Raises:
        SettingsError: no Hub is named, or a file cannot be read.
    """
    chosen = settings.evidence.huggingface
    if "huggingface" not in settings.evidence.card_sources:
        return None
    if chosen.endpoint is None:
        raise SettingsError("the card source huggingface needs its address in evidence.huggingface.endpoint")
    from mlgate.evidence.registries.hub import HubClient  # noqa: PLC0415 - as above
    from mlgate.evidence.registries.transport import Caller, Places, https_clients  # noqa: PLC0415 - as above

    host = frozenset({chosen.endpoint.removeprefix("https://").removesuffix(":443")})
    places = Places(host, host if chosen.private else frozenset())
    return HubClient(Caller(places, https_clients(chosen.ca)), chosen.endpoint, chosen.token_file)


@asynccontextmanager
async def closing_registries(options: EvidenceOptions) -> AsyncIterator[None]:
    """Close the connections to registries and a Hub at the end."""
    try:
        yield
    finally:
        for client in (options.registries, options.hub):
            if client is not None:
                await client.caller.close()
