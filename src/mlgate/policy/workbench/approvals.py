"""What policy makes of each approval: whether it counts for a card, and which part of a valid one it lacks.

The policy that judges deployments is asked, by the functions its own rules use; nothing is decided here.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from mlgate.domain.base import Frozen
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import PolicyError
from mlgate.policy.workbench.trial import evaluated

STANDING = """answers := [answer |
	some entry in input.cards
	entry.status == "found"
	some index, sign_off in input.signOffs
	sign_off.subject.model == entry.card.model.name
	answer := {
		"index": index,
		"valid": sign_off in data.mlgate.lib.approvals.valid(entry),
		"stands": sign_off in data.mlgate.lib.approvals.standing_rejections(entry),
		"failing": data.mlgate.lib.approvals.failing(entry, sign_off),
		"holders": data.mlgate.lib.approvals.holders(object.get(sign_off, "signature", null)),
		"ties": data.mlgate.lib.approvals.ties(entry, sign_off),
		"tier": data.mlgate.lib.facts.tier,
		"maxAgeDays": data.mlgate.lib.approvals.max_age,
		"acceptedAssurance": data.mlgate.lib.settings.value.signOff.acceptedAssurance,
	}
]"""


class Standing(Frozen):
    """What policy makes of one approval or rejection of a card."""

    index: int
    """Its place among the sign-offs of the question."""
    valid: bool
    """It is an approval, and counts."""
    stands: bool
    """It is a rejection, and nobody took it back."""
    failing: tuple[str, ...]
    """Parts of a valid approval that it lacks, by the names policy gives them."""
    holders: tuple[str, ...]
    """Whose its signature is, as policy knows; of one whom policy trusts it is one."""
    ties: tuple[str, ...]
    """What ties its approver to the version, in words that follow "is"."""
    tier: str | None
    """The risk tier it was held against."""
    max_age_days: float
    """Days an approval holds in that tier."""
    accepted_assurance: tuple[str, ...]
    """Kinds of assurance that are worth enough."""

    @property
    def counts(self) -> bool:
        """It has an effect: an approval that is valid, or a rejection that stands."""
        return self.valid or self.stands


def standings(question: PolicyInput, bundle: Path, opa: Path) -> dict[int, Standing]:
    """By its place in the question, what policy makes of each sign-off that is about a card of it.

    Raises:
        PolicyError: OPA does not work, or the policy is not made like the shipped one.
    """
    given = json.dumps(question.wire())
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        wanted = ["--bundle", os.fspath(bundle.absolute())]
        found = evaluated(opa, Path(folder), wanted, STANDING, given)
    try:
        read = [Standing.model_validate(entry) for entry in found["result"][0]["bindings"]["answers"]]
    except (KeyError, IndexError, TypeError, ValidationError) as problem:
        raise PolicyError("this policy does not say what it makes of an approval") from problem
    return {entry.index: entry for entry in read}
