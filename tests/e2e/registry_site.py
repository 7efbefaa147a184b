"""A site whose cards lie in a registry, with approvals signed by key or by a certificate of a Sigstore."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from casebook.documents import Object
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from journeys import Journey, written
from registry import Registry
from sigstore_chain import SigstoreChain

from mlgate.evidence.digest import card_digest
from mlgate.evidence.signatures.keys import key_id
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement

MLGATE = Path(sys.executable).with_name("mlgate")
BO, ISSUER = "bo@example.com", "https://login.example.com"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


@dataclass
class Site:
    """A registry, and who signs: somebody with a key, and somebody whom a Sigstore knows."""

    journey: Journey
    card: Object
    """Of the model, as it would lie in the cluster; it does not."""
    registry: Registry
    folder: Path
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    chain: SigstoreChain = field(
        default_factory=lambda: SigstoreChain(datetime.now(UTC) - timedelta(hours=1))
    )

    def values(self) -> Object:
        """Values of the chart: one registry at a private address, and two signers who may approve."""
        spki = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signers = [
            {"keyId": key_id(self.key.public_key()), "approver": BO, "roles": ["businessOwner"]},
            {"issuer": ISSUER, "identity": BO, "roles": ["businessOwner"]},
        ]
        authority = self.registry.authority.cert_pem.bytes().decode()
        oci = {"registries": [self.registry.host], "private": [self.registry.host], "ca": authority}
        return {
            "evidence": {"cardSources": ["modelcard", "oci"], "oci": oci},
            "signatures": {
                "keys": {"bo.pem": self.key.public_key().public_bytes(*spki).decode()},
                "trustedRoot": json.dumps(self.chain.trusted_root()),
            },
            "policy": {"settings": {"signOff": {"trustedSigners": signers}}},
        }

    def spec(self, note: str) -> Object:
        """A card that no other test has; nothing of it is stored in the cluster."""
        spec: Object = self.card["spec"]
        return spec | {"limitations": [f"Tickets of fewer than ten words go astray. ({note})"]}

    def signed_by_command(self, spec: Object) -> Object:
        """The entry for the card that `mlgate sign` makes with the key."""
        file, card = self.folder / "key.pem", self.folder / "card.yaml"
        file.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        card.write_text(yaml.safe_dump(self.card | {"spec": spec}))
        command = [str(MLGATE), "sign", "--key", str(file), "--card", str(card)]
        command += ["--role", "businessOwner", "--user", BO, "--output", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own
        entry: Object = json.loads(done.stdout)
        return entry

    def signed_by_key(self, spec: Object, key: Ed25519PrivateKey | None = None) -> Object:
        """The same without the command, perhaps with another key."""
        statement = _statement(spec, BO, card_digest(spec))
        return {**_decision(BO), "statement": sign_statement(statement, key or self.key)}

    def push(self, spec: Object, *entries: Object) -> str:
        """Store a card with approvals in it; the digest of the artifact."""
        return self.registry.push_artifact(json.dumps(spec | {"signOffs": list(entries)}).encode())

    def push_readme(self, spec: Object, identity: str, decision: str = "approved") -> str:
        """Store a card in front of a README, and beside it the decision of somebody a Sigstore knows."""
        front = yaml.safe_dump({"pipeline_tag": "text-classification", "mlgate": spec}, sort_keys=False)
        digest = self.registry.push_artifact(f"---\n{front}---\n# Ticket router\n".encode())
        statement = _statement(spec, identity, digest, decision)
        bundle = self.chain.bundle(statement, identity, ISSUER).encode()
        self.registry.push_artifact(bundle, kind=BUNDLE, subject={"digest": digest})
        return digest

    def workload(self, digest: str, host: str | None = None) -> Object:
        """What is deployed, with the card of that digest."""
        workload = self.journey.workload
        reference = f"oci://{host or self.registry.host}/support/cards@{digest}"
        workload["metadata"]["annotations"]["mlgate.dev/model-card"] = reference
        return workload

    def codes(self, digest: str) -> list[str]:
        """Why the workload with that card is refused."""
        return self.journey.codes(entry=self.workload(digest))


def _decision(approver: str) -> Object:
    issued = written(datetime.now(UTC) - timedelta(minutes=1))
    return {"role": "businessOwner", "approver": approver, "decision": "approved", "issuedAt": issued}


def _statement(spec: Object, approver: str, digest: str, decision: str = "approved") -> Object:
    """A decision about the card with that digest."""
    model = spec["model"]
    decided = {**_decision(approver), "decision": decision}
    predicate = {**decided, "model": model["name"], "version": model["version"]}
    return sign_off_statement(predicate, model["artifacts"][0]["digest"], digest)
