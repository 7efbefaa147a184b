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
from installation import Installation, cluster, kill_all, until
from records import waiver
from refusals import refusal, refused_by_gate

PROFILES = ("sandbox", "development", "staging", "production")
MADE = (f"{RELEASE}-helm-authority", f"{RELEASE}-helm-tls")
OWNED = (("deployment", "-n", NAMESPACE), ("validatingwebhookconfiguration",))
CURRENT = f"mlgate-{yaml.safe_load((CHART / 'Chart.yaml').read_text())['version']}"
RECORDS, WORKLOADS = "records.mlgate.dev", "workloads.mlgate.dev"
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


def _decisions(site: Installation) -> list[Object]:
    """The lines of decisions in the logs of the replicas."""
    told = [child.log.read_text() for pod in site.node.ready for child in pod.children.values()]
    lines = [line for text in told for line in text.splitlines() if line.startswith("{")]
    return [found for line in lines if (found := json.loads(line)).get("event") == "decision"]


def test_in_audit_a_bad_model_is_stored_and_recorded(site: Installation, bad: Object) -> None:
    named = bad | {"metadata": bad["metadata"] | {"name": "seen-in-audit"}}
    answer = site.send(named)
    assert answer.ok, answer.errors
    kubectl, where = (
        site.plane.kubectl,
        (bad["kind"].lower(), "seen-in-audit", "-n", bad["metadata"]["namespace"]),
    )
    kubectl.must("administrator", "get", *where)
    (told,) = [found for found in _decisions(site) if found["name"] == "seen-in-audit"]
    assert (told["mode"], told["allowed"], told["dryRun"]) == ("audit", True, False)
    assert "fairness.bias_test_missing" in json.dumps(told)
    kubectl.must("administrator", "delete", *where)


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
    before, recording = site.webhook()["webhooks"][0]["clientConfig"], site.running()
    assert site.setting("MLGATE_DECISION__ON_ERROR") == "allow"
    notes = site.change(*ENFORCING)
    assert "Objects of development, production, sandbox, staging" in notes
    assert site.policies() == ["Fail", "Fail", "Fail"]
    assert site.setting("MLGATE_DECISION__ON_ERROR") == "deny"
    assert site.webhook()["webhooks"][0]["clientConfig"] == before, "authority and service stay"
    # Those that end still answer, on the connections they have, as they were started.
    until(lambda: not recording & site.running(), 120, "the replicas that only record stay")
    until(lambda: not site.send(bad, "--dry-run=server").ok, 30, "the webhook never refused")
    answer = site.send(bad, "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "fairness.bias_test_missing" in refusal(answer.errors).codes
    assert site.send(good, "--dry-run=server").ok


def test_all_pods_that_die_come_back_though_nobody_is_there_to_let_them_in(
    site: Installation, bad: Object
) -> None:
    # With this label the namespace of the gate would be sent to it, were it not excluded by name.
    site.plane.kubectl.must("administrator", "label", "namespace", NAMESPACE, "mlgate.dev/gate=enabled")
    names = kill_all(site)
    until(lambda: len(site.node.ready) == 2, 120, "the pods did not come back")
    assert not names & {pod.name for pod in site.node.ready}
    assert refused_by_gate(site.send(bad, "--dry-run=server"))


def test_without_the_exclusion_they_would_not_come_back(site: Installation, cases: dict[str, Case]) -> None:
    refused = next(
        entry for entry in cases["ordinary-objects-no-longer"].manifest if entry["kind"] == "CronJob"
    )
    inside = refused | {"metadata": refused["metadata"] | {"namespace": NAMESPACE}}
    assert site.send(inside, "--dry-run=server").ok, "what lies beside the gate is not sent to it"
    (place,) = [index for index, entry in enumerate(site.webhook()["webhooks"]) if entry["name"] == WORKLOADS]
    path = f"/webhooks/{place}/namespaceSelector/matchExpressions"
    excluded = site.webhook()["webhooks"][place]["namespaceSelector"]["matchExpressions"]

    def patch(operation: Object) -> None:
        change = json.dumps([{"path": path} | operation])
        site.plane.kubectl.must("administrator", "patch", *WEBHOOKS, "--type=json", f"--patch={change}")

    patch({"op": "remove"})
    until(lambda: refused_by_gate(site.send(inside, "--dry-run=server")), 60, "nothing is sent to the gate")
    kill_all(site)
    until(lambda: "failed calling webhook" in _held(site), 60, "the pods were let in")
    assert site.node.ready == []
    patch({"op": "add", "value": excluded})
    until(lambda: len(site.node.ready) == 2, 180, "the pods did not come back")


def _held(site: Installation) -> str:
    """Why ReplicaSets of the gate cannot make the pods they should."""
    found = site.plane.kubectl.must("administrator", "get", "replicasets", "-n", NAMESPACE, "-o", "json")
    conditions = [each for one in json.loads(found)["items"] for each in one["status"].get("conditions", [])]
    return "\n".join(each["message"] for each in conditions if each["type"] == "ReplicaFailure")


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

    own, before = ("tls.mode=existing", "tls.existing.secret=own-serving"), site.running()
    with attempts(site, good) as answers:
        site.change(*own, files={"tls.existing.caBundle": both})
    assert answers.refused == []
    until(lambda: not before & site.running(), 120, "replicas with the certificate of before stay")
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
