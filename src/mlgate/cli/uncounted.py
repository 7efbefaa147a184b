"""Why an approval does not count, in words for who gave it: a line for each part policy found lacking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mlgate.domain.evidence import Card, CardSignature, SignOff, StatementSignature
from mlgate.evidence.guards import HEAD_START_SECONDS
from mlgate.policy.workbench.approvals import Standing


@dataclass(frozen=True)
class Held:
    """An approval, the card it is held against, and what policy makes of it."""

    sign_off: SignOff
    card: Card
    standing: Standing
    in_file: bool
    """It was read from a file, so that nothing shows who wrote it."""

    @property
    def model(self) -> dict[str, Any]:
        """The model of the card."""
        return dict((self.card.card or {})["model"])


def reasons(held: Held) -> tuple[str, ...]:
    """Everything that keeps it from counting; empty where it counts."""
    if held.standing.counts:
        return ()
    if held.sign_off.decision == "rejected":
        return tuple(_of_rejection(held))
    failing = held.standing.failing
    if held.sign_off.assurance == "claimed" and held.sign_off.source.type == "cardStatement":
        failing = tuple(part for part in failing if part not in _SAID)
    told = [tell(held) for part, tell in PARTS.items() if part in failing]
    # A site's own policy may ask for more than there are words for here.
    told += [f"policy finds this wanting: {part}" for part in sorted(set(failing) - PARTS.keys())]
    return tuple(told)


def signer(signature: StatementSignature | CardSignature | None) -> str:
    """Who signed, as far as it is known."""
    if signature is None:
        return "nobody who is known"
    if signature.method == "key":
        return str(signature.key_id)
    return f"{signature.identity} ({signature.issuer})"


def _of_rejection(held: Held) -> list[str]:
    """A rejection needs less than an approval: to be of this version, and more than a claim."""
    told = [_version(held)] if "version" in held.standing.failing else []
    if held.sign_off.assurance == "claimed":
        told.append(_assured(held))
    return told or ["who rejected has approved this version in the same role since"]


def _named(_: Held) -> str:
    return "it names no approver"


def _sound(held: Held) -> str:
    return "; ".join(f"{problem.path}: {problem.message}" for problem in held.sign_off.problems)


def _assured(held: Held) -> str:
    sign_off = held.sign_off
    if sign_off.assurance != "claimed":
        accepted = " or ".join(held.standing.accepted_assurance)
        return f"it is {sign_off.assurance}, and setting signOff.acceptedAssurance takes {accepted}"
    if held.in_file:
        return (
            "it is only claimed, as anybody can write a file; --assume-authenticated says if it will count"
            f" once {sign_off.approver} has created it (`kubectl create -f`)"
        )
    return _CLAIMED[sign_off.source.type]


def _signer(held: Held) -> str:
    sign_off, holders = held.sign_off, held.standing.holders
    told = f"it is signed by {signer(sign_off.signature)}, whom setting signOff.trustedSigners does not trust"
    if not holders:
        return f"{told} at all"
    name = f"in the name of {sign_off.approver}; it is known as {' and '.join(holders)}"
    return f"{told} as {sign_off.role} {name}"


def _version(held: Held) -> str:
    return f"it is about version {held.sign_off.subject.version}, and the card about {held.model['version']}"


def _digest(held: Held) -> str:
    wanted = [entry["digest"] for entry in held.model["artifacts"] if entry.get("digest")]
    given = held.sign_off.subject.digest or "no digest"
    return f"it names {given} of the model, and the card {' or '.join(wanted) or 'no digest'}"


def _card_digest(held: Held) -> str:
    given = held.sign_off.subject.card_digest or "no digest"
    return (
        f"it approves the card with {given}, and this one has {held.card.digest}: it was changed since, or"
        " another one was read"
    )


def _recent(held: Held) -> str:
    days, tier = f"{held.standing.max_age_days:g}", held.standing.tier
    return f"it was given on {held.sign_off.issued_at}; in tier {tier} an approval counts for {days} days"


def _lasting(held: Held) -> str:
    return f"it ended on {held.sign_off.expires_at}"


def _independent(held: Held) -> str:
    ties = held.standing.ties
    if ties:
        return f"{held.sign_off.approver} is {' and '.join(ties)}; somebody independent has to approve"
    return "the card names no authors (spec.model.authors), so nobody can be shown to be independent"


def _active(held: Held) -> str:
    return (
        f"{held.sign_off.approver} has left (setting signOff.inactiveApprovers); somebody else has to approve"
    )


def _standing(held: Held) -> str:
    return f"{held.sign_off.approver} has rejected this version in the same role since"


_SAID = frozenset({"version", "digest", "cardDigest"})
"""Parts that a statement says; of one that does not verify, nobody said them."""
_CLAIMED = {
    "signOff": (
        "it is only claimed: the guard signoffs.mlgate.dev (a ValidatingAdmissionPolicy and its binding) is"
        f" missing, changed, was edited and put back, or is not {HEAD_START_SECONDS} s older than it; `mlgate"
        " doctor` tells which and how to mend it; then create it anew"
    ),
    "cardStatement": "its signature does not verify with what setting signatures.keys or .trustedRoot names",
    "cardClaim": "a line in the card is only a claim; let the approver create a SignOff, or sign",
}
"""By where an approval of the cluster stands: why it is worth no more."""
PARTS: dict[str, Callable[[Held], str]] = {
    "assured": _assured,
    "sound": _sound,
    "named": _named,
    "version": _version,
    "digest": _digest,
    "cardDigest": _card_digest,
    "recent": _recent,
    "lasting": _lasting,
    "independent": _independent,
    "active": _active,
    "signer": _signer,
    "standing": _standing,
}
"""By the name policy gives a part of a valid approval."""
