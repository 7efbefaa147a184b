"""Sign-offs, from objects and from cards."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mlgate.domain.evidence import Card, CardSource, StatementSignature
from mlgate.evidence.cards.formats.modelcard import Claim
from mlgate.evidence.cards.load import LoadedCard
from mlgate.evidence.cards.statements import MOST_LINES, lines_of
from mlgate.evidence.guards import Guard
from mlgate.evidence.sign_offs import MOST_CLAIMS, claims_of, of_models, read_sign_off
from mlgate.evidence.signatures.bundles import VerifiedBundle
from mlgate.evidence.signatures.keys import KeyRing, key_id
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement
from mlgate.evidence.signatures.verify import StatementVerifier

Make = Callable[..., dict[str, Any]]
STANDING = Guard(since="2026-01-01T00:00:00Z")
DIGEST = "sha256:" + "0" * 64
SIGNER = Ed25519PrivateKey.generate()


def verifier() -> StatementVerifier:
    return StatementVerifier(KeyRing(((key_id(SIGNER.public_key()), SIGNER.public_key()),)))


def signed() -> str:
    predicate = {
        "role": "modelRisk",
        "approver": "ines@example.com",
        "decision": "approved",
        "model": "other",
        "version": "9",
        "issuedAt": "2026-11-20",
    }
    return sign_statement(sign_off_statement(predicate, DIGEST, DIGEST), SIGNER)


def card(spec: dict[str, Any] | None = None, digest: str | None = DIGEST) -> Card:
    source = CardSource(type="modelcard", reference="modelcard/credit")
    return Card(source=source, status="found", digest=digest, card=spec)


def test_an_object_is_told_as_it_states_itself(sign_off: Make, now: str) -> None:
    stored = sign_off(cardDigest=DIGEST, expiresAt="2027-01-01", comment="read it")
    read = read_sign_off(stored, STANDING, "2026-12-31T00:00:00Z")
    assert read.problems == ()
    assert (read.assurance, read.role, read.approver, read.decision) == (
        "authenticated",
        "businessOwner",
        "s1@example.com",
        "approved",
    )
    assert (read.subject.model, read.subject.version, read.subject.card_digest) == ("credit", "2.3.1", DIGEST)
    assert (read.issued_at, read.expires_at) == (now, "2027-01-01T00:00:00Z")
    assert (read.source.type, read.source.reference) == ("signOff", "prod/s1")


def test_without_a_guard_it_is_only_claimed(sign_off: Make, now: str) -> None:
    assert read_sign_off(sign_off(), Guard(), now).assurance == "claimed"


def test_an_object_without_a_creation_time_is_of_now(sign_off: Make) -> None:
    read = read_sign_off(sign_off(created=None), Guard(assumed=True), "2026-12-01T00:00:00Z")
    assert read.issued_at == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("field", "value", "attribute"),
    [
        ("role", "king", "role"),
        ("decision", "APPROVED", "decision"),
        ("approver", ["a"], "approver"),
        ("expiresAt", "never", "expires_at"),
    ],
)
def test_what_cannot_be_read_is_null_and_named(
    sign_off: Make, now: str, field: str, value: Any, attribute: str
) -> None:
    read = read_sign_off(sign_off(**{field: value}), STANDING, now)
    assert getattr(read, attribute) is None
    assert [problem.path for problem in read.problems] == [f"spec.{field}"]


def test_a_digest_of_the_wrong_form_is_a_problem_and_not_an_approval_of_any_digest(
    sign_off: Make, now: str
) -> None:
    read = read_sign_off(sign_off(digest="sha256:short"), STANDING, now)
    assert read.subject.digest is None
    assert read.problems


@pytest.mark.parametrize("spec", [None, "x", []])
def test_an_object_without_a_spec_is_all_null(sign_off: Make, now: str, spec: Any) -> None:
    read = read_sign_off({**sign_off(), "spec": spec}, STANDING, now)
    assert (read.role, read.approver, read.decision) == (None, None, None)
    assert read.problems


def test_an_approval_that_is_being_deleted_says_so(sign_off: Make, now: str) -> None:
    stored = sign_off()
    stored["metadata"]["deletionTimestamp"] = now
    assert [problem.message for problem in read_sign_off(stored, STANDING, now).problems] == [
        "is being deleted"
    ]


def test_only_objects_about_the_models_count_in_the_order_of_their_names(sign_off: Make) -> None:
    stored = [sign_off("b"), sign_off("a"), sign_off("c", model="other"), {**sign_off("d"), "spec": None}]
    assert [entry["metadata"]["name"] for entry in of_models(stored, {"credit"})] == ["a", "b"]


@pytest.mark.parametrize("named", [None, "", 5, [], ["credit"], {}])
def test_an_object_that_names_no_model_is_about_none(sign_off: Make, named: Any) -> None:
    stored = sign_off(model=named)
    assert of_models([stored], {"credit"}) == []
    assert of_models([stored], {""}) == []


def test_a_claim_is_about_the_model_and_version_of_its_own_card(spec: dict[str, Any]) -> None:
    entry = {"role": "legal", "approver": "a", "decision": "approved", "issuedAt": "2026-11-01T00:00:00Z"}
    (read,) = claims_of(LoadedCard(card(spec), (Claim(2, entry, ()),)), StatementVerifier())
    assert (read.assurance, read.source.type) == ("claimed", "cardClaim")
    assert read.source.reference == "modelcard/credit#2"
    assert (read.subject.model, read.subject.version, read.subject.digest) == ("credit", "2.3.1", None)
    assert read.problems == ()


def test_a_statement_that_nobody_verified_is_a_claim_with_a_problem(spec: dict[str, Any]) -> None:
    (read,) = claims_of(LoadedCard(card(spec), (Claim(0, {"statement": "{}"}, ()),)), StatementVerifier())
    assert (read.assurance, read.source.type) == ("claimed", "cardStatement")
    assert [problem.path for problem in read.problems] == ["card.signOffs[0].statement"]


def test_a_statement_that_verifies_replaces_what_stands_around_it(spec: dict[str, Any]) -> None:
    entry = {"role": "legal", "approver": "mallory", "decision": "rejected", "statement": signed()}
    (read,) = claims_of(LoadedCard(card(spec), (Claim(1, entry, ()),)), verifier())
    assert (read.assurance, read.source.type) == ("signed", "cardStatement")
    assert (read.role, read.approver, read.decision) == ("modelRisk", "ines@example.com", "approved")
    assert (read.subject.model, read.subject.version, read.subject.digest) == ("other", "9", DIGEST)
    assert (read.subject.card_digest, read.issued_at) == (DIGEST, "2026-11-20T00:00:00Z")
    assert read.signature is not None
    assert read.signature.key_id == key_id(SIGNER.public_key())
    assert read.problems == ()


def test_a_signed_statement_of_another_kind_is_no_approval(spec: dict[str, Any]) -> None:
    text = sign_statement({"_type": "https://in-toto.io/Statement/v1", "predicateType": "x"}, SIGNER)
    (read,) = claims_of(LoadedCard(card(spec), (Claim(0, {"statement": text}, ()),)), verifier())
    assert (read.assurance, read.signature) == ("claimed", None)
    assert "predicateType" in read.problems[0].message


class Certified:
    """A verifier that recognised the certificate of one person."""

    def verify(self, text: str) -> VerifiedBundle:
        payload = base64.b64decode(json.loads(text)["dsseEnvelope"]["payload"])
        signature = StatementSignature(method="sigstore", identity="eve@example.com", issuer="x")
        return VerifiedBundle(payload, signature, signed_at=None)


def test_whoever_signs_with_a_certificate_is_told_beside_the_name_in_the_statement(
    spec: dict[str, Any],
) -> None:
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "dsseEnvelope": json.loads(signed()),
    }
    claim = Claim(0, {"statement": json.dumps(bundle)}, ())
    certified: Any = Certified()
    (read,) = claims_of(LoadedCard(card(spec), (claim,)), StatementVerifier(bundles=certified))
    assert (read.assurance, read.approver) == ("signed", "ines@example.com")
    assert read.signature is not None
    assert (read.signature.identity, read.problems) == ("eve@example.com", ())


def test_of_a_card_full_of_statements_only_the_first_are_verified(spec: dict[str, Any]) -> None:
    claims = tuple(Claim(index, {"statement": signed()}, ()) for index in range(33))
    read = claims_of(LoadedCard(card(spec), claims), verifier())
    assert [entry.assurance for entry in read] == ["signed"] * 32 + ["claimed"]
    assert "is not looked at" in read[-1].problems[0].message


def test_approvals_beyond_the_most_are_told_once_and_not_looked_at(spec: dict[str, Any]) -> None:
    many = tuple(Claim(index, {}, ()) for index in range(MOST_CLAIMS + 1000))
    read = claims_of(LoadedCard(card(spec), many), StatementVerifier())
    assert len(read) == MOST_CLAIMS + 1
    assert [problem.message for problem in read[-1].problems] == [
        f"the statement and all after it are not looked at: a card has at most {MOST_CLAIMS} approvals"
    ]
    assert all(not sign_off.problems for sign_off in read[:-1])


def test_a_text_of_very_many_lines_gives_few_statements() -> None:
    lines = lines_of("a\n" * 100_000)
    assert len(lines) == MOST_LINES > MOST_CLAIMS
    assert lines_of("\n a \n\nb") == (" a ", "b")
