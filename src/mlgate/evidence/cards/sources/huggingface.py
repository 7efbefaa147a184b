"""`huggingface`: the README of the model's own repository on a Hub, at the commit that is served.

What a branch or tag says can change after it was read, so only a commit is asked for.
"""

from __future__ import annotations

import re

from mlgate.evidence.cards.formats.conversion import Origin
from mlgate.evidence.cards.formats.modelcard import invalid
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.text import read_text

_PINNED = re.compile(
    r"hf://(?P<repository>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}):(?P<commit>[0-9a-fA-F]{40})",
    re.ASCII,
)
_UNPINNED = "the model's repository must be pinned to a commit, such as hf://<owner>/<name>:<40 hex digits>"
_WHICH = "name the model whose repository is meant: <model id>=huggingface"


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when the repository has no README at that commit. Raises EvidenceUnavailable."""
    hub = wanted.options.hub
    if hub is None:
        return None
    uri = _uri(wanted)
    if uri is None:
        return Found(invalid(_WHICH))
    pinned = _PINNED.fullmatch(uri)
    if pinned is None:
        return Found(invalid(_UNPINNED))
    repository, commit = pinned["repository"], pinned["commit"].lower()
    data = await hub.readme(repository, commit, wanted.deadline)
    if data is None:
        return None
    return Found(read_text(data, wanted.options.memory, Origin(repository=repository, revision=commit)))


def _uri(wanted: Wanted) -> str | None:
    """Address of the model the reference names, or of the only one that lies on a Hub."""
    if wanted.reference.model is not None:
        return wanted.model_uris.get(wanted.reference.model)
    on_hub = [uri for uri in wanted.model_uris.values() if uri.startswith("hf://")]
    return on_hub[0] if len(on_hub) == 1 else None
