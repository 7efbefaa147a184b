"""`mlgate doctor` names what is broken in a real API server, and nothing in one where all is well."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from chart.rendering import objects, render
from cluster.control_plane import ControlPlane
from cluster.gate import GateProcess
from cluster.kinds import definitions
from cluster.local import GUARDS, RECORDS, ROOT, roles
from cluster.pki import Authority
from cluster.webhook import configuration
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from installation import until
from sigstore_chain import SigstoreChain

from mlgate import __version__
from mlgate.doctor.examine import examine
from mlgate.doctor.reader import read_snapshot
from mlgate.doctor.snapshot import Snapshot
from mlgate.evidence.api_server import Connection
from mlgate.evidence.signatures.keys import key_id

ALWAYS = ["service.address_used"]
"""Here the webhook calls an address: no network leads to a Service of this control plane."""
MLGATE = Path(sys.executable).with_name("mlgate")
WEBHOOKS = "validatingwebhookconfigurations"
POLICIES = "validatingadmissionpolicies"
BINDINGS = "validatingadmissionpolicybindings"
Object = dict[str, Any]


@dataclass
class Patient:
    """An installation in a real API server, healthy but for what a test breaks."""

    plane: ControlPlane
    gate: GateProcess
    configuration: Object

    def program(self, *flags: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report of the program as a person runs it."""
        command = [str(MLGATE), "doctor", "--output", "json", *flags]
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "KUBECONFIG": str(self.plane.kubeconfig)},
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def snapshot(self, timeout: float = 10.0) -> Snapshot:
        """The cluster as the doctor reads it."""
        connection = Connection.configure(self.plane.kubeconfig)
        try:
            return read_snapshot(connection, timeout=timeout)
        finally:
            connection.close()

    def doctor(self, timeout: float = 10.0) -> tuple[int, dict[str, Any]]:
        """The same, without starting a program."""
        report = examine(self.snapshot(timeout))
        return report.exit_code, report.wire()

    def codes(self, timeout: float = 10.0) -> set[str]:
        """The codes of what is found."""
        return {one["code"] for one in self.doctor(timeout)[1]["findings"]}

    def must(self, *arguments: str, objects: list[Object] | None = None) -> str:
        """Run kubectl as the administrator."""
        text = yaml.safe_dump_all(objects) if objects else None
        return self.plane.kubectl.must("administrator", *arguments, stdin=text)

    def register(self, change: Callable[[Object], None] = lambda _: None) -> None:
        """Put the webhook configuration there, changed."""
        changed = json.loads(json.dumps(self.configuration))
        change(changed)
        self.plane.kubectl("administrator", "delete", WEBHOOKS, "mlgate", "--ignore-not-found")
        self.must("create", "-f", "-", objects=[changed])

    @contextmanager
    def edited(self, kind: str, name: str, *patch: dict[str, Any]) -> Iterator[None]:
        """An object changed by a JSON patch, and as it was before afterwards."""
        before = json.loads(self.must("get", kind, name, "-o", "json"))
        self.must("patch", kind, name, "--type=json", "-p", json.dumps(patch))
        try:
            yield
        finally:
            self.must("replace", "--force", "-f", "-", objects=[_fresh(before)])


