"""Cards in a registry, approved by signature: through the gate by kubectl, also when the registry is gone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from cluster.local import LocalCluster
from configured import configured
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from journeys import Journey
from refusals import refusal, refused_by_gate
from registry import Registry
from registry_site import BO, Site
from staging import Stage

pytestmark = pytest.mark.usefixtures("signing")
MISSING = "signoff.approval_missing"
REFUSED = [MISSING, "signoff.assurance_too_low"]
"""What a statement that does not verify leads to: what stands around it is a claim."""
NAMESPACE = "registry-cards"


@pytest.fixture(scope="module")
def site(
    cluster: LocalCluster, stage: Stage, signing: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A gate that reads cards of one registry, and a model whose card is not in the cluster."""
    journey = Journey(stage, stage.copy("ticket-router", NAMESPACE, without="ModelCard"))
    card = next(entry for entry in stage.cases["ticket-router"].evidence if entry["kind"] == "ModelCard")
    with Registry() as registry:
        made = Site(journey, card, registry, tmp_path_factory.mktemp("signing"))
        with configured(cluster, made.values(), tmp_path_factory.mktemp(NAMESPACE)):
            yield made


def test_a_card_in_a_registry_with_an_approval_by_key_is_applied(site: Site) -> None:
    spec = site.spec("by key")
    assert site.codes(site.push(spec)) == [MISSING]
    digest = site.push(spec, site.signed_by_command(spec))
    answer = site.journey.stage.cluster.kubectl.send("engineer", "apply", [site.workload(digest)])
    assert answer.ok, answer.errors
    assert site.journey.stage.stored(NAMESPACE, "InferenceService/ticket-router") is not None
    site.journey.stage.cluster.kubectl.must(
        "engineer", "delete", "inferenceservice", "ticket-router", "-n", NAMESPACE
    )


def test_an_approval_by_a_certificate_of_a_sigstore_is_found_beside_a_card(site: Site) -> None:
    digest = site.push_readme(site.spec("by certificate"), BO)
    assert site.codes(digest) == []
    answer = site.journey.stage.cluster.kubectl.send(
        "engineer", "apply", [site.workload(digest)], "--dry-run=server"
    )
    assert answer.ok, answer.errors


def test_whom_the_site_does_not_trust_approves_nothing(site: Site) -> None:
    spec = site.spec("by a stranger")
    unknown = site.push(spec, site.signed_by_key(spec, Ed25519PrivateKey.generate()))
    assert site.codes(unknown) == REFUSED
    stranger = site.push_readme(site.spec("by another person"), "petra@example.com")
    assert site.codes(stranger) == [MISSING, "signoff.signer_not_trusted"]


def test_what_was_signed_is_no_approval_of_another_card(site: Site) -> None:
    entry = site.signed_by_key(site.spec("as it was read"))
    assert site.codes(site.push(site.spec("as it was changed"), entry)) == [MISSING, "signoff.not_bound"]


def test_a_statement_that_was_altered_approves_nothing(site: Site) -> None:
    spec = site.spec("altered statement")
    entry = site.signed_by_key(spec)
    envelope = json.loads(entry["statement"])
    payload = base64.b64decode(envelope["payload"]).replace(b"businessOwner", b"modelRisk")
    envelope["payload"] = base64.b64encode(payload).decode()
    digest = site.push(spec, entry | {"statement": json.dumps(envelope)})
    assert site.codes(digest) == REFUSED


def test_what_a_registry_sends_instead_is_no_card(site: Site) -> None:
    spec = site.spec("swapped")
    digest = site.push(spec, site.signed_by_key(spec))
    site.registry.content[digest] = site.registry.content[digest].replace(b"text/plain", b"text/other")
    answer = site.journey.deploy("engineer", site.workload(digest))
    assert refused_by_gate(answer), answer.errors
    assert "model_card.invalid" in refusal(answer.errors).codes
    assert "has the digest" in answer.errors


@pytest.mark.parametrize("host", ["127.0.0.1", "registry.example.com"])
def test_a_registry_that_nobody_allowed_is_not_asked(site: Site, host: str) -> None:
    spec = site.spec("elsewhere")
    digest = site.push(spec, site.signed_by_key(spec))
    before = len(site.registry.asked)
    place = f"{host}:{site.registry.port}"
    answer = site.journey.deploy("engineer", site.workload(digest, place))
    assert "model_card.unavailable" in refusal(answer.errors).codes
    assert place in answer.errors
    assert len(site.registry.asked) == before


def test_without_the_registry_what_was_seen_is_still_allowed_and_nothing_else(site: Site) -> None:
    spec, later = site.spec("seen"), site.spec("not seen")
    seen, unseen = (site.push(entry, site.signed_by_key(entry)) for entry in (spec, later))
    foreign = site.push_readme(site.spec("seen in front of a README"), BO)
    rejected = site.push_readme(site.spec("rejected in front of a README"), BO, "rejected")
    assert [site.codes(digest) for digest in (seen, foreign)] == [[], []]
    reasons = site.codes(rejected)
    assert "signoff.rejected" in reasons
    site.registry.__exit__(None, None, None)  # and once more when the fixture ends, which does no harm
    apply = site.journey.stage.cluster.kubectl.send
    for digest in (seen, foreign):
        answer = apply("engineer", "apply", [site.workload(digest)], "--dry-run=server")
        assert answer.ok, answer.errors
    assert site.codes(rejected) == reasons
    refused = apply("engineer", "apply", [site.workload(unseen)], "--dry-run=server")
    assert refused_by_gate(refused), refused.errors
    assert "model_card.unavailable" in refusal(refused.errors).codes
    assert site.registry.host in refused.errors
