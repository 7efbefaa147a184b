"""Models signed with OpenSSF model signing: what is admitted, by the real gate and a real OPA."""

from __future__ import annotations

import copy
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
from registry import LISTINGS, Registry
from signed_model import oms_statement, root_of
from sigstore_chain import SigstoreChain

from mlgate.assembly import assemble
from mlgate.evidence.signatures.bundles import BUNDLE_TYPE
from mlgate.settings import Settings, load_settings

CASE = "ticket-router"
CODE = "supply_chain.model_signature_not_verified"
PIPELINE, STRANGER, ISSUER = "pipeline@example.com", "petra@example.com", "https://login.example.com"
FILES = {"config.json": b"{}", "weights/model.safetensors": b"weights"}
OTHER_FILES = {"model.safetensors": b"of another model of the same pipeline"}
AT = "s3://models/ticket-router/1.4.0/"


@dataclass
class Site:
    """A site that trusts one pipeline with its models, and a registry."""

    registry: Registry
    folder: Path
    chain: SigstoreChain = field(
        default_factory=lambda: SigstoreChain(datetime.now(UTC) - timedelta(hours=1))
    )

    def __post_init__(self) -> None:
        """Take the example as it is today."""
        today = datetime.now(UTC).date()
        self.case = next(case for case in cases_on(today, EXAMPLES) if case.name == CASE)

    def signed(self, files: dict[str, bytes] = FILES, who: str = PIPELINE, **changed: Any) -> str:
        """A bundle over a model with these files."""
        return self.chain.bundle(oms_statement(files) | changed, who, ISSUER)

    def card(self, *artifacts: Object, **annotations: str) -> Object:
        """The card of the example, of other artifacts."""
        pattern = next(item for item in self.case.evidence if item["kind"] == "ModelCard")
        card: Object = copy.deepcopy(pattern)
        card["spec"]["model"]["artifacts"] = [dict(artifact) for artifact in artifacts]
        if annotations:
            named = {f"mlgate.dev/{name.replace('_', '-')}": text for name, text in annotations.items()}
            card["metadata"]["annotations"] = card["metadata"].get("annotations", {}) | named
        return card

    def workload(self, uri: str, reference: str | None = None) -> Object:
        """What is deployed."""
        manifest: Object = copy.deepcopy(self.case.manifest[0])
        card = next(item for item in self.case.evidence if item["kind"] == "ModelCard")
        manifest["spec"]["predictor"]["model"]["storageUri"] = uri
        annotations = manifest["metadata"]["annotations"]
        annotations["mlgate.dev/model-card"] = reference or f"modelcard/{card['metadata']['name']}"
        return manifest

    def settings(self, *objects: Object) -> Settings:
        """Of a gate that knows the Sigstore and reads the registry."""
        around = [item for item in self.case.evidence if item["kind"] != "ModelCard"]
        trusted = {"supplyChain": {"trustedSigners": [{"issuer": ISSUER, "identity": PIPELINE}]}}
        files = {
            "cluster.yaml": yaml.safe_dump_all([*around, *objects]),
            "root.json": json.dumps(self.chain.trusted_root()),
            "ca.pem": self.registry.authority.cert_pem.bytes().decode(),
            "settings.yaml": yaml.safe_dump(trusted),
        }
        for name, text in files.items():
            (self.folder / name).write_text(text)
        host = self.registry.host
        oci: dict[str, Any] = {"registries": [host], "private": [host], "ca": self.folder / "ca.pem"}
        evidence = {
            "files": [self.folder / "cluster.yaml"],
            "assume_authenticated": True,
            "card_sources": ["modelcard", "configmap", "oci"],
            "config_maps": True,
            "oci": oci,
        }
        signatures = {"served": True, "trusted_root": self.folder / "root.json"}
        chosen = {"evidence": evidence, "signatures": signatures}
        return load_settings(chosen | {"policy": {"settings": self.folder / "settings.yaml"}})

    async def is_unsigned(self, workload: Object, *objects: Object) -> bool:
        """Whether the model counts as one without a signature."""
        async with assemble(self.settings(*objects)) as running:
            return CODE in (await codes(workload, running))["violations"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Registry() as registry:
        yield Site(registry, tmp_path)


STATED = {"uri": AT, "digest": root_of(FILES), "format": "safetensors"}


async def test_a_model_in_a_bucket_is_signed_by_what_the_card_carries(site: Site) -> None:
    card = site.card(STATED, model_signature=site.signed())
    assert not await site.is_unsigned(site.workload(AT), card)


async def test_of_several_signatures_one_that_counts_is_enough(site: Site) -> None:
    texts = ["no bundle", site.signed(OTHER_FILES), site.signed(who=STRANGER), site.signed()]
    assert not await site.is_unsigned(site.workload(AT), site.card(STATED, model_signature="\n".join(texts)))


async def test_a_bundle_in_a_config_map_beside_the_card_counts(site: Site) -> None:
    card = site.card(STATED)
    data = {"card.yaml": yaml.safe_dump(card["spec"]), "card.yaml.model.sig": site.signed()}
    stored = {"apiVersion": "v1", "kind": "ConfigMap", "data": data}
    stored["metadata"] = {"name": "cards", "namespace": CASE}
    workload = site.workload(AT, "configmap/cards/card.yaml")
    assert not await site.is_unsigned(workload, stored)


@pytest.mark.parametrize("listing", LISTINGS)
async def test_a_bundle_that_refers_to_the_card_in_a_registry_counts(site: Site, listing: Any) -> None:
    site.registry.listing = listing
    digest = site.registry.push_artifact(json.dumps(site.card(STATED)["spec"]).encode())
    workload = site.workload(AT, f"oci://{site.registry.host}/team/cards@{digest}")
    async with assemble(site.settings()) as running:
        assert CODE in (await codes(workload, running))["violations"]
        site.registry.push_artifact(site.signed().encode(), kind=BUNDLE_TYPE, subject={"digest": digest})
        assert CODE not in (await codes(workload, running))["violations"]
        site.registry.fault = lambda handler: handler.answer(503)
        assert CODE not in (await codes(workload, running))["violations"], "it was seen before"


async def test_a_bundle_that_refers_to_the_model_in_a_registry_counts_if_the_card_knows_the_root(
    site: Site,
) -> None:
    digest = site.registry.push_artifact(*FILES.values())
    site.registry.push_artifact(site.signed().encode(), kind=BUNDLE_TYPE, subject={"digest": digest})
    at = f"oci://{site.registry.host}/team/router@{digest}"
    served = {"uri": at, "digest": digest, "format": "safetensors"}
    assert await site.is_unsigned(site.workload(at), site.card(served)), (
        "anybody may push a bundle of any model"
    )
    root = {**served, "digest": root_of(FILES)}
    assert not await site.is_unsigned(site.workload(at), site.card(served, root))


HOSTILE: dict[str, tuple[Object, str]] = {
    "the root of another model": (STATED | {"digest": root_of(OTHER_FILES)}, "good"),
    "a signature of another model": (STATED, "of another model"),
    "the same root, somewhere else": (STATED | {"uri": "s3://models/ticket-router/1.3.9/"}, "good"),
    "no root": ({key: value for key, value in STATED.items() if key != "digest"}, "good"),
    "a signer who is trusted with nothing": (STATED, "of a stranger"),
    "a signer of a Sigstore nobody knows": (STATED, "of another Sigstore"),
    "two models signed at once": (STATED, "of two"),
    "a statement of another kind": (STATED, "provenance"),
    "an altered statement": (STATED, "altered"),
    "half a bundle": (STATED, "cut"),
    "nothing at all": (STATED, "empty"),
}


@pytest.fixture
def bundles(site: Site) -> dict[str, str]:
    good = site.signed()
    two = [*oms_statement(OTHER_FILES)["subject"], *oms_statement(FILES)["subject"]]
    altered = json.loads(site.signed(OTHER_FILES))
    altered["dsseEnvelope"]["payload"] = json.loads(good)["dsseEnvelope"]["payload"]
    return {
        "good": good,
        "of another model": site.signed(OTHER_FILES),
        "of a stranger": site.signed(who=STRANGER),
        "of another Sigstore": SigstoreChain(site.chain.at).bundle(oms_statement(FILES), PIPELINE, ISSUER),
        "of two": site.signed(subject=two),
        "provenance": site.signed(predicateType="https://slsa.dev/provenance/v1"),
        "altered": json.dumps(altered),
        "cut": good[: len(good) // 2],
        "empty": "",
    }


async def test_nothing_else_makes_a_model_signed(site: Site, bundles: dict[str, str]) -> None:
    """All in one gate: each card has a name of its own."""
    cards = []
    for index, (artifact, bundle) in enumerate(HOSTILE.values()):
        card = site.card(artifact, model_signature=bundles[bundle])
        card["metadata"]["name"] = f"hostile-{index}"
        cards.append(card)
    admitted = []
    async with assemble(site.settings(*cards, site.card(STATED, model_signature=bundles["good"]))) as running:
        assert CODE not in (await codes(site.workload(AT), running))["violations"]
        for index, name in enumerate(HOSTILE):
            workload = site.workload(AT, f"modelcard/hostile-{index}")
            if CODE not in (await codes(workload, running))["violations"]:
                admitted.append(name)
    assert admitted == []