def _fresh(stored: Object) -> Object:
    about = {
        key: stored["metadata"][key] for key in ("name", "labels", "annotations") if key in stored["metadata"]
    }
    return {**{key: value for key, value in stored.items() if key != "status"}, "metadata": about}


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Patient]:
    """A control plane of its own with what mlgate ships, and a gate that its webhook calls by address."""
    say("a control plane starts, to be broken")
    with ControlPlane(tmp_path_factory.mktemp("patient"), ROOT / ".tools" / "bin") as plane:
        settings = plane.folder / "settings.yaml"
        settings.touch()
        quick = {
            "MLGATE_TLS__RELOAD_SECONDS": "0.2",
            "MLGATE_POLICY__RELOAD_SECONDS": "0.2",
            "MLGATE_POLICY__SETTINGS": str(settings),
        }
        gate = GateProcess(plane.folder, plane.tools / "opa", plane.gate_kubeconfig, plane.authority, quick)
        made = Patient(plane, gate, configuration(gate.url, plane.authority.pem()))
        for folder in (RECORDS, GUARDS):
            made.must("create", "-f", str(folder))
        plane.kubectl.must("administrator", "create", "-f", "-", stdin=roles())
        made.must("create", "-f", "-", objects=definitions())
        made.must("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        gate.start()
        made.register()
        yield made
        gate.stop()


def test_a_healthy_installation_lets_nothing_through(patient: Patient) -> None:
    code, report = patient.program()
    assert [one["code"] for one in report["findings"] if one["letsModelsThrough"] != "no"] == ALWAYS
    assert report["unread"] == []
    assert code == 0
    assert report["installation"]["configurations"] == ["mlgate"]
    assert report["installation"]["gate"]["mlgate"] == __version__


def _entry(hook: Object, name: str) -> Object:
    return next(entry for entry in hook["webhooks"] if entry["name"] == f"{name}.mlgate.dev")


def _without_rule(entry: str, resource: str) -> Callable[[Object], None]:
    def change(hook: Object) -> None:
        for rule in _entry(hook, entry)["rules"]:
            rule["resources"] = [name for name in rule["resources"] if name != resource]
        rules = _entry(hook, entry)["rules"]
        _entry(hook, entry)["rules"] = [rule for rule in rules if rule["resources"]]

    return change


def _set(entry: str, **fields: Any) -> Callable[[Object], None]:
    return lambda hook: _entry(hook, entry).update(fields)


def _in_rules(entry: str, **fields: Any) -> Callable[[Object], None]:
    def change(hook: Object) -> None:
        for rule in _entry(hook, entry)["rules"]:
            rule.update(fields)

    return change


def _drop(entry: str) -> Callable[[Object], None]:
    return lambda hook: hook["webhooks"].remove(_entry(hook, entry))


def _also(*changes: Callable[[Object], None]) -> Callable[[Object], None]:
    def change(hook: Object) -> None:
        for one in changes:
            one(hook)

    return change


NAME = "kubernetes.io/metadata.name"
BROKEN_WEBHOOKS: dict[str, tuple[str, Callable[[Object], None]]] = {
    "no models entry": ("webhook.entry_missing", _drop("models")),
    "no records entry": ("webhook.entry_missing", _drop("records")),
    "models fail open": ("webhook.fails_open", _set("models", failurePolicy="Ignore")),
    "workloads fail open": ("webhook.fails_open", _set("workloads", failurePolicy="Ignore")),
    "a timeout of a second": ("webhook.timeout_unsuitable", _set("models", timeoutSeconds=1)),
    "side effects": ("webhook.side_effects", _set("models", sideEffects="NoneOnDryRun")),
    "reviews of v1beta1": (
        "webhook.review_version",
        _set("models", admissionReviewVersions=["v1beta1", "v2"]),
    ),
    "exact versions": ("webhook.match_policy_exact", _set("models", matchPolicy="Exact")),
    "a version left out": (
        "kinds.version_not_matched",
        _also(_set("models", matchPolicy="Exact"), _in_rules("models", apiVersions=["v1alpha1"])),
    ),
    "a kind left out": ("kinds.not_matched", _without_rule("models", "inferenceservices")),
    "no ephemeral containers": (
        "kinds.subresource_not_matched",
        _without_rule("workloads", "pods/ephemeralcontainers"),
    ),
    "creation alone": ("kinds.operation_not_matched", _in_rules("models", operations=["CREATE"])),
    "the wrong scope": ("kinds.scope_not_matched", _in_rules("workloads", scope="Cluster")),
    "no namespaces": ("kinds.namespaces_not_matched", _without_rule("records", "namespaces")),
    "labelled namespaces alone": (
        "selector.namespaces_excluded",
        _set("models", namespaceSelector={"matchLabels": {"mlgate.dev/gate": "enabled"}}),
    ),
    "another value of the gate label": (
        "selector.namespaces_excluded",
        _set("workloads", namespaceSelector={"matchLabels": {"mlgate.dev/gate": "on"}}),
    ),
    "an exempt namespace": (
        "selector.namespace_exempt",
        _set(
            "models",
            namespaceSelector={
                "matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["kube-system", "default"]}]
            },
        ),
    ),
    "itself where people deploy": (
        "namespace.home_shared",
        _set(
            "models",
            clientConfig={"service": {"name": "mlgate", "namespace": "default", "path": "/validate"}},
        ),
    ),
    "objects that choose": (
        "selector.objects_excluded",
        _set("models", objectSelector={"matchExpressions": [{"key": "skip", "operator": "DoesNotExist"}]}),
    ),
    "a condition": (
        "selector.condition_unknown",
        _set("models", matchConditions=[{"name": "mine", "expression": "request.userInfo.username != 'me'"}]),
    ),
}


@pytest.mark.parametrize("name", [*BROKEN_WEBHOOKS])
def test_a_broken_webhook_is_named_and_its_fix_mends_it(patient: Patient, name: str) -> None:
    expected, change = BROKEN_WEBHOOKS[name]
    patient.register(change)
    try:
        code, report = patient.doctor()
        found = [one for one in report["findings"] if one["code"] == expected]
        assert found, report["findings"]
        assert code == (1 if any(one["letsModelsThrough"] == "yes" for one in report["findings"]) else 0)
        if found[0]["fix"].startswith("kubectl patch"):
            for one in found:
                _run(patient, one["fix"])
            assert expected not in {one["code"] for one in patient.doctor()[1]["findings"]}
    finally:
        patient.register()


def _run(patient: Patient, command: str) -> None:
    """A fix, as a person would run it."""
    done = subprocess.run(  # noqa: S603 - the fix is what the test is about
        ["/bin/sh", "-c", command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={
            **os.environ,
            "PATH": f"{patient.plane.tools}{os.pathsep}{os.environ['PATH']}",
            "KUBECONFIG": str(patient.plane.kubeconfig),
        },
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_an_installation_without_webhook_lets_everything_through(patient: Patient) -> None:
    patient.must("delete", WEBHOOKS, "mlgate")
    try:
        code, report = patient.doctor()
    finally:
        patient.register()
    assert code == 1
    assert [one["code"] for one in report["findings"] if one["letsModelsThrough"] == "yes"] == [
        "webhook.configuration_missing"
    ]


def _patch(path: str, value: Any, operation: str = "replace") -> dict[str, Any]:
    return {"op": operation, "path": path, **({} if operation == "remove" else {"value": value})}


BROKEN_RECORDS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "a guard that checks nothing": (
        "guard.policy_changed",
        POLICIES,
        "signoffs.mlgate.dev",
        _patch("/spec/validations/0/expression", "true"),
    ),
    "a guard that warns": (
        "guard.binding_not_deny",
        BINDINGS,
        "signoffs.mlgate.dev",
        _patch("/spec/validationActions", ["Warn"]),
    ),
    "a guard of some namespaces": (
        "guard.binding_changed",
        BINDINGS,
        "waivers.mlgate.dev",
        _patch("/spec/matchResources", {"namespaceSelector": {"matchLabels": {"a": "b"}}}, "add"),
    ),
    "records that can be changed": (
        "definition.spec_mutable",
        "crd",
        "signoffs.mlgate.dev",
        _patch(
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations", [], "remove"
        ),
    ),
    "records that hold anything": (
        "definition.not_structural",
        "crd",
        "waivers.mlgate.dev",
        _patch(
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-preserve-unknown-fields",
            True,  # noqa: FBT003 - a value of the patch
            "add",
        ),
    ),
    "records that are not served": (
        "definition.not_served",
        "crd",
        "modelcards.mlgate.dev",
        _patch("/spec/versions/0/served", False),  # noqa: FBT003 - a value of the patch
    ),
    "another schema": (
        "definition.differs",
        "crd",
        "modelcards.mlgate.dev",
        _patch("/spec/versions/0/schema/openAPIV3Schema/description", "Mine."),
    ),
}


@pytest.mark.parametrize("name", [*BROKEN_RECORDS])
def test_broken_guards_and_definitions_are_named(patient: Patient, name: str) -> None:
    expected, kind, called, patch = BROKEN_RECORDS[name]
    with patient.edited(kind, called, patch):
        _, report = patient.doctor()
        assert [one["code"] for one in report["findings"] if one["code"] == expected] == [expected]
        (fix,) = (one["fix"] for one in report["findings"] if one["code"] == expected)
        _run(patient, fix)
        assert expected not in {one["code"] for one in patient.doctor()[1]["findings"]}


@pytest.mark.parametrize(
    ("code", "kind", "called", "file"),
    [
        ("guard.policy_missing", POLICIES, "waivers.mlgate.dev", "guards/waivers.yaml"),
        ("guard.binding_missing", BINDINGS, "signoffs.mlgate.dev", "guards/signoffs.yaml"),
        ("definition.missing", "crd", "waivers.mlgate.dev", "crds/waivers.yaml"),
    ],
)
def test_what_is_missing_is_named(patient: Patient, code: str, kind: str, called: str, file: str) -> None:
    patient.must("delete", kind, called)
    try:
        assert code in {one["code"] for one in patient.doctor()[1]["findings"]}
    finally:
        patient.must("apply", "-f", str(RECORDS.parent / file))
        patient.must("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")


def test_whoever_may_not_look_is_told_what_was_not_looked_at(patient: Patient) -> None:
    patient.must("create", "clusterrole", "auditor", "--verb=list", f"--resource={WEBHOOKS}")
    patient.must("create", "clusterrolebinding", "auditor", "--clusterrole=auditor", "--group=compliance")
    code, report = patient.program("--context", "compliance")
    assert code == 2
    assert {"what": "customresourcedefinitions", "reason": "the API server answered 403"} in report["unread"]
    assert not [one for one in report["findings"] if one["letsModelsThrough"] == "yes"]


def _client(**client: Any) -> Callable[[Object], None]:
    """Let all entries call something else."""

    def change(hook: Object) -> None:
        for entry in hook["webhooks"]:
            entry["clientConfig"] = {"caBundle": entry["clientConfig"]["caBundle"], **client}

    return change


def test_an_authority_that_signed_nothing_is_named(patient: Patient, tmp_path: Path) -> None:
    other = base64.b64encode(Authority(tmp_path).pem()).decode()
    patient.register(_client(url=f"{patient.gate.url}/validate", caBundle=other))
    try:
        code, report = patient.doctor()
    finally:
        patient.register()
    assert {"certificate.not_trusted", "gate.not_answering"} <= {one["code"] for one in report["findings"]}
    assert code == 2, "what becomes of refusals only the gate could tell"


@pytest.mark.parametrize(
    ("bundle", "expected"),
    [("", "certificate.bundle_missing"), ("bm8gUEVN", "certificate.bundle_unreadable")],
)
def test_a_bundle_that_holds_no_certificate_is_named(patient: Patient, bundle: str, expected: str) -> None:
    patient.register(_client(url=f"{patient.gate.url}/validate", caBundle=bundle))
    try:
        assert expected in patient.codes()
    finally:
        patient.register()


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, "certificate.bundle_expired"), (10, "certificate.bundle_expiring")]
)
def test_the_end_of_what_the_api_server_trusts_is_named(patient: Patient, days: int, expected: str) -> None:
    after = datetime.now(UTC) + timedelta(days=days)
    ending = trustme.CA().issue_cert("gate.test", not_before=after - timedelta(days=90), not_after=after)
    bundle = base64.b64encode(ending.cert_chain_pems[0].bytes()).decode()
    patient.register(_client(url=f"{patient.gate.url}/validate", caBundle=bundle))
    try:
        assert expected in patient.codes()
    finally:
        patient.register()


