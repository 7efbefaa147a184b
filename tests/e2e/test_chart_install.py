"""`helm install` of mlgate itself: what it refuses, when, and that nothing is left locked.

The tests follow one installation through its life, in their order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
import yaml
from attempts import attempts
from casebook.cases import Case
from casebook.documents import Object, label
from chart.rendering import NAMESPACE, RELEASE
from chart.values import CHART
from cluster.pki import Authority
from conftest import ROOT
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from earlier import earlier_chart
from installation import Installation, cluster, until
from records import waiver
from refusals import refusal, refused_by_gate

PROFILES = ("sandbox", "development", "staging", "production")
MADE = (f"{RELEASE}-helm-authority", f"{RELEASE}-helm-tls")
OWNED = (("deployment", "-n", NAMESPACE), ("validatingwebhookconfiguration",))
CURRENT = f"mlgate-{yaml.safe_load((CHART / 'Chart.yaml').read_text())['version']}"
RECORDS = "records.mlgate.dev"
WEBHOOKS = ("validatingwebhookconfiguration", RELEASE)
ENFORCING = [f"decision.mode.{profile}=enforce" for profile in PROFILES]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Installation]:
    say("a control plane with a node starts, and helm installs mlgate")
    with cluster(tmp_path_factory.mktemp("site"), ROOT / ".tools" / "bin") as made:
        made.notes = made.install()
        yield made


@pytest.fixture(scope="module")
def good(site: Installation, cases: dict[str, Case]) -> Object:
    """A model that a sandbox allows, its card in place."""
    return _placed(site, cases["sandbox-experiment"])


@pytest.fixture(scope="module")
def bad(site: Installation, cases: dict[str, Case]) -> Object:
    """The same model where production asks for more."""
    return _placed(site, cases["sandbox-experiment-in-production"])


def _placed(site: Installation, case: Case) -> Object:
    for entry in case.evidence:
        if entry["kind"] in {"Namespace", "ModelCard"}:
            answer = site.send(entry)
            assert answer.ok or "AlreadyExists" in answer.errors, f"{label(entry)}: {answer.errors}"
    (found,) = case.manifest
    return found


def test_a_new_installation_says_that_it_refuses_nothing_yet(site: Installation) -> None:
    assert "NOTHING IS REFUSED YET" in site.notes
    assert site.policies() == ["Ignore", "Ignore", "Fail"]
    assert len(site.node.ready) == 2


def test_in_audit_a_bad_model_is_stored_and_recorded(site: Installation, bad: Object) -> None:
    answer = site.send(bad, "--dry-run=server")
    assert answer.ok, answer.errors
    told = "".join(child.log.read_text() for pod in site.node.ready for child in pod.children.values())
    assert bad["metadata"]["name"] in told
    assert "audit" in told


def test_in_audit_a_bad_record_is_refused_all_the_same(site: Installation) -> None:
    ended = waiver("ended", approvedBy="ada@example.com", expiresAt="2020-01-01")
    answer = site.send(ended, "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "waiver.expiry_invalid" in refusal(answer.errors).codes


def test_helm_test_shows_that_the_gate_is_asked_and_leaves_nothing_behind(site: Installation) -> None:
    answer = site.helm("test", RELEASE, "--timeout=120s")
    assert answer.ok, f"{answer.output}{answer.errors}\n{site.told()}"
    assert "Succeeded" in answer.output
    assert site.hooks() == []


def test_helm_test_fails_where_the_gate_is_not_believed_or_the_webhook_is_not_there(
    site: Installation,
) -> None:
    strange = base64.b64encode(trustme.CA().cert_pem.bytes()).decode()
    change = {
        "webhooks": [{"name": RECORDS, "failurePolicy": "Ignore", "clientConfig": {"caBundle": strange}}]
    }
    kubectl = site.plane.kubectl
    kubectl.must("administrator", "patch", *WEBHOOKS, "--type=strategic", "-p", json.dumps(change))
    assert not site.helm("test", RELEASE, "--timeout=120s").ok
    assert "✗ passed" in site.attempt(), "the webhook fails open"
    assert site.hooks() == [f"pod/{RELEASE}-test"], "what it was allowed is taken back, its log stays"

    kubectl.must("administrator", "delete", *WEBHOOKS)
    assert not site.helm("test", RELEASE, "--timeout=120s").ok
    assert "✗ passed" in site.attempt(), "there is no webhook"

    site.change()
    assert site.policies() == ["Ignore", "Ignore", "Fail"], "an upgrade puts it back"


def test_one_upgrade_enforces_and_closes(site: Installation, bad: Object, good: Object) -> None:
    before = site.webhook()["webhooks"][0]["clientConfig"]
    assert site.setting("MLGATE_DECISION__ON_ERROR") == "allow"
    notes = site.change(*ENFORCING)
    assert "Objects of development, production, sandbox, staging" in notes
    assert site.policies() == ["Fail", "Fail", "Fail"]
    assert site.setting("MLGATE_DECISION__ON_ERROR") == "deny"
    assert site.webhook()["webhooks"][0]["clientConfig"] == before, "authority and service stay"
    until(lambda: not site.send(bad, "--dry-run=server").ok, 30, "the webhook never refused")
    answer = site.send(bad, "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "fairness.bias_test_missing" in refusal(answer.errors).codes
    assert site.send(good, "--dry-run=server").ok


def test_all_pods_deleted_come_back(site: Installation, bad: Object) -> None:
    names = [pod.name for pod in site.node.ready]
    site.plane.kubectl.must("administrator", "delete", "pod", *names, "-n", NAMESPACE, "--wait=false")
    until(
        lambda: len(site.node.ready) == 2 and not set(names) & {pod.name for pod in site.node.ready},
        120,
        "the pods did not come back",
    )
    assert refused_by_gate(site.send(bad, "--dry-run=server"))


def test_the_authority_helm_made_is_the_one_the_api_server_trusts(site: Installation) -> None:
    made = site.get("secret", f"{RELEASE}-helm-authority", "-n", NAMESPACE)["data"]["bundle.crt"]
    assert site.trusted() == made
    assert b"BEGIN CERTIFICATE" in base64.b64decode(made)


def test_uninstalled_nothing_is_judged_and_the_records_stay(
    site: Installation, bad: Object, good: Object
) -> None:
    with attempts(site, good) as answers:
        answer = site.helm("uninstall", RELEASE, "--wait", "--timeout=120s")
    assert answer.ok, answer.errors
    assert answers.refused == [], "the webhook goes before what it calls"
    until(lambda: site.send(bad, "--dry-run=server").ok, 30, "something still refuses")
    assert site.send(bad).ok
    for kind in ("crd", "validatingadmissionpolicy", "validatingadmissionpolicybinding"):
        site.get(kind, "waivers.mlgate.dev")
    found = site.plane.kubectl.must(
        "administrator", "get", "validatingwebhookconfigurations,clusterroles", "-o", "name"
    )
    assert "mlgate" not in found
    assert "modelcard" in site.plane.kubectl.must("administrator", "get", "modelcards", "-A", "-o", "name")


def test_an_earlier_version_is_installed_and_judges(
    site: Installation, bad: Object, good: Object, tmp_path: Path
) -> None:
    site.install(*ENFORCING, chart=earlier_chart(tmp_path))
    assert len(site.node.ready) == 2
    assert "shortNames" not in _waivers(site)
    again = bad | {"metadata": bad["metadata"] | {"name": "again"}}
    until(lambda: not site.send(again, "--dry-run=server").ok, 30, "the webhook never refused")
    assert refused_by_gate(site.send(again, "--dry-run=server"))
    assert site.send(good, "--dry-run=server").ok


def test_an_upgrade_from_an_earlier_version_keeps_authority_and_service(
    site: Installation, good: Object
) -> None:
    before, address = site.trusted(), _service(site)
    with attempts(site, good) as answers:
        site.change(kept="--reset-then-reuse-values")
    assert answers.refused == []
    assert (site.trusted(), _service(site)) == (before, address)
    assert site.get("deployment", RELEASE, "-n", NAMESPACE)["metadata"]["labels"]["helm.sh/chart"] == CURRENT
    assert site.policies() == ["Fail", "Fail", "Fail"]
    assert _waivers(site)["shortNames"] == ["waiv"], "definitions are upgraded with the chart"


def test_the_same_values_once_more_change_nothing(site: Installation) -> None:
    before = {name: site.get("secret", name, "-n", NAMESPACE)["data"] for name in MADE}
    versions = {name: site.get(name, RELEASE, *flags)["metadata"]["generation"] for name, *flags in OWNED}
    site.change()
    assert {name: site.get("secret", name, "-n", NAMESPACE)["data"] for name in MADE} == before
    assert {n: site.get(n, RELEASE, *flags)["metadata"]["generation"] for n, *flags in OWNED} == versions


def test_replicas_start_with_the_keys_authorities_and_credentials_that_values_name(
    site: Installation, good: Object, bad: Object, tmp_path: Path
) -> None:
    key = Ed25519PrivateKey.generate().public_key()
    signer = tmp_path / "model-risk.pem"
    signer.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    authority = Authority(tmp_path, "an authority of the registry").certificate
    credentials = ("--docker-server=registry.test", "--docker-username=gate", "--docker-password=secret")
    kind = ("create", "secret", "docker-registry", "registry-reader", *credentials, "-n", NAMESPACE)
    site.plane.kubectl.must("administrator", *kind)
    named = ("evidence.oci.registries={registry.test}", "evidence.oci.credentialsSecret=registry-reader")
    files = {r"signatures.keys.model-risk\.pem": signer, "evidence.oci.ca": authority}

    with attempts(site, good) as answers:
        site.change("evidence.cardSources={modelcard,oci}", "signatures.served=true", *named, files=files)
    assert answers.refused == []
    assert refused_by_gate(site.send(bad, "--dry-run=server"))
    assert site.setting("MLGATE_SIGNATURES__KEYS") == '["/etc/mlgate/trust/model-risk.pem"]'
    wrong = {r"signatures.keys.model-risk\.pem": tmp_path / "wrong.pem"}
    wrong[r"signatures.keys.model-risk\.pem"].write_text("-----BEGIN PUBLIC KEY-----\nMIIB\n")
    before = {pod.name for pod in site.node.ready}
    flags = [f"--set-file={name}={path}" for name, path in wrong.items()]
    told = site.helm("upgrade", RELEASE, str(CHART), "--reuse-values", *flags, "--wait", "--timeout=20s")
    assert not told.ok
    assert set() < {pod.name for pod in site.node.ready} <= before, "those before judge on"
    assert "model-risk.pem is no public key" in site.told()
    site.change("evidence.cardSources={modelcard}", "signatures.served=false", files=files)


def test_a_certificate_of_ones_own_and_back_without_a_moment_of_distrust(
    site: Installation, good: Object, bad: Object, tmp_path: Path
) -> None:
    authority = Authority(tmp_path, "an authority of the site")
    pair = authority.server("serving", [f"{RELEASE}.{NAMESPACE}.svc"])
    files = (f"--cert={pair.certificate}", f"--key={pair.key}", "-n", NAMESPACE)
    site.plane.kubectl.must("administrator", "create", "secret", "tls", "own-serving", *files)
    both = tmp_path / "both.crt"
    both.write_bytes(authority.pem() + base64.b64decode(site.trusted()))

    own = ("tls.mode=existing", "tls.existing.secret=own-serving")
    with attempts(site, good) as answers:
        site.change(*own, files={"tls.existing.caBundle": both})
    assert answers.refused == []
    site.change(*own, files={"tls.existing.caBundle": authority.certificate})
    assert base64.b64decode(site.trusted()) == authority.pem()
    assert refused_by_gate(site.send(bad, "--dry-run=server"))

    with attempts(site, good) as answers:
        site.change("tls.mode=helm", "tls.existing.secret=", "tls.existing.caBundle=")
    assert answers.refused == []
    assert base64.b64decode(site.trusted()).endswith(authority.pem()), "and the one it made before that"
    assert base64.b64decode(site.trusted()).count(b"BEGIN CERTIFICATE") == 2
    assert refused_by_gate(site.send(bad, "--dry-run=server"))


def _waivers(site: Installation) -> dict[str, object]:
    names: dict[str, object] = site.get("crd", "waivers.mlgate.dev")["spec"]["names"]
    return names


def _service(site: Installation) -> tuple[str, str]:
    found = site.get("service", RELEASE, "-n", NAMESPACE)
    return found["metadata"]["uid"], found["spec"]["clusterIP"]
