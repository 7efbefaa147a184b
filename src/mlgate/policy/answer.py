"""What OPA answered, held against what a decision must be. Anything less is no decision."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from mlgate.domain.base import Json
from mlgate.domain.decision import Decision
from mlgate.domain.listing import first_few
from mlgate.errors import DecisionInvalid
from mlgate.policy.manifest import BundleManifest

_SHOWN = 5
_PLAIN_CODE = re.compile(r"[a-z_]{1,40}")
_PLAIN_FILE = re.compile(r"[A-Za-z0-9_./-]{1,120}")


def read_decision(answer: Mapping[str, Json], manifests: Sequence[BundleManifest]) -> Decision:
    """The decision in the answer to one query.

    Raises:
        DecisionInvalid: there is no result, it is no decision, its revision is not that of a known
            bundle, it leaves a code of that bundle undecided, or it contradicts itself.
    """
    if "result" not in answer:
        raise DecisionInvalid("OPA has no decision: data.mlgate.main.decision is undefined")
    try:
        decision = Decision.model_validate(answer["result"])
    except ValidationError as error:
        raise DecisionInvalid(f"the answer of OPA is no decision: {_first(error)}") from error
    _check_codes(decision, _manifest_of(decision, manifests))
    _check_lists(decision)
    return decision


def shown(text: str, limit: int = 80) -> str:
    """Text of another process as it may stand in a message: quoted, printable ASCII, cut."""
    return ascii(text if len(text) <= limit else text[:limit] + "...")


def error_words(said: Json) -> list[str]:
    """OPA's error code, and code and place of the first error: never its texts, which quote values."""
    if not isinstance(said, dict):
        return []
    errors = said.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    place = first.get("location")
    place = place if isinstance(place, dict) else {}
    words = [str(code) for code in (said.get("code"), first.get("code")) if _plain(_PLAIN_CODE, code)]
    if _plain(_PLAIN_FILE, place.get("file")) and isinstance(place.get("row"), int):
        inside = place["file"].rpartition("/mlgate/")[2]  # a bundle folder's own path says nothing
        words.append(f"{inside}:{place['row']}")
    return words


def _first(error: ValidationError) -> str:
    """Where validation failed first, and why, without the value."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "result"
    return f"{shown(place)}: {first['msg'][:200]}"


def _manifest_of(decision: Decision, manifests: Sequence[BundleManifest]) -> BundleManifest:
    for manifest in manifests:
        if manifest.revision == decision.revision:
            return manifest
    raise DecisionInvalid(f"OPA decided by a policy that is not the one loaded: {shown(decision.revision)}")


def _check_codes(decision: Decision, manifest: BundleManifest) -> None:
    """Every code of the bundle is either evaluated or skipped, once, and no other is named."""
    if not manifest.codes:
        raise DecisionInvalid("the policy holds no rules")
    listed = Counter(decision.evaluated)
    listed.update(entry.code for entry in decision.skipped)
    problems = {
        "not decided": manifest.codes - listed.keys(),
        "not of this policy": listed.keys() - manifest.codes,
        "named more than once": {code for code, times in listed.items() if times > 1},
    }
    found = [f"{what}: {_some(codes)}" for what, codes in problems.items() if codes]
    if found:
        raise DecisionInvalid(f"the decision of OPA is not complete; codes {'; '.join(found)}")


def _check_lists(decision: Decision) -> None:
    """A finding stands in the list of its enforcement, and its code was evaluated."""
    lists = (("deny", decision.violations), ("warn", decision.warnings), ("audit", decision.audited))
    for enforcement, findings in lists:
        wrong = {finding.code for finding in findings if finding.enforcement != enforcement}
        if wrong:
            raise DecisionInvalid(
                f"the decision of OPA lists findings wrongly as {enforcement}: {_some(wrong)}"
            )
    every = (*decision.violations, *decision.warnings, *decision.audited, *decision.waived)
    unknown = {finding.code for finding in every} - set(decision.evaluated)
    if unknown:
        raise DecisionInvalid(f"the decision of OPA has findings of codes not evaluated: {_some(unknown)}")


def _some(codes: Iterable[str]) -> str:
    """A few of the codes, quoted, and how many more there are."""
    return first_few([shown(code) for code in sorted(codes)], _SHOWN)


def _plain(pattern: re.Pattern[str], word: Json) -> bool:
    return isinstance(word, str) and pattern.fullmatch(word) is not None