def test_a_wrong_path_is_named_and_its_fix_mends_it(patient: Patient) -> None:
    patient.register(_client(url=f"{patient.gate.url}/mutate"))
    try:
        _, report = patient.doctor()
        (fix,) = (one["fix"] for one in report["findings"] if one["code"] == "service.path_wrong")
        _run(patient, fix)
        assert "service.path_wrong" not in patient.codes()
    finally:
        patient.register()


def test_a_gate_without_engine_is_named(patient: Patient) -> None:
    patient.gate.take_opa_away()
    try:
        assert "gate.not_ready" in patient.codes()
    finally:
        patient.gate.stop()
        patient.gate.provide_opa()
        patient.gate.start()


@contextmanager
def _opa_says(patient: Patient, text: str) -> Iterator[None]:
    """The gate with an OPA that says something else when it is asked for its version; it is the true one."""
    gate = patient.gate
    gate.stop()
    gate.opa.unlink()
    answer = f'[ "$1" = version ] && {{ echo "{text}"; exit; }}'
    gate.opa.write_text(f'#!/bin/sh\n{answer}\nexec {gate.opa_program.resolve()} "$@"\n')
    gate.opa.chmod(0o755)
    gate.start()
    try:
        yield
    finally:
        gate.stop()
        gate.provide_opa()
        gate.start()


