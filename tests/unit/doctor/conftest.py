"""A healthy installation as a snapshot, which each test breaks in one place."""

from __future__ import annotations

import base64
import ipaddress
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from mlgate import __version__
from mlgate.doctor.account import needs
from mlgate.doctor.finding import Finding
from mlgate.doctor.selection import known_conditions
from mlgate.doctor.shipped import shipped_deploy
from mlgate.doctor.snapshot import Deciding, GateState, Object, Served, Serving, Snapshot
from mlgate.doctor.targets import targets
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.transport import Form
from mlgate.workloads.kinds.table import gated_kinds, webhook_rules

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
RBAC = "/apis/rbac.authorization.k8s.io/v1"
EXEMPT = ["kube-node-lease", "kube-system", "mlgate-system"]
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def read(folder: str) -> list[Object]:
    """The documents of a folder of `deploy`."""
    paths = sorted((shipped_deploy() / folder).glob("*.yaml"))
    return [document for path in paths for document in yaml.safe_load_all(path.read_text())]


class Authority:
    """Signs certificates; its key lives in memory."""

    def __init__(self, days: float = 3650, now: datetime = NOW) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign("authority", self.key, days, now, authority=True)

    def _sign(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        days: float,
        now: datetime,
        *,
        authority: bool = False,
        hosts: tuple[x509.GeneralName, ...] = (),
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        issuer = subject if authority and not hasattr(self, "certificate") else self.certificate.subject
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def below(self) -> Authority:
        """An authority that this one vouches for."""
        made = object.__new__(Authority)
        made.key = ec.generate_private_key(ec.SECP256R1())
        made.certificate = self._sign("between", made.key, 3650, NOW, authority=True)
        return made

    def pem(self) -> bytes:
        """The certificate, for a caBundle."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, *hosts: str, days: float = 90, now: datetime = NOW
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """A server certificate and its key."""
        names = tuple(_general(host) for host in hosts)
        key = ec.generate_private_key(ec.SECP256R1())
        return self._sign("gate", key, days, now, hosts=names), key


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


AUTHORITY = Authority()
HOST = "mlgate.mlgate-system.svc"
POD = {"app.kubernetes.io/name": "mlgate"}


@pytest.fixture
def authority() -> Callable[..., Authority]:
    """Makes authorities."""
    return Authority


@pytest.fixture
def trusted() -> Authority:
    """The authority in the caBundle of the healthy installation."""
    return AUTHORITY


def der(certificate: x509.Certificate) -> bytes:
    """As a server shows it."""
    return certificate.public_bytes(Encoding.DER)


def service() -> Object:
    """The Service the webhook calls."""
    ports = [{"name": "https", "port": 443, "targetPort": "https"}]
    spec = {"clusterIP": "None", "selector": POD, "ports": ports}
    return {"metadata": {"name": "mlgate", "namespace": "mlgate-system"}, "spec": spec}


def endpoint_slice() -> Object:
    """Who stands behind it."""
    labels = {"kubernetes.io/service-name": "mlgate"}
    return {
        "metadata": {"name": "mlgate-x", "namespace": "mlgate-system", "labels": labels},
        "ports": [{"name": "https", "port": 8443}],
        "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}],
    }


def deployment() -> Object:
    """The gate as the chart deploys it."""
    env = {
        "MLGATE_TLS__CERT": "/etc/mlgate/tls/tls.crt",
        "MLGATE_POLICY__SETTINGS": "/etc/mlgate/policy/settings.yaml",
        "MLGATE_DECISION__ON_ERROR": "deny",
    }
    container = {
        "name": "mlgate",
        "args": ["serve"],
        "env": [{"name": name, "value": value} for name, value in env.items()],
        "volumeMounts": [
            {"name": "tls", "mountPath": "/etc/mlgate/tls"},
            {"name": "policy", "mountPath": "/etc/mlgate/policy"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a path in a container
        ],
    }
    volumes = [
        {"name": "tls", "secret": {"secretName": "mlgate-tls"}},
        {"name": "policy", "configMap": {"name": "mlgate-policy"}},
        {"name": "tmp", "emptyDir": {}},
    ]
    pod = {"serviceAccountName": "mlgate", "containers": [container], "volumes": volumes}
    return {
        "metadata": {"name": "mlgate", "namespace": "mlgate-system"},
        "spec": {"replicas": 2, "template": {"metadata": {"labels": POD}, "spec": pod}},
        "status": {"readyReplicas": 2},
    }


def budget() -> Object:
    """What keeps a replica while nodes are drained."""
    spec = {"minAvailable": 1, "selector": {"matchLabels": POD}}
    return {"metadata": {"name": "mlgate", "namespace": "mlgate-system"}, "spec": spec}


def state() -> GateState:
    """What a gate says that is well."""
    policy = {"revision": "v1", "loadedAt": "2026-11-20T00:00:00Z", "refused": None}
    ready = {"ready": True, "problems": {}, "notes": [], "policy": policy}
    return GateState("10.96.0.7:443", {"mlgate": __version__, "policy": "v1", "opa": "1.22.2"}, ready)


def deciding() -> Deciding:
    """An installation that enforces everywhere."""
    profiles = ("sandbox", "development", "staging", "production")
    return Deciding("deny", dict.fromkeys(profiles, "enforce"), "10.96.0.7:443")


def configuration() -> Object:
    """The webhook configuration of an installation that enforces."""
    exempt = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": EXEMPT}
    client = {
        "service": {"name": "mlgate", "namespace": "mlgate-system", "path": "/validate", "port": 443},
        "caBundle": base64.b64encode(AUTHORITY.pem()).decode(),
    }
    (condition,) = known_conditions()["records"]
    narrow: dict[str, Any] = {
        "models": {},
        "workloads": {"matchLabels": {"mlgate.dev/gate": "enabled"}},
        "records": {},
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "mlgate"},
        "webhooks": [
            {
                "name": f"{entry}.mlgate.dev",
                "clientConfig": client,
                "rules": rules,
                "failurePolicy": "Fail",
                "matchPolicy": "Equivalent",
                "sideEffects": "None",
                "timeoutSeconds": 5,
                "admissionReviewVersions": ["v1"],
                "namespaceSelector": {"matchExpressions": [exempt], **narrow[entry]},
                "objectSelector": {},
                **(
                    {"matchConditions": [{"name": "ours", "expression": condition}]}
                    if entry == "records"
                    else {}
                ),
            }
            for entry, rules in webhook_rules().items()
        ],
    }


def served() -> tuple[Served, ...]:
    """A cluster with every platform mlgate knows."""
    return tuple(
        Served(row.group, version, name, row.kind, namespaced=row.scope == "Namespaced")
        for row in gated_kinds().values()
        for version in row.versions
        for name in (row.resource, *(f"{row.resource}/{part}" for part in row.subresources))
    )


def definitions() -> dict[str, Object]:
    """The definitions as an API server that accepted them returns them."""
    status = {"conditions": [{"type": "Established", "status": "True"}]}
    return {entry["metadata"]["name"]: {**entry, "status": status} for entry in read("crds")}


def apart(value: dict[str, Any]) -> dict[str, Any]:
    """A copy in which no part stands in two places."""
    copied: dict[str, Any] = json.loads(json.dumps(value))
    return copied


def namespace(name: str, **labels: str) -> Object:
    """A Namespace as the API server labels it, with labels of ours."""
    ours = {f"mlgate.dev/{key.replace('_', '-')}": value for key, value in labels.items()}
    return {"metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name, **ours}}}


def _group_names() -> frozenset[str]:
    return frozenset(group for rule in needs() for group in rule["apiGroups"])


def reader_binding() -> Object:
    """The gate's own role, bound to its account."""
    account = {"kind": "ServiceAccount", "name": "mlgate", "namespace": "mlgate-system"}
    role = {"kind": "ClusterRole", "name": "mlgate:reader"}
    return {"metadata": {"name": "mlgate:reader"}, "roleRef": role, "subjects": [account]}


@dataclass
class Broken:
    """An installation, its parts open to be changed."""

    configuration: Object
    policies: list[Object]
    bindings: list[Object]
    definitions: dict[str, Any]
    namespaces: list[Object]
    service: Object
    slice: Object
    deployment: Object
    budget: Object
    serving: Serving
    gate: GateState
    roles: list[Object]
    """ClusterRoles, and the Roles among them that have a namespace."""
    role_bindings: list[Object]
    changes: dict[str, Any] = field(default_factory=dict)
    stored: dict[str, list[Object]] = field(default_factory=dict)
    """Further objects of the cluster, by the path of their list."""

    def entry(self, name: str) -> Object:
        """One entry of the webhook."""
        return next(one for one in self.configuration["webhooks"] if one["name"] == f"{name}.mlgate.dev")

    def label(self, name: str, **labels: str) -> None:
        """Make a namespace with labels of ours."""
        self.namespaces.append(namespace(name, **labels))

    @staticmethod
    def _placed(objects: list[Object], *, everywhere: bool) -> list[Object]:
        return [one for one in objects if ("namespace" not in one["metadata"]) == everywhere]

    def snapshot(self) -> Snapshot:
        """As the checks see it."""
        made = Snapshot(
            at=NOW,
            configurations=(self.configuration,),
            served=served(),
            namespaces=(*self.namespaces,),
            policies=(*self.policies,),
            bindings=(*self.bindings,),
            definitions=self.definitions,
            groups=frozenset(one.group for one in served()) | _group_names(),
            cluster_roles=(*self._placed(self.roles, everywhere=True),),
            cluster_role_bindings=(*self._placed(self.role_bindings, everywhere=True),),
            roles=(*self._placed(self.roles, everywhere=False),),
            role_bindings=(*self._placed(self.role_bindings, everywhere=False),),
            services=(self.service,),
            slices=(self.slice,),
            deployments=(self.deployment,),
            budgets=(self.budget,),
            gate=self.gate,
            deciding=deciding(),
        )
        servings = {one.key: self.serving for one in targets(made.entries)}
        return replace(replace(made, servings=servings), **self.changes)


@pytest.fixture
def broken() -> Broken:
    """A healthy installation, to be broken."""
    guards = read("guards")
    for entry in guards:
        entry["metadata"]["generation"] = 1
    return Broken(
        configuration=apart(configuration()),
        policies=[entry for entry in guards if entry["kind"] == "ValidatingAdmissionPolicy"],
        bindings=[entry for entry in guards if entry["kind"] == "ValidatingAdmissionPolicyBinding"],
        definitions=apart(definitions()),
        namespaces=[namespace(name) for name in ("default", "kube-system", "mlgate-system")],
        roles=[{"metadata": {"name": "mlgate:reader"}, "rules": apart({"rules": [*needs()]})["rules"]}],
        role_bindings=[reader_binding()],
        service=apart(service()),
        slice=apart(endpoint_slice()),
        deployment=apart(deployment()),
        budget=apart(budget()),
        serving=Serving("10.96.0.7:443", (der(AUTHORITY.issue(HOST)[0]),)),
        gate=state(),
    )


Check = Callable[[Snapshot], Any]


@pytest.fixture
def codes() -> Callable[[Check, Broken], list[str]]:
    """What a check finds, as codes."""

    def found(check: Check, broken: Broken) -> list[str]:
        return [one.code for one in check(broken.snapshot())]

    return found


@pytest.fixture
def only() -> Callable[[Check, Broken], Finding]:
    """The one thing a check finds."""

    def found(check: Check, broken: Broken) -> Finding:
        (one,) = check(broken.snapshot())
        assert isinstance(one, Finding)
        return one

    return found


class Api:
    """An API server that serves what an installation holds, and refuses what a test says."""

    def __init__(self, broken: Broken, refused: frozenset[str] = frozenset()) -> None:
        self.refused = refused
        self.answers: dict[str, Any] = {}
        self.closed = False
        snapshot = broken.snapshot()
        for path, entries in (
            (
                "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
                snapshot.configurations,
            ),
            ("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", snapshot.policies),
            ("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", snapshot.bindings),
            ("/api/v1/namespaces", snapshot.namespaces),
            (f"{RBAC}/clusterroles", snapshot.cluster_roles),
            (f"{RBAC}/clusterrolebindings", snapshot.cluster_role_bindings),
            (f"{RBAC}/roles", snapshot.roles),
            (f"{RBAC}/rolebindings", snapshot.role_bindings),
            ("/api/v1/namespaces/mlgate-system/services", snapshot.services),
            ("/apis/discovery.k8s.io/v1/namespaces/mlgate-system/endpointslices", snapshot.slices),
            ("/apis/apps/v1/namespaces/mlgate-system/deployments", snapshot.deployments),
            ("/apis/policy/v1/namespaces/mlgate-system/poddisruptionbudgets", snapshot.budgets),
        ):
            self.answers[path] = {"items": [*(entries or ())]}
        for name, definition in (snapshot.definitions or {}).items():
            path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
            self.answers[path] = definition
        self.answers |= {path: {"items": items} for path, items in broken.stored.items()}
        gate = "/api/v1/namespaces/mlgate-system/services/https:mlgate:443/proxy"
        self.answers |= {f"{gate}/version": broken.gate.version, f"{gate}/readyz": broken.gate.ready}
        chain = b"".join(
            x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in broken.serving.chain
        )
        secret = {"data": {"tls.crt": base64.b64encode(chain).decode()}}
        self.answers["/api/v1/namespaces/mlgate-system/secrets/mlgate-tls"] = secret
        settings = {"data": {"settings.yaml": "decision: {mode: {production: enforce}}"}}
        self.answers["/api/v1/namespaces/mlgate-system/configmaps/mlgate-policy"] = settings
        self._discover(snapshot.served)

    def _discover(self, resources: tuple[Served, ...]) -> None:
        groups: dict[str, list[dict[str, str]]] = {}
        for one in resources:
            path = f"/apis/{one.group}/{one.version}" if one.group else f"/api/{one.version}"
            described = {"name": one.resource, "kind": one.kind, "namespaced": one.namespaced}
            self.answers.setdefault(path, {"resources": []})["resources"].append(described)
            version = {"version": one.version, "groupVersion": f"{one.group}/{one.version}"}
            known = groups.setdefault(one.group, [])
            if version not in known:
                known.append(version)
        del groups[""]
        for name in _group_names() - {"", *groups}:
            groups[name] = []
        groups["unrelated.example.com"] = [{"version": "v1", "groupVersion": "unrelated.example.com/v1"}]
        self.answers["/apis"] = {
            "groups": [{"name": name, "versions": versions} for name, versions in groups.items()]
        }

    def read(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        if path in self.refused:
            raise EvidenceUnavailable("the API server answered 403")
        return self.answers.get(path)

    def watch(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        raise NotImplementedError

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def api() -> Callable[..., Api]:
    """An API server that holds an installation."""

    def serving(broken: Broken, refused: Iterable[str] = ()) -> Api:
        return Api(broken, frozenset(refused))

    return serving
