"""OpenSSF signatures of models, as `model_signing sign` makes them: who signed, and which root digest.

The root is over the digests of a model's files (https://github.com/ossf/model-signing-spec, version 1.0). No
file is read here, so which model has that root is for a card to say and for policy to believe.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from mlgate.domain.verified import ModelSignature
from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.in_toto import OMS_TYPE, InToto, read_in_toto
from mlgate.evidence.signatures.verify import StatementVerifier, Verified

MOST_MODEL_SIGNATURES = 16
"""Signatures of models beside one card that are looked at; each costs a few signature checks."""
_BEYOND = f"has more than {MOST_MODEL_SIGNATURES} beside its card, and the others are not looked at"


def signatures_beside_card(
    texts: Collection[str], models: Collection[str], verifier: StatementVerifier
) -> tuple[ModelSignature, ...]:
    """Those beside a card that verified, for each model the card may be about; else why there is none.

    Args:
        texts: the signatures, unverified.
        models: ids of the models.
        verifier: knows the signers that are recognised.
    """
    entries = list(dict.fromkeys(_signatures(texts, verifier)))
    told = [entry for entry in entries if entry.status == "verified"] or entries[-1:]
    return tuple(entry.model_copy(update={"model": model}) for model in models for entry in told)


def _signatures(texts: Collection[str], verifier: StatementVerifier) -> Iterator[ModelSignature]:
    for text in list(texts)[:MOST_MODEL_SIGNATURES]:
        try:
            verified = verifier.verify(text)
            yield _signed(verified, read_in_toto(verified.statement))
        except StatementRefused as refused:
            yield ModelSignature(model="", status="invalid", reason=str(refused))
    if len(texts) > MOST_MODEL_SIGNATURES:
        yield ModelSignature(model="", status="invalid", reason=_BEYOND)


def _signed(verified: Verified, statement: InToto) -> ModelSignature:
    """The signature in a statement that verified. Raises StatementRefused where it is none of a model."""
    if statement.predicate_type != OMS_TYPE:
        raise StatementRefused(f"is no signature of a model: it states {statement.predicate_type}")
    return ModelSignature(
        model="",
        status="verified",
        method="oms",
        digest=root_of(statement),
        identity=verified.signature.identity,
        issuer=verified.signature.issuer,
        key_id=verified.signature.key_id,
    )


def root_of(statement: InToto) -> str:
    """The root digest of the model that was signed.

    Raises:
        StatementRefused: it is about several, and the root must be the only one.
    """
    if len(statement.digests) != 1:
        raise StatementRefused("is about several subjects, and the model must be the only one")
    return statement.digests[0]
