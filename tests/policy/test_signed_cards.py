"""A site that trusts signers of cards: what is admitted there, by the real gate and a real OPA."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from casebook.cases import EXAMPLES, read_case, read_reference
from casebook.documents import Object
from casebook.foreign import codes
from casebook.shift import parse_day
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlgate.assembly import CheckFrom, assemble_check
from mlgate.evidence.digest import card_digest
from mlgate.evidence.signatures.card import card_statement
from mlgate.evidence.signatures.keys import key_id
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement

CODE = "model_card.signature_not_verified"
CASE = "ticket-router"
OFFICE, PIPELINE, STRANGER = (Ed25519PrivateKey.generate() for _ in range(3))
"""One who is trusted with cards, one who is known and trusted with other things, and one nobody knows."""


def signed(digest: str, key: Ed25519PrivateKey, **changed: Any) -> str:
    return sign_statement(card_statement(digest, {}) | changed, key)


def signatures(digest: str) -> dict[str, str | None]:
    """What stands in the annotation, by what is wrong with it."""
    other = "sha256:" + "0" * 64
    good = signed(digest, OFFICE)
    return {
        "good": good,
        "among-bad-ones": "\n".join(["no signature", signed(other, OFFICE), signed(digest, PIPELINE), good]),
        "none": None,
        "empty": "",
        "garbage": "no signature",
        "cut": good[:-20],
        "of-another-card": signed(other, OFFICE),
        "of-the-pipeline": signed(digest, PIPELINE),
        "of-a-stranger": signed(digest, STRANGER),
        "an-approval": sign_statement(sign_off_statement({"model": "m"}, None, digest), OFFICE),
        "of-something-else": signed(digest, OFFICE, predicateType="https://slsa.dev/provenance/v1"),
        "of-several-cards": signed(
            digest, OFFICE, subject=[{"digest": {"sha256": d[7:]}} for d in (digest, other)]
        ),
    }


def cards(pattern: Object) -> list[Object]:
    """The card of the example, with each signature."""
    digest = card_digest(pattern["spec"])
    found = []
    for name, text in signatures(digest).items():
        card = copy.deepcopy(pattern)
        card["metadata"]["name"] = name
        if text is not None:
            card["metadata"].setdefault("annotations", {})["mlgate.dev/card-signature"] = text
        found.append(card)
    return found


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of the site; the installation recognises two keys."""
    for name, key in {"office": OFFICE, "pipeline": PIPELINE}.items():
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{name}.pem").write_bytes(public)
    named = ",".join(f'"{tmp_path / name}.pem"' for name in ("office", "pipeline"))
    monkeypatch.setenv("MLGATE_SIGNATURES__KEYS", f"[{named}]")
    settings = tmp_path / "settings.yaml"
    trusted = [{"keyId": key_id(OFFICE.public_key())}]
    settings.write_text(yaml.safe_dump({"modelCard": {"trustedSigners": trusted}}))
    return settings


async def test_only_a_card_with_a_signature_of_a_trusted_signer_is_admitted(known: Path) -> None:
    case = read_case(EXAMPLES / CASE)
    pattern = next(item for item in case.evidence if item["kind"] == "ModelCard")
    made = cards(pattern)
    day = parse_day(read_reference(EXAMPLES).reference_day)
    source = CheckFrom(
        objects=(*case.evidence, *made),
        namespace=CASE,
        at=f"{day}T12:00:00Z",
        overrides=known,
        assume_authenticated=True,
    )
    found: dict[str, list[str]] = {}
    async with assemble_check(source) as running:
        for card in made:
            manifest = copy.deepcopy(case.manifest[0])
            name = card["metadata"]["name"]
            reference = f"modelcard/{name}@{card_digest(card['spec'])}"
            manifest["metadata"]["annotations"]["mlgate.dev/model-card"] = reference
            found[name] = (await codes(manifest, running))["violations"]
    admitted = {name for name, violations in found.items() if not violations}
    assert admitted == {"good", "among-bad-ones"}
    assert {tuple(violations) for violations in found.values()} == {(), (CODE,)}
