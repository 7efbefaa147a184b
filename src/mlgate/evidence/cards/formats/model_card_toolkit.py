"""Model Card Toolkit, schema 0.0.2, as JSON."""

from __future__ import annotations

from mlgate.evidence.cards.formats import toolkit
from mlgate.evidence.cards.formats.conversion import ROOT, Conversion, Draft, Foreign
from mlgate.evidence.cards.formats.published import breaches
from mlgate.evidence.cards.formats.toolkit_schema import toolkit_validator

FORMAT = "model-card-toolkit"
PLACES = toolkit.PLACES
_SECTIONS = frozenset(
    {"schema_version", "model_details", "model_parameters", "quantitative_analysis", "considerations"}
)


def convert(foreign: Foreign) -> Conversion:
    """Map the card. The format has no place for fields of ours: the result is completed by hand."""
    draft = Draft(foreign)
    for key in sorted(set(draft.root.named()) - _SECTIONS):
        draft.root.get(key).complain("is no section of a card of Model Card Toolkit")
        draft.root.get(key).take()
    draft.reader.note(breaches(toolkit_validator(), "Model Card Toolkit", foreign.document, ROOT))
    spec = toolkit.spec_of(draft.root, lambda _node: "modelOwner", lambda _node: {})
    return draft.finished(FORMAT, spec, None, toolkit.REASONS)