@pytest.mark.parametrize(
    ("says", "expected"), [("Version: 1.21.2", "gate.opa_old"), ("Build: mine", "gate.opa_unknown")]
)
def test_an_engine_that_is_old_or_does_not_say_is_named(patient: Patient, says: str, expected: str) -> None:
    with _opa_says(patient, says):
        assert expected in patient.codes()
    assert expected not in patient.codes()


def test_a_policy_that_nobody_touched_for_long_is_named(patient: Patient) -> None:
    now = patient.snapshot()
    later = replace(now, at=now.at + timedelta(days=91))
    (old,) = (one for one in examine(later).findings if one.code == "gate.policy_old")
    assert old.message.endswith("was loaded 91 days ago, and none since")
    almost = replace(now, at=now.at + timedelta(days=89))
    assert "gate.policy_old" not in {one.code for one in examine(almost).findings}


def test_a_gate_of_another_release_is_named(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.doctor.state.__version__", "99.0.0")
    assert "gate.version_differs" in patient.codes()


def test_a_policy_that_is_refused_is_named_until_it_is_mended(patient: Patient) -> None:
    settings = patient.plane.folder / "settings.yaml"
    settings.write_text("decision: {mode: {production: perhaps}}\n")
    try:
        until(lambda: "gate.policy_refused" in patient.codes(), 60, "the policy is not refused")
    finally:
        settings.write_text("")
    until(lambda: "gate.policy_refused" not in patient.codes(), 60, "the policy is still refused")


def _serve_another(patient: Patient, certificate: bytes, key: bytes | None = None) -> None:
    if key is not None:
        (patient.plane.folder / "mlgate.key").write_bytes(key)
    (patient.plane.folder / "mlgate.crt").write_bytes(certificate)


@pytest.fixture
def pair(patient: Patient) -> Iterator[None]:
    """The pair of the gate, as it was before afterwards."""
    folder = patient.plane.folder
    before = [(folder / name, (folder / name).read_bytes()) for name in ("mlgate.key", "mlgate.crt")]
    yield
    for path, content in before:
        path.write_bytes(content)
    patient.register()
    mended = {"certificate.expired", "certificate.expiring", "gate.certificate_refused"}
    until(lambda: not mended & patient.codes(), 60, "the certificate is not taken back")


@pytest.mark.usefixtures("pair")
def test_a_certificate_that_cannot_be_served_is_named(patient: Patient) -> None:
    _serve_another(patient, b"no certificate")
    until(lambda: "gate.certificate_refused" in patient.codes(), 60, "the certificate is not refused")


@pytest.mark.usefixtures("pair")
def test_a_served_certificate_that_ends_is_named_before_and_after(patient: Patient) -> None:
    authority = trustme.CA()
    end = datetime.now(UTC) + timedelta(seconds=20)
    served = authority.issue_cert("127.0.0.1", not_after=end)
    both = base64.b64encode(patient.plane.authority.pem() + authority.cert_pem.bytes()).decode()
    patient.register(_client(url=f"{patient.gate.url}/validate", caBundle=both))
    key = served.private_key_pem.bytes()
    _serve_another(patient, b"".join(part.bytes() for part in served.cert_chain_pems), key)
    until(lambda: "certificate.expiring" in patient.codes(), 15, "the certificate is not served")
    until(lambda: "certificate.expired" in patient.codes(), 60, "the certificate does not end")


def test_an_entry_in_two_configurations_is_named_and_its_fix_mends_it(patient: Patient) -> None:
    again = {**patient.configuration, "metadata": {"name": "mlgate-again"}}
    patient.must("create", "-f", "-", objects=[again])
    try:
        _, report = patient.doctor()
        fixes = {one["fix"] for one in report["findings"] if one["code"] == "webhook.entry_doubled"}
        _run(patient, fixes.pop())
        assert "webhook.entry_doubled" not in patient.codes()
    finally:
        patient.must("delete", WEBHOOKS, "mlgate-again", "--ignore-not-found")
        patient.register()


def test_a_kind_beside_those_that_are_known_is_named(patient: Patient) -> None:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1beta1", "served": True, "storage": True, "schema": schema}
    names = {"kind": "ModelMystery", "plural": "modelmysteries", "singular": "modelmystery"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "modelmysteries.serving.kserve.io"},
        "spec": {"group": "serving.kserve.io", "names": names, "scope": "Namespaced", "versions": [version]},
    }
    patient.must("create", "-f", "-", objects=[definition])
    try:
        until(lambda: "kinds.unknown" in patient.codes(), 60, "the kind is not served")
    finally:
        patient.must("delete", "crd", definition["metadata"]["name"], "--timeout=60s")
    until(lambda: "kinds.unknown" not in patient.codes(), 60, "the kind is still served")


