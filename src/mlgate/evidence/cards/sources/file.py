"""`file/<path>`: a card the caller of a check named. Nothing else on the machine is ever read.

A manifest may come from anyone, so its annotation must not choose which file is opened.
"""

from __future__ import annotations

from mlgate.evidence.cards.detached import Detached
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.signatures.card import file_digests


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when no card of that path was named."""
    data = wanted.options.card_files.get(wanted.name)
    if data is None:
        return None
    texts = wanted.options.card_signatures.get(wanted.name, ())
    return Found(read_text(data, wanted.options.memory), detached=Detached(texts, file_digests(data)))
