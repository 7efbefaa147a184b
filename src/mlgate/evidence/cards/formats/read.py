"""Bytes to card: which format they are in, what they say in a ModelCard's words, and what is lost."""

from __future__ import annotations

import importlib
from dataclasses import replace
from types import ModuleType

from mlgate.domain.base import Json, Problem
from mlgate.domain.digests import digest_of
from mlgate.errors import CardInvalid, ManifestError
from mlgate.evidence.cards.formats import OWN, matching
from mlgate.evidence.cards.formats.conversion import NOWHERE, ROOT, Conversion, Foreign, Origin
from mlgate.evidence.cards.formats.front_matter import front_matter
from mlgate.evidence.cards.formats.modelcard import (
    CardContent,
    Scan,
    invalid,
    no_scan,
    read_document,
    read_spec,
)
from mlgate.evidence.cards.formats.results import result_of
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml

_MODULES = {
    "huggingface": "huggingface",
    "cyclonedx": "cyclonedx",
    "spdx": "spdx",
    "model-card-toolkit": "model_card_toolkit",
    "verifyml": "verifyml",
}
"""Format -> the module that maps it; imported only when a card is in it."""
FOREIGN = tuple(_MODULES)
_NO_FORMAT = "is not a model card in a format this release reads"
NO_BILL = "is no bill of materials, so that it has no component to be named by a bom-ref"


def read_card(data: bytes, scan: Scan = no_scan, origin: Origin = NOWHERE) -> CardContent:
    """The card in some bytes, in whatever format it is. Never raises: what is wrong is a problem."""
    if len(data) > CARD_LIMITS.max_bytes:
        return invalid(f"has more than {CARD_LIMITS.max_bytes} bytes")
    try:
        card_format, foreign = parsed_card(data, origin)
    except ManifestError as error:
        return invalid(_told(error))
    except CardInvalid as error:
        return invalid(str(error), path=error.path)
    if origin.component is not None and card_format != "cyclonedx":
        return invalid(NO_BILL, card_format=card_format)  # a part is meant, and all of it would count
    if card_format == OWN:
        return read_document(foreign.document, scan)
    digest = digest_of(data)
    return replace(read_foreign(card_format, foreign, scan), digest=digest)


def parsed_card(data: bytes, origin: Origin = NOWHERE) -> tuple[str, Foreign]:
    """The format of a card, and the card as that format's module takes it.

    Raises:
        ManifestError: The bytes cannot be parsed.
        CardInvalid: They are in no format that is read here, or in two at once.
    """
    readme = front_matter(data, CARD_LIMITS)
    document = readme.values if readme is not None else parse_yaml(data, CARD_LIMITS)
    found = [*(["huggingface"] if readme is not None else ()), *matching(document)]
    if len(found) != 1:
        raise CardInvalid(_undecided(found, result_of(document)))
    return found[0], Foreign(document, origin, prose=readme is not None and readme.prose)


def read_foreign(card_format: str, foreign: Foreign, scan: Scan = no_scan) -> CardContent:
    """What a parsed card of another format says. It has no digest: that is the digest of its bytes."""
    try:
        conversion = convert(card_format, foreign)
    except CardInvalid as error:
        return invalid(str(error), path=error.path, card_format=card_format)
    # An empty model is told field by field, with the place where the author would write each.
    content = read_spec({"model": {}, **conversion.spec})
    problems = (*conversion.problems, *(_placed(problem, card_format) for problem in content.problems))
    places = tuple((f"{ROOT}.{path}", reason) for path, reason in scan(foreign.document))
    return replace(
        content,
        format=card_format,
        digest=None,
        problems=problems,
        lost=conversion.lost,
        places=places if content.card is not None else (),
    )


def convert(card_format: str, foreign: Foreign) -> Conversion:
    """A parsed card in the shape of a ModelCard's spec, as the tables of its format say.

    Raises:
        CardInvalid: It cannot be mapped at all; the error names the place.
    """
    converted: Conversion = _module(card_format).convert(foreign)
    return converted


def _module(card_format: str) -> ModuleType:
    return importlib.import_module(f"{__package__}.{_MODULES[card_format]}")


def _placed(problem: Problem, card_format: str) -> Problem:
    """A problem with the identity of the model, with the place where the author of this format writes it."""
    places: dict[str, str] = _module(card_format).PLACES
    for path, place in places.items():
        if problem.path == path:
            return problem.model_copy(update={"message": f"{problem.message}; write it as {place}"})
    return problem


def _undecided(found: list[str], library: str | None) -> str:
    if not found and library is not None:
        return f"is a result of {library} and no card; `mlgate card convert` makes a bias test of it"
    if not found:
        return _NO_FORMAT
    names = " and ".join(found)
    return f"bears the marks of {names} at once; keep one card in one file"


def _told(error: ManifestError) -> str:
    place = ", ".join(
        f"{word} {number}"
        for word, number in (("line", error.line), ("column", error.column))
        if number is not None
    )
    return f"cannot be parsed: {error.message}" + (f" ({place})" if place else "")


def is_foreign(document: Json) -> bool:
    """Whether a parsed document is a card of another format, or bears the marks of one."""
    return any(name != OWN for name in matching(document))