def test_a_definition_that_is_being_deleted_is_named(patient: Patient) -> None:
    called = ("crd", "waivers.mlgate.dev")
    finalizers = {"metadata": {"finalizers": ["e2e.test/held"]}}
    patient.must("patch", *called, "--type=merge", "-p", json.dumps(finalizers))
    patient.must("delete", *called, "--wait=false")
    try:
        assert "definition.being_deleted" in patient.codes()
    finally:
        patient.must("patch", *called, "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
        patient.must("wait", "--for=delete", *called, "--timeout=60s")
        patient.must("apply", "-f", str(RECORDS.parent / "crds" / "waivers.yaml"))
        patient.must("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    until(lambda: not {"definition.being_deleted", "definition.missing"} & patient.codes(), 60, "it is gone")


def test_labels_and_models_that_make_a_namespace_laxer_are_named(patient: Patient) -> None:
    patient.must("delete", WEBHOOKS, "mlgate")
    patient.must("create", "namespace", "lax")
    labels = ("mlgate.dev/profile=playground", "mlgate.dev/max-classification=restricted")
    patient.must("label", "namespace", "lax", *labels)
    service = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "seen", "namespace": "lax"},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://models/a"}}},
    }
    patient.must("create", "-f", "-", objects=[service])
    patient.register()
    lax = {"namespace.profile_unknown", "namespace.clearance_raised", "namespace.pods_not_gated"}
    try:
        _, report = patient.doctor()
        found = [one for one in report["findings"] if one["code"] in lax]
        assert {one["code"] for one in found} == lax
        patient.must("delete", WEBHOOKS, "mlgate")  # nobody may label but the platform
        for one in found:
            _run(patient, one["fix"])
        patient.register()
        assert not lax & patient.codes()
    finally:
        patient.must("delete", "namespace", "lax", "--timeout=60s")


SERVICE = {"name": "mlgate", "namespace": "mlgate-system", "port": 443, "path": "/validate"}


@pytest.fixture
def deployed(patient: Patient) -> Iterator[Patient]:
    """The chart's Service and what stands around it, in place of the address; no node runs its Pods."""
    kinds = ("Service", "Deployment", "PodDisruptionBudget", "ConfigMap", "ServiceAccount")
    rendered = [entry for entry in objects(render()) if entry["kind"] in kinds]
    patient.must("create", "namespace", "mlgate-system")
    for entry in rendered:
        entry["metadata"].setdefault("namespace", "mlgate-system")
    patient.must("create", "-f", "-", objects=rendered)
    patient.register(_client(service=SERVICE))
    yield patient
    patient.register()
    patient.must("delete", "namespace", "mlgate-system", "--timeout=60s")


def _ready(name: str = "https", address: tuple[str, int] = ("192.0.2.77", 8443)) -> Object:
    """A replica that stands behind the Service, as far as the API server knows."""
    host, port = address
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "mlgate-1",
            "namespace": "mlgate-system",
            "labels": {"kubernetes.io/service-name": "mlgate"},
        },
        "addressType": "IPv4",
        "ports": [{"name": name, "port": port}],
        "endpoints": [{"addresses": [host], "conditions": {"ready": True}}],
    }


def test_a_service_without_anybody_behind_it_is_named(deployed: Patient) -> None:
    found = deployed.codes(2)
    assert {"service.no_endpoints", "replicas.unavailable", "certificate.not_checked"} <= found
    assert {"gate.mode_not_enforced", "gate.fails_open"} <= found, "a first installation records alone"
    deployed.must("create", "-f", "-", objects=[_ready()])
    assert not {"service.no_endpoints", "service.port_mismatch"} & deployed.codes(2)


def test_a_service_whose_ports_lead_nowhere_is_named(deployed: Patient) -> None:
    deployed.must("create", "-f", "-", objects=[_ready("metrics")])
    assert "service.port_mismatch" in deployed.codes(2)
    deployed.register(_client(service={**SERVICE, "port": 8443}))
    assert "service.port_missing" in deployed.codes(2)
    deployed.register(_client(service={**SERVICE, "name": "gone"}))
    assert "service.missing" in deployed.codes(2)


def test_a_lone_replica_and_a_service_of_others_are_named(deployed: Patient) -> None:
    home = ("-n", "mlgate-system")
    deployed.must("delete", "poddisruptionbudget", "mlgate", *home)
    assert "replicas.no_budget" in deployed.codes(2)
    deployed.must("scale", "deployment", "mlgate", "--replicas=1", *home)
    assert "replicas.few" in deployed.codes(2)
    deployed.must("patch", "service", "mlgate", *home, "-p", '{"spec":{"selector":{"app":"other"}}}')
    assert "service.leads_elsewhere" in deployed.codes(2)


