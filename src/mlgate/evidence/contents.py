"""Secrets and ConfigMaps the object refers to: when they were changed, what they hold; never the content."""

from __future__ import annotations

import asyncio
from typing import Any

from mlgate.domain.cluster_facts import ConfigMapCredential, ConfigMapFacts, SecretFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Unavailable
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.facts import MOST, too_many
from mlgate.evidence.looked import Looked, cannot, entries, field, is_files, not_in_files
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.times import created_at, metadata
from mlgate.parsing.times import normalise_time

SECRETS = "cluster.secrets"
CONFIG_MAPS = "cluster.configMaps"
MOST_TEXT = 1024 * 1024
"""Characters of ConfigMaps that are searched for one review: the API server's own limit for one of them."""
Secrets = dict[str, SecretFacts]
ConfigMaps = dict[str, ConfigMapFacts]


async def secrets(
    lookups: LookUps, cluster: Cluster, options: EvidenceOptions, deadline: Deadline, evaluated_at: str
) -> Looked[Secrets]:
    """When each Secret was last changed. Raises EvidenceUnavailable."""
    if not lookups.secrets:
        return Looked({})
    if not options.secrets or is_files(cluster):
        return Looked({}, cannot(SECRETS, "disabled", "reading Secrets is switched off"))
    if len(lookups.secrets) > MOST:
        return Looked({}, too_many(SECRETS, "Secrets", len(lookups.secrets)))
    stored = await _named("Secret", lookups.secrets, lookups.namespace, cluster, deadline)
    return Looked({name: SecretFacts(rotated_at=_rotated(it) or evaluated_at) for name, it in stored.items()})


async def config_maps(
    lookups: LookUps, cluster: Cluster, options: EvidenceOptions, deadline: Deadline
) -> Looked[ConfigMaps]:
    """Keys of each ConfigMap whose values look like a credential. Raises EvidenceUnavailable.

    In a cluster it takes a right that is not given by default.
    """
    if not lookups.config_maps:
        return Looked({})
    switched_off = unread_config_maps(cluster, options)
    if switched_off is not None:
        return Looked({}, switched_off)
    if len(lookups.config_maps) > MOST:
        return Looked({}, too_many(CONFIG_MAPS, "ConfigMaps", len(lookups.config_maps)))
    stored = await _named("ConfigMap", lookups.config_maps, lookups.namespace, cluster, deadline)
    if sum(_size(entry) for entry in stored.values()) > MOST_TEXT:
        message = f"the ConfigMaps hold more than {MOST_TEXT} characters, which is more than is searched"
        return Looked({}, cannot(CONFIG_MAPS, "error", message))
    missing = [f"ConfigMap {name}" for name in lookups.config_maps if name not in stored]
    found = {name: _searched(entry, options) for name, entry in stored.items()}
    return Looked(found, not_in_files(cluster, CONFIG_MAPS, missing))


def unread_config_maps(cluster: Cluster, options: EvidenceOptions) -> Unavailable | None:
    """Why ConfigMaps are not read: the installation does not allow it. Files are there to be read."""
    if options.config_maps or is_files(cluster):
        return None
    return cannot(CONFIG_MAPS, "disabled", "reading ConfigMaps is switched off")


async def _named(
    kind: str, names: tuple[str, ...], namespace: str | None, cluster: Cluster, deadline: Deadline
) -> dict[str, dict[str, Any]]:
    found = await asyncio.gather(
        *(cluster.get("v1", kind, namespace, name, deadline=deadline) for name in names)
    )
    return {name: stored for name, stored in zip(names, found, strict=True) if stored is not None}


def _rotated(stored: dict[str, Any]) -> str | None:
    """The latest time somebody is known to have changed data, else that of the creation."""
    changes = [
        normalise_time(entry["time"])
        for entry in entries(metadata(stored).get("managedFields"))
        if isinstance(field(entry, "time"), str) and field(entry, "fieldsV1", "f:data") is not None
    ]
    return max((time for time in changes if time), default=None) or created_at(stored)


def _size(stored: dict[str, Any]) -> int:
    data = stored.get("data")
    return sum(len(text) for text in data.values() if isinstance(text, str)) if isinstance(data, dict) else 0


def _searched(stored: dict[str, Any], options: EvidenceOptions) -> ConfigMapFacts:
    data = stored.get("data")
    found = options.scan_entries(data) if isinstance(data, dict) else ()
    return ConfigMapFacts(
        credentials=tuple(ConfigMapCredential(name=name, reason=reason) for name, reason in found)
    )
