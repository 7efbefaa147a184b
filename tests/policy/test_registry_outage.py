"""A card of another format in a registry that answers no more: judged by the real gate and a real OPA."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from casebook.cases import EXAMPLES
from casebook.documents import Object
from casebook.foreign import codes
from casebook.twins import cases_on
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from registry import Registry

from mlgate.assembly import assemble
from mlgate.evidence.signatures.keys import key_id
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement
from mlgate.settings import Settings, load_settings

CASE = "ticket-router"
SIGN_OFF = "application/vnd.mlgate.sign-off.v1+json"
MISSING, REJECTED = "signoff.approval_missing", "signoff.rejected"


@dataclass
class Place:
    """A registry with the card of the example in front of a README, and who may sign beside it."""

    registry: Registry
    folder: Path
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        """Store the card."""
        today = datetime.now(UTC).date()
        self.case = next(case for case in cases_on(today, EXAMPLES) if case.name == CASE)
        card = next(item for item in self.case.evidence if item["kind"] == "ModelCard")
        self.model: Object = card["spec"]["model"]
        front = yaml.safe_dump({"pipeline_tag": "text-classification", "mlgate": card["spec"]})
        self.digest = self.registry.push_artifact(f"---\n{front}---\n# Router\n".encode())

    def state(self, decision: str, minutes_ago: int = 5) -> None:
        """Attach a decision, signed with the key that is trusted."""
        issued = (datetime.now(UTC) - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
        predicate = {
            "role": "businessOwner",
            "approver": "bo@example.com",
            "decision": decision,
            "issuedAt": issued,
            "model": self.model["name"],
            "version": self.model["version"],
        }
        statement = sign_off_statement(predicate, self.model["artifacts"][0]["digest"], self.digest)
        text = sign_statement(statement, self.key).encode()
        self.registry.push_artifact(text, kind=SIGN_OFF, subject={"digest": self.digest})

    def sign_offs(self) -> list[Object]:
        """The approvals of the example, as objects, of this card."""
        found = [item for item in self.case.evidence if item["kind"] == "SignOff"]
        return [item | {"spec": item["spec"] | {"cardDigest": self.digest}} for item in found]

    def manifest(self) -> Object:
        """What is deployed."""
        manifest: Object = json.loads(json.dumps(self.case.manifest[0]))
        reference = f"oci://{self.registry.host}/support/cards@{self.digest}"
        manifest["metadata"]["annotations"]["mlgate.dev/model-card"] = reference
        return manifest

    def settings(self, *objects: Object) -> Settings:
        """Of a gate that reads the registry and knows the key."""
        around = [item for item in self.case.evidence if item["kind"] not in {"ModelCard", "SignOff"}]
        files = {
            "cluster.yaml": yaml.safe_dump_all([*around, *objects]).encode(),
            "bo.pem": self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "ca.pem": self.registry.authority.cert_pem.bytes(),
            "settings.yaml": yaml.safe_dump({"signOff": {"trustedSigners": [_signer(self.key)]}}).encode(),
        }
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        host = self.registry.host
        oci: dict[str, Any] = {"registries": [host], "private": [host], "ca": self.folder / "ca.pem"}
        evidence = {
            "files": [self.folder / "cluster.yaml"],
            "assume_authenticated": True,
            "card_sources": ["modelcard", "oci"],
            "oci": oci,
        }
        return load_settings(
            {
                "evidence": evidence,
                "signatures": {"keys": [self.folder / "bo.pem"]},
                "policy": {"settings": self.folder / "settings.yaml"},
            }
        )

    def go(self) -> None:
        """Let the registry answer nobody any more."""
        self.registry.fault = lambda handler: handler.answer(503)


def _signer(key: Ed25519PrivateKey) -> Object:
    return {"keyId": key_id(key.public_key()), "approver": "bo@example.com", "roles": ["businessOwner"]}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Registry(listing="tag") as registry:
        yield Place(registry, tmp_path)


async def before_and_after(place: Place, *objects: Object) -> list[list[str]]:
    """Why it is refused while the registry answers, and when it does no more."""
    async with assemble(place.settings(*objects)) as running:
        before = (await codes(place.manifest(), running))["violations"]
        place.go()
        return [before, (await codes(place.manifest(), running))["violations"]]


async def test_an_approval_that_was_seen_beside_the_card_still_counts(place: Place) -> None:
    place.state("approved")
    assert await before_and_after(place) == [[], []]


async def test_an_approval_as_an_object_counts_though_nothing_lay_beside_the_card(place: Place) -> None:
    assert await before_and_after(place, *place.sign_offs()) == [[], []]


async def test_without_an_approval_an_outage_brings_none(place: Place) -> None:
    assert await before_and_after(place) == [[MISSING], [MISSING]]


async def test_a_rejection_that_was_seen_still_counts(place: Place) -> None:
    place.state("approved", minutes_ago=9)
    place.state("rejected", minutes_ago=5)
    before, after = await before_and_after(place)
    assert REJECTED in before
    assert before == after


async def test_what_was_never_seen_lets_nothing_in(place: Place) -> None:
    place.state("rejected")
    registries = place.registry
    async with assemble(place.settings(*place.sign_offs())) as running:
        store = running.gate.evidence_options.registries
        assert store is not None
        for digest, data in registries.content.items():
            store.store.keep(digest, data)
        place.go()
        found = (await codes(place.manifest(), running))["violations"]
    assert MISSING in found