class _Forwarder(socketserver.BaseRequestHandler):
    """Hands a connection on to the gate, as the network of a cluster would."""

    gate: tuple[str, int]

    def handle(self) -> None:
        """Both ways, until one side has ended."""
        with socket.create_connection(self.gate) as there:
            back = threading.Thread(target=_copy, args=(there, self.request), daemon=True)
            back.start()
            _copy(self.request, there)
            back.join(10)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


REPLICA = {"name": "mlgate-1", "namespace": "mlgate-system"}


def _endpoints(address: tuple[str, int]) -> Object:
    """The same replica in the form the API server's proxy looks at; controllers write both in a cluster."""
    host, port = address
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": "mlgate", "namespace": "mlgate-system"},
        "subsets": [
            {
                "addresses": [{"ip": host, "targetRef": {**REPLICA, "kind": "Pod"}}],
                "ports": [{"name": "https", "port": port}],
            }
        ],
    }


def _own_address() -> str:
    """An address of this machine that is no loopback: the API server calls no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing
        return str(probe.getsockname()[0])


def test_a_gate_nobody_reaches_from_here_is_asked_through_the_api_server(deployed: Patient) -> None:
    handler = type("Handler", (_Forwarder,), {"gate": ("127.0.0.1", deployed.gate.port)})
    address = _own_address()
    pair = (deployed.plane.folder / "mlgate.crt", deployed.plane.folder / "mlgate.key")
    home = ("-n", "mlgate-system")
    deployed.must("create", "secret", "tls", "mlgate-tls", f"--cert={pair[0]}", f"--key={pair[1]}", *home)
    with socketserver.ThreadingTCPServer((address, 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        called = server.server_address
        container = {"name": "mlgate", "image": "mlgate"}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": REPLICA, "spec": {"containers": [container]}}
        deployed.must("create", "-f", "-", objects=[_ready(address=called), _endpoints(called), pod])
        status = json.dumps({"status": {"podIP": address, "podIPs": [{"ip": address}]}})
        deployed.must("patch", "pod", "mlgate-1", *home, "--subresource=status", "-p", status)
        code, report = deployed.doctor()
        server.shutdown()
    named = {one["code"]: one for one in report["findings"]}
    assert report["installation"]["gate"]["place"] == "the API server's proxy"
    assert (report["unread"], code) == ([], 0), report["findings"]
    assert not {"gate.not_ready", "gate.mode_not_enforced", "certificate.not_checked"} & {*named}
    message = named["certificate.name_mismatch"]["message"]
    assert "Secret mlgate-system/mlgate-tls is not for mlgate.mlgate-system.svc" in message


def _key() -> tuple[str, str]:
    """A public key in PEM, and its id."""
    key = Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), key_id(key)


def _trusting(days: float = 365, **policy: Any) -> dict[str, Any]:
    """Values of an installation that verifies signatures in a registry, whose authority ends some day."""
    after = datetime.now(UTC) + timedelta(days=days)
    ending = trustme.CA().issue_cert("a.test", not_before=after - timedelta(days=500), not_after=after)
    known, _ = _key()
    return {
        "signatures": {"keys": {"risk.pem": known}, "served": True},
        "evidence": {
            "oci": {
                "registries": ["registry.test"],
                "credentialsSecret": "reader",
                "ca": ending.cert_chain_pems[0].bytes().decode(),
            }
        },
        "policy": {"settings": policy},
    }


HOME = ("-n", "mlgate-system")
TRUST = ("configmap", "mlgate-trust", *HOME)


def _put(deployed: Patient, values: dict[str, Any]) -> None:
    """What `helm upgrade` writes for the values."""
    kinds = ("Deployment", "ConfigMap")
    rendered = [entry for entry in objects(render(values)) if entry["kind"] in kinds]
    for entry in rendered:
        entry["metadata"].setdefault("namespace", "mlgate-system")
    deployed.must("apply", "-f", "-", objects=rendered)


def _of_trust(deployed: Patient) -> dict[str, Object]:
    found = deployed.doctor(2)[1]["findings"]
    return {one["code"]: one for one in found if one["code"].startswith("trust.")}


def test_files_and_credentials_that_the_gate_would_not_start_with_are_named(deployed: Patient) -> None:
    known, identifier = _key()
    own = {"supplyChain": {"trustedSigners": [{"keyId": identifier}]}}
    good = _trusting(**own)
    good["signatures"]["keys"]["risk.pem"] = known
    _put(deployed, good)
    found = _of_trust(deployed)
    assert [*found] == ["trust.credentials_missing"]
    _run(deployed, found["trust.credentials_missing"]["fix"])
    assert _of_trust(deployed) == {}

    deployed.must("delete", "secret", "reader", *HOME)
    deployed.must("create", "secret", "generic", "reader", "--from-literal=.dockerconfigjson={}", *HOME)
    found = _of_trust(deployed)
    assert [*found] == ["trust.credentials_unreadable"]
    _run(deployed, found["trust.credentials_unreadable"]["fix"])
    assert _of_trust(deployed) == {}

    deployed.must("patch", *TRUST, "--type=merge", "-p", '{"data":{"risk.pem":"-----BEGIN PUBLIC KEY-----"}}')
    assert [*_of_trust(deployed)] == ["trust.file_unreadable"]
    deployed.must("delete", *TRUST)
    assert [*_of_trust(deployed)] == ["trust.file_missing"]
    _put(deployed, good)
    assert _of_trust(deployed) == {}


def test_authorities_that_end_are_named(deployed: Patient) -> None:
    other = ("--docker-server=other.test", "--docker-username=gate", "--docker-password=secret")
    deployed.must("create", "secret", "docker-registry", "reader", *other, *HOME)
    for days, code in ((-1, "trust.authority_ended"), (10, "trust.authority_ending")):
        _put(deployed, _trusting(days))
        assert code in _of_trust(deployed)
    _put(deployed, _trusting())
    found = _of_trust(deployed)
    assert {*found} == {"trust.credentials_unused", "trust.nobody_trusted"}
    _run(deployed, found["trust.credentials_unused"]["fix"])
    assert [*_of_trust(deployed)] == ["trust.nobody_trusted"]


def test_signers_that_nobody_can_recognise_are_named(deployed: Patient) -> None:
    person = {"issuer": "https://login.test", "identity": "ines@example.com"}
    signers = {"trustedSigners": [{"keyId": "sha256:" + "0" * 64}, person]}
    known, identifier = _key()
    keys = {"signatures": {"keys": {"risk.pem": known}}}
    approvals = {"acceptedAssurance": ["signed"]}
    _put(deployed, {**keys, "policy": {"settings": {"modelCard": signers, "signOff": approvals}}})
    never = {"cards_not_verified", "identities_without_root", "key_unknown", "approvals_impossible"}
    assert {*_of_trust(deployed)} == {f"trust.{name}" for name in never}
    own = {"trustedSigners": [{"keyId": identifier}, person]}
    root = json.dumps(SigstoreChain().trusted_root())
    mended = {"signatures": {**keys["signatures"], "cards": True, "trustedRoot": root}}
    signer = {"keyId": identifier, "approver": "ines@example.com", "roles": ["businessOwner"]}
    approved = {**approvals, "trustedSigners": [signer]}
    _put(deployed, {**mended, "policy": {"settings": {"modelCard": own, "signOff": approved}}})
    assert _of_trust(deployed) == {}
    _put(deployed, {**mended, "policy": {"settings": {"modelCard": own, "supplyChain": own}}})
    assert [*_of_trust(deployed)] == ["trust.served_not_sought"]


VLLM = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "llm", "namespace": "left-out"},
    "spec": {
        "selector": {"matchLabels": {"app": "llm"}},
        "template": {
            "metadata": {"labels": {"app": "llm"}},
            "spec": {
                "containers": [
                    {"name": "main", "image": "vllm/vllm-openai:v0.9.0", "args": ["--model", "org/model"]}
                ]
            },
        },
    },
}


def test_models_where_nobody_judges_are_named(patient: Patient) -> None:
    patient.must("create", "namespace", "left-out")
    patient.must("label", "namespace", "left-out", "mlgate.dev/profile=sandbox")
    patient.must("create", "-f", "-", objects=[VLLM])
    service = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "hidden", "namespace": "kube-system"},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://models/a"}}},
    }
    patient.must("create", "-f", "-", objects=[service])
    try:
        code, report = patient.doctor()
        named = {one["code"]: one for one in report["findings"]}
        assert code == 1
        assert named["namespace.profile_lowered"]["subject"]["name"] == "left-out"
        assert "InferenceService/hidden" in named["namespace.exempt_with_models"]["message"]
        assert "Deployment/llm" in named["namespace.workloads_not_gated"]["message"]
        _run(patient, named["namespace.workloads_not_gated"]["fix"])
        assert "namespace.workloads_not_gated" not in patient.codes()
        patient.must("label", "namespace", "left-out", "mlgate.dev/gate=on", "--overwrite")
        assert {"namespace.workloads_not_gated", "namespace.gate_label_unknown"} <= patient.codes()
    finally:
        patient.must("delete", "inferenceservice.serving.kserve.io", "hidden", "-n", "kube-system")
        patient.must("delete", "namespace", "left-out", "--timeout=60s")


OTHER_POWERS = (
    ("guards", "delete", BINDINGS),
    ("definitions", "update", "customresourcedefinitions"),
    ("binding", "bind", "clusterroles"),
)


def test_who_may_switch_the_gate_off_is_named(patient: Patient) -> None:
    who = ("--group=compliance", "--user=cleo@example.com")
    patient.must("create", "clusterrole", "hooks", "--verb=patch", f"--resource={WEBHOOKS}")
    patient.must("create", "clusterrolebinding", "hooks", "--clusterrole=hooks", *who)
    patient.must("create", "clusterrole", "acting", "--verb=impersonate", "--resource=users")
    patient.must("create", "clusterrolebinding", "acting", "--clusterrole=acting", "--group=legal")
    patient.must("create", "clusterrole", "labels", "--verb=patch", "--resource=namespaces")
    patient.must(
        *("create", "clusterrolebinding", "labels", "--clusterrole=labels", "--group=system:authenticated")
    )
    for name, verb, resource in OTHER_POWERS:
        patient.must("create", "clusterrole", name, f"--verb={verb}", f"--resource={resource}")
        patient.must("create", "clusterrolebinding", name, f"--clusterrole={name}", "--user=cleo@example.com")
    try:
        code, report = patient.doctor()
        named = {one["code"]: one for one in report["findings"]}
        assert "compliance (clusterrolebinding/hooks)" in named["rights.webhook_editable"]["message"]
        assert {
            f"rights.{name}" for name in ("guards_editable", "definitions_editable", "roles_escalation")
        } <= named.keys()
        assert "legal (clusterrolebinding/acting) may act as" in named["rights.impersonation"]["message"]
        assert named["rights.held_by_everyone"]["message"] == (
            "system:authenticated (clusterrolebinding/labels) may label namespaces"
        )
        assert code == 1
        assert "system:masters" in named["rights.held_by_system"]["message"]
    finally:
        for name in ("hooks", "acting", "labels", *(power[0] for power in OTHER_POWERS)):
            patient.must("delete", "clusterrole,clusterrolebinding", name)


RIGHTS: dict[str, tuple[str, str, str, str | None]] = {
    "pods beside the gate": ("gate_editable", "create", "pods", "mlgate-system"),
    "a shell in the gate": ("gate_editable", "create", "pods/exec", "mlgate-system"),
    "containers in the gate": ("gate_editable", "patch", "pods/ephemeralcontainers", "mlgate-system"),
    "another Service": ("gate_editable", "patch", "services", "mlgate-system"),
    "other endpoints": ("gate_editable", "create", "endpointslices.discovery.k8s.io", "mlgate-system"),
    "its own Deployment": ("gate_editable", "patch", "deployments.apps/mlgate", "mlgate-system"),
    "pods everywhere": ("gate_editable", "create", "pods", None),
    "the key": ("gate_key_readable", "get", "secrets", "mlgate-system"),
    "tokens": ("impersonation", "create", "serviceaccounts/token", "kube-system"),
    "pods of Kubernetes": ("exempt_writable", "create", "pods", "kube-system"),
    "roles": ("roles_escalation", "escalate", "roles.rbac.authorization.k8s.io", "mlgate-system"),
    "labels past the webhook": ("namespaces_editable", "patch", "namespaces/status", None),
    "labels at the end": ("namespaces_editable", "update", "namespaces/finalize", None),
    "the group": ("group_served_elsewhere", "create", "apiservices.apiregistration.k8s.io", None),
    "rewriting": (
        "objects_rewritable",
        "create",
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        None,
    ),
    "everything": ("everything", "*", "*.*", None),
}


@contextmanager
def _given(patient: Patient, verb: str, resource: str, place: str | None = None) -> Iterator[None]:
    """A right of somebody who has none else, in a namespace or everywhere."""
    resource, _, name = resource.partition("/") if "/mlgate" in resource else (resource, "", "")
    kind, where = ("role", ("-n", place)) if place else ("clusterrole", ())
    flags = (f"--verb={verb}", f"--resource={resource}", *((f"--resource-name={name}",) if name else ()))
    patient.must("create", kind, "cleo", *flags, *where)
    patient.must("create", f"{kind}binding", "cleo", f"--{kind}=cleo", "--user=cleo@example.com", *where)
    try:
        yield
    finally:
        patient.must("delete", f"{kind},{kind}binding", "cleo", *where)


def _told_of_cleo(patient: Patient) -> set[str]:
    findings = patient.doctor(2)[1]["findings"]
    return {one["code"] for one in findings if "cleo@example.com" in one["message"]}


def test_each_way_past_the_gate_is_named_until_the_right_is_taken_back(deployed: Patient) -> None:
    held, taken_back = {}, {}
    for name, (_, *right) in RIGHTS.items():
        with _given(deployed, *right):
            held[name] = _told_of_cleo(deployed)
        taken_back[name] = frozenset(_told_of_cleo(deployed))
    assert held == {name: {f"rights.{code}"} for name, (code, *_) in RIGHTS.items()}
    assert {*taken_back.values()} == {frozenset()}


def test_who_creates_namespaces_that_nobody_judges_is_named(patient: Patient) -> None:
    with _given(patient, "create", "namespaces"):
        assert _told_of_cleo(patient) == set(), "mlgate judges their labels"
        patient.register(_without_rule("records", "namespaces"))
        try:
            assert _told_of_cleo(patient) == {"rights.namespaces_creatable"}
        finally:
            patient.register()
        assert _told_of_cleo(patient) == set()


def test_what_the_gate_may_not_read_and_may_write_is_named(patient: Patient) -> None:
    binding = json.loads(patient.must("get", "clusterrolebinding", "mlgate:reader", "-o", "json"))
    patient.must("delete", "clusterrolebinding", "mlgate:reader")
    patient.must("create", "clusterrole", "writing", "--verb=patch", "--resource=configmaps")
    account = "--serviceaccount=mlgate-system:mlgate"
    patient.must("create", "clusterrolebinding", "writing", "--clusterrole=writing", account)
    try:
        named = {one["code"]: one["message"] for one in patient.doctor()[1]["findings"]}
        assert "modelcards.mlgate.dev" in named["account.right_missing"]
        assert named["account.right_excess"].startswith("the gate may patch configmaps")
    finally:
        patient.must("delete", "clusterrole,clusterrolebinding", "writing")
        patient.must("create", "-f", "-", objects=[_fresh(binding)])
