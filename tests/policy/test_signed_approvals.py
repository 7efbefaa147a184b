"""Signed approvals, judged by the real gate and a real OPA: whoever signs is one person, in any name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from casebook.cases import EXAMPLES, Case, read_case, read_reference
from casebook.documents import Object
from casebook.foreign import codes
from casebook.shift import parse_day
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sigstore_chain import SigstoreChain

from mlgate.assembly import CheckFrom, assemble_check
from mlgate.evidence.digest import card_digest
from mlgate.evidence.signatures.keys import key_id
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement

CASE = "ticket-router"
MARA, INVENTED, ISSUER = "mara@example.com", "somebody.else@example.com", "https://login.example.com"
KEY = Ed25519PrivateKey.generate()
CHAIN = SigstoreChain()
MISSING, NOT_TRUSTED = "signoff.approval_missing", "signoff.signer_not_trusted"
DAY = parse_day(read_reference(EXAMPLES).reference_day)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A sound model that nobody has approved, where a key and a Sigstore are recognised."""
    public = tmp_path / "mara.pub.pem"
    public.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    root = tmp_path / "trusted_root.json"
    root.write_text(json.dumps(CHAIN.trusted_root()))
    monkeypatch.setenv("MLGATE_SIGNATURES__KEYS", json.dumps([str(public)]))
    monkeypatch.setenv("MLGATE_SIGNATURES__TRUSTED_ROOT", str(root))
    return read_case(EXAMPLES / CASE)


def by_key(role: str, name: str) -> tuple[str, str, str | None]:
    return role, name, None


def by_certificate(role: str, name: str, identity: str = MARA) -> tuple[str, str, str | None]:
    return role, name, identity


def entry(card: Object, role: str, name: str, identity: str | None) -> Object:
    """A signed approval of the card, in a name."""
    model, artifact = card["spec"]["model"], card["spec"]["model"]["artifacts"][0]
    predicate = {
        "role": role,
        "approver": name,
        "decision": "approved",
        "model": model["name"],
        "version": model["version"],
        "issuedAt": f"{DAY}T09:00:00Z",
    }
    statement = sign_off_statement(predicate, artifact["digest"], card_digest(card["spec"]))
    text = CHAIN.bundle(statement, identity, ISSUER) if identity else sign_statement(statement, KEY)
    return {"role": role, "approver": name, "decision": "approved", "statement": text}


def made(case: Case, *signed: tuple[str, str, str | None], authors: tuple[str, ...] = ()) -> Object:
    """The card of the case with these approvals in it."""
    card = copy.deepcopy(next(item for item in case.evidence if item["kind"] == "ModelCard"))
    card["spec"]["model"]["authors"] = [*card["spec"]["model"]["authors"], *authors]
    card["spec"]["signOffs"] = [entry(card, *one) for one in signed]
    return card


def an_object(case: Case, card: Object, **changed: Any) -> Object:
    """The SignOff of the case, about this card."""
    sign_off = copy.deepcopy(next(item for item in case.evidence if item["kind"] == "SignOff"))
    sign_off["spec"] |= {"cardDigest": card_digest(card["spec"])} | changed
    return sign_off


async def found(case: Case, folder: Path, card: Object, *more: Object, **site: Any) -> list[str]:
    """What keeps the workload out where the site's settings of approvals are these."""
    settings = folder / "settings.yaml"
    settings.write_text(json.dumps({"signOff": site}))
    others = [item for item in case.evidence if item["kind"] not in ("ModelCard", "SignOff")]
    source = CheckFrom(
        objects=(*others, card, *more),
        namespace=CASE,
        at=f"{DAY}T12:00:00Z",
        overrides=settings,
        assume_authenticated=True,
    )
    manifest = copy.deepcopy(case.manifest[0])
    manifest["metadata"]["annotations"]["mlgate.dev/model-card"] = (
        f"modelcard/{card['metadata']['name']}@{card_digest(card['spec'])}"
    )
    async with assemble_check(source) as running:
        return list((await codes(manifest, running))["violations"])


def trusted(**changed: Any) -> list[Object]:
    """The key as Mara's, and her identity."""
    roles = ["businessOwner", "modelRisk"]
    of_key = {"keyId": key_id(KEY.public_key()), "approver": MARA, "roles": roles}
    return [of_key, {"issuer": ISSUER, "identity": MARA, "roles": roles} | changed]


@pytest.mark.parametrize("by", [by_key, by_certificate])
@pytest.mark.parametrize("name", [MARA, " Mara@Example.com", f"oidc:{MARA}"])
async def test_who_signs_in_their_own_name_approves(case: Case, tmp_path: Path, by: Any, name: str) -> None:
    card = made(case, by("businessOwner", name))
    assert await found(case, tmp_path, card, trustedSigners=trusted()) == []


@pytest.mark.parametrize("by", [by_key, by_certificate])
@pytest.mark.parametrize(
    ("name", "told"), [(MARA, "signoff.approver_not_independent"), (INVENTED, NOT_TRUSTED)]
)
async def test_an_author_approves_in_no_name(
    case: Case, tmp_path: Path, by: Any, name: str, told: str
) -> None:
    card = made(case, by("businessOwner", name), authors=(MARA,))
    assert await found(case, tmp_path, card, trustedSigners=trusted()) == [MISSING, told]


@pytest.mark.parametrize("by", [by_key, by_certificate])
async def test_an_object_and_a_signature_of_one_person_are_one_person(
    case: Case, tmp_path: Path, by: Any
) -> None:
    two = {"trustedSigners": trusted()}
    two["required"] = {
        "limited": [{"roles": ["businessOwner"], "count": 1}, {"roles": ["modelRisk"], "count": 1}]
    }
    two["minDistinctApprovers"] = {"limited": 2}

    async def of(name: str, other: str) -> list[str]:
        card = made(case, by("businessOwner", name))
        also = an_object(case, card, role="modelRisk", approver=other)
        return await found(case, tmp_path, card, also, **two)

    assert await of(MARA, "bo@example.com") == []
    assert await of(MARA, MARA) == [MISSING]
    assert await of("nobody.real@example.com", MARA) == [MISSING, NOT_TRUSTED]


async def test_an_identity_stands_for_the_approver_that_the_setting_names(case: Case, tmp_path: Path) -> None:
    signers = trusted(approver="corp:mk", identity="build@example.com")
    own = made(case, by_certificate("businessOwner", "mk", "build@example.com"))
    other = made(case, by_certificate("businessOwner", "build@example.com", "build@example.com"))
    assert await found(case, tmp_path, own, trustedSigners=signers) == []
    assert await found(case, tmp_path, other, trustedSigners=signers) == [MISSING, NOT_TRUSTED]


async def test_a_signed_approval_is_revoked_by_its_signer_and_by_the_site(case: Case, tmp_path: Path) -> None:
    card = made(case, by_key("businessOwner", MARA))
    rejection = an_object(case, card, approver=MARA, decision="rejected")
    assert await found(case, tmp_path, card, trustedSigners=trusted()) == []
    assert await found(case, tmp_path, card, rejection, trustedSigners=trusted()) == [
        MISSING,
        "signoff.rejected",
    ]
    assert await found(case, tmp_path, card) == [MISSING, NOT_TRUSTED]
    left = {"trustedSigners": trusted(), "inactiveApprovers": [MARA]}
    assert await found(case, tmp_path, card, **left) == [MISSING]
