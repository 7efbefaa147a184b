"""`file/<path>`: a card the caller of a check named. Nothing else on the machine is ever read.

A manifest may come from anyone, so its annotation must not choose which file is opened.
"""

from __future__ import annotations

from mlgate.evidence.cards.detached import Detached
from mlgate.evidence.cards.formats.conversion import NOWHERE
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.signatures.card import file_digests
from mlgate.evidence.signatures.in_toto import OMS_TYPE
from mlgate.evidence.signatures.verify import told_predicate_type


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when no card of that path was named."""
    name, origin = wanted.name, wanted.origin
    whole = wanted.reference.source.reference.partition("/")[2]
    if whole in wanted.options.card_files:  # a file may be called `card#2.yaml`
        name, origin = whole, NOWHERE
    data = wanted.options.card_files.get(name)
    if data is None:
        return None
    texts = wanted.options.card_signatures.get(name, ())
    return Found(
        read_text(data, wanted.options.memory, origin),
        detached=Detached(texts, file_digests(data)),
        models=tuple(text for text in texts if told_predicate_type(text) == OMS_TYPE),
    )
