"""The commands of docs/install.md and docs/operate.md, in their order, with real helm and a real API server.

There are no nodes, so no replica runs; what needs one that answers is tested with the chart. For cert-manager
stand its kinds alone.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from cert_manager import definitions
from cluster.control_plane import ControlPlane
from cluster.kubectl import manifest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from operators import Block, Operator, blocks, write_programs

ROOT = Path(__file__).resolve().parents[2]
WEBHOOKS = "validatingwebhookconfiguration"


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]) -> Iterator[Operator]:
    say("a control plane starts, to follow the pages for operators")
    folder = tmp_path_factory.mktemp("operator")
    (folder / "charts").symlink_to(ROOT / "charts")
    (folder / ".venv").symlink_to(sys.prefix)  # as `make setup` makes it
    write_programs(folder)
    (folder / "freeze.rego").write_text("package mlgate.rules.freeze\n")
    (folder / "password").write_text("secret")
    key = Ed25519PrivateKey.generate().public_key()
    (folder / "model-risk.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    authority = trustme.CA()
    pair = authority.issue_cert("mlgate.mlgate-system.svc")
    authority.cert_pem.write_to_path(folder / "ca.crt")
    trustme.CA().cert_pem.write_to_path(folder / "old-ca.crt")
    pair.private_key_pem.write_to_path(folder / "tls.key")
    pair.cert_chain_pems[0].write_to_path(folder / "tls.crt")
    with ControlPlane(tmp_path_factory.mktemp("plane"), ROOT / ".tools" / "bin") as plane:
        plane.kubectl.must("administrator", "create", "-f", "-", stdin=manifest(definitions()))
        flags = ("--for=condition=Established", "crd", "--all", "--timeout=60s")
        plane.kubectl.must("administrator", "wait", *flags)
        yield Operator(plane, folder)


def _policies(operator: Operator) -> list[str]:
    """The failure policies of the three entries."""
    return operator.there(WEBHOOKS, "mlgate", "-o", "jsonpath={.webhooks[*].failurePolicy}").split()


def _installed(operator: Operator) -> None:
    assert _policies(operator) == ["Ignore", "Ignore", "Fail"], "audit lets pass, and guards records"


def _enforced(operator: Operator) -> None:
    assert _policies(operator) == ["Fail", "Fail", "Fail"]


def _edited(operator: Operator) -> None:
    _enforced(operator)
    assert "namespaces" in operator.there(
        WEBHOOKS, "mlgate", "-o", "jsonpath={.webhooks[2].rules[*].resources}"
    )


def _rolled_back(operator: Operator) -> None:
    """As it was; then somebody edits past Helm, whom the next upgrade names and the next block overrules."""
    _edited(operator)
    edit = [{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]
    operator.plane.kubectl.must(
        "administrator", "patch", WEBHOOKS, "mlgate", "--type=json", f"--patch={json.dumps(edit)}"
    )
    upgrade = "helm upgrade mlgate charts/mlgate --namespace mlgate-system --reset-then-reuse-values"
    told = operator.run(Block("sh cluster exit=1", upgrade))
    assert 'conflict with "kubectl-patch"' in told
    assert "failurePolicy" in told


def _gone(operator: Operator) -> None:
    assert operator.there(WEBHOOKS, "mlgate") == ""
    assert operator.there("validatingadmissionpolicy", "signoffs.mlgate.dev"), "records stay guarded"


def _uninstalled(operator: Operator) -> None:
    _gone(operator)
    assert operator.there("deployment", "mlgate", "-n", "mlgate-system") == ""
    assert operator.there("crd", "modelcards.mlgate.dev")
    install = "helm install {} charts/mlgate --namespace mlgate-system {}"
    operator.run(Block("sh cluster", install.format("mlgate", "")))
    operator.run(Block("sh cluster", "helm uninstall mlgate --namespace mlgate-system"))
    operator.run(Block("sh cluster instead", install.format("other", "--set records.install=false")))
    refused = operator.run(Block("sh cluster instead exit=1", install.format("other", "")))
    assert "invalid ownership metadata" in refused


def _removed(operator: Operator) -> None:
    for name in ("modelcards", "signoffs", "waivers"):
        assert operator.there("crd", f"{name}.mlgate.dev") == ""
        assert operator.there("validatingadmissionpolicy", f"{name}.mlgate.dev") == ""


AFTER: dict[str, dict[str, Callable[[Operator], None]]] = {
    "install.md": {
        "helm install mlgate charts/mlgate --namespace mlgate-system\n": _installed,
        "decision.mode.production=enforce": _enforced,
        "--values values.yaml": _edited,
    },
    "operate.md": {
        "kubectl delete validatingwebhookconfiguration": _gone,
        "helm upgrade mlgate charts/mlgate --namespace mlgate-system --reset-then-reuse-values\n": _edited,
        "helm rollback": _rolled_back,
        "--force-conflicts": _edited,
        "helm uninstall": _uninstalled,
        "kubectl delete crd": _removed,
    },
}
"""What is so after a block with these words."""


@pytest.mark.parametrize("page", AFTER)
def test_the_page_works_from_top_to_bottom(operator: Operator, page: str) -> None:
    # One test a page: each block stands on those before it, and the second page on the first.
    seen = set()
    for block in blocks(page):
        if block.info.startswith("yaml "):
            (operator.folder / block.info.split()[1]).write_text(block.text)
        if not block.what.startswith("sh cluster"):
            continue
        operator.run(block)
        for words, check in AFTER[page].items():
            if words in block.text and not block.what.endswith("instead"):
                check(operator)
                seen.add(words)
    assert seen == set(AFTER[page])


def test_the_commands_of_the_doctor_mend_what_was_edited_past_helm(operator: Operator) -> None:
    operator.run(Block("sh cluster", "helm install mlgate charts/mlgate --namespace mlgate-system"))
    selector = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["default"]}
    edit = [
        {"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"},
        {"op": "replace", "path": "/webhooks/0/timeoutSeconds", "value": 1},
        {"op": "replace", "path": "/webhooks/0/namespaceSelector", "value": {"matchExpressions": [selector]}},
    ]
    kubectl = operator.plane.kubectl
    kubectl.must("administrator", "patch", WEBHOOKS, "mlgate", "--type=json", f"--patch={json.dumps(edit)}")
    kubectl.must("administrator", "scale", "deployment", "mlgate", "-n", "mlgate-system", "--replicas=1")
    codes = {
        "webhook.fails_open",
        "webhook.timeout_unsuitable",
        "selector.namespace_exempt",
        "kinds.namespaces_not_matched",
        "replicas.few",
    }
    told = {one["code"]: one["fix"] for one in _findings(operator) if one["code"] in codes}
    assert told.keys() == codes
    for fix in told.values():
        operator.run(Block("sh cluster", fix))
    assert not codes & {one["code"] for one in _findings(operator)}
    for block in blocks("operate.md"):
        if "helm uninstall" in block.text or "kubectl delete crd" in block.text:
            operator.run(block)


UPGRADE = "helm upgrade mlgate charts/mlgate --namespace mlgate-system --reset-then-reuse-values "


def _replicas(operator: Operator) -> str:
    return operator.there("deployment", "mlgate", "-n", "mlgate-system", "-o", "jsonpath={.spec.replicas}")


def _upgraded(operator: Operator, flags: str, what: str = "sh cluster") -> str:
    """How many replicas an upgrade leaves; what helm said where it was refused."""
    said = operator.run(Block(what, UPGRADE + flags))
    return said if "exit=1" in what else _replicas(operator)


def test_replicas_are_handed_to_the_autoscaler_and_taken_back(operator: Operator) -> None:
    page = blocks("operate.md")
    (wanted,) = [block for block in page if block.info == "yaml replicas.yaml"]
    (given,) = [block for block in page if "--field-manager=handover" in block.text]
    (back,) = [block for block in page if "autoscaling.enabled=false" in block.text]
    (operator.folder / "replicas.yaml").write_text(wanted.text)
    scale = "kubectl scale deployment mlgate --namespace mlgate-system --replicas={}"
    operator.run(Block("sh cluster", "helm install mlgate charts/mlgate --namespace mlgate-system"))

    assert _upgraded(operator, "--set autoscaling.enabled=true") == "1", "what the page warns of"
    assert _upgraded(operator, "--set autoscaling.enabled=false") == "2"
    operator.run(Block("sh cluster", scale.format(4)))
    assert "conflict" in operator.run(Block("sh cluster exit=1", given.text)), "the number is another one"
    assert _upgraded(operator, "--force-conflicts") == "2", "Helm's again"
    operator.run(Block("sh cluster", given.text))
    assert _replicas(operator) == "2", "nobody took it away"

    operator.run(Block("sh cluster", scale.format(5)))  # as the autoscaler does
    assert _upgraded(operator, "") == "5"
    refused = _upgraded(operator, "--set autoscaling.enabled=false", "sh cluster exit=1")
    assert "conflict" in refused
    assert ".spec.replicas" in refused
    operator.run(Block("sh cluster", back.text.replace("replicaCount=2", "replicaCount=5")))
    assert _replicas(operator) == "5"
    assert operator.there("hpa", "mlgate", "-n", "mlgate-system") == ""
    assert "conflict" in _upgraded(operator, "--set replicaCount=3", "sh cluster exit=1")
    assert _upgraded(operator, "--set replicaCount=3 --force-conflicts") == "3"
    assert _upgraded(operator, "--set replicaCount=2") == "2"
    for block in page:
        if "helm uninstall" in block.text or "kubectl delete crd" in block.text:
            operator.run(block)


def _findings(operator: Operator) -> list[dict[str, str]]:
    said = operator.run(Block("sh cluster exit=1", "mlgate doctor --output json 2> /dev/null"))
    found: list[dict[str, str]] = json.loads(said)["findings"]
    return found


def _render(operator: Operator) -> str:
    """The chart as Argo CD renders it: outside of the cluster."""
    done = subprocess.run(  # noqa: S603 - the pinned helm
        [
            *(str(ROOT / ".tools" / "bin" / "helm"), "template", "mlgate", str(ROOT / "charts" / "mlgate")),
            *("--namespace", "mlgate-system", "--set=decision.mode.production=enforce", "--skip-tests"),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(operator.folder), "PATH": "/usr/bin:/bin"},
    )
    return done.stdout


def test_a_tool_that_renders_outside_of_the_cluster_sees_no_difference_for_ever(operator: Operator) -> None:
    rendered = _render(operator)
    assert _render(operator) == rendered
    kubectl = operator.plane.kubectl
    argo = ("--server-side", "--field-manager=argocd-controller", "--namespace=mlgate-system", "-f", "-")
    kubectl("administrator", "create", "namespace", "mlgate-system")
    kubectl.must("administrator", "apply", *argo, stdin=rendered)
    # As cert-manager does, which signs for the API server.
    bundle = base64.b64encode((operator.folder / "ca.crt").read_bytes()).decode()
    patch = [
        {"op": "add", "path": f"/webhooks/{place}/clientConfig/caBundle", "value": bundle}
        for place in range(3)
    ]
    flags = ("--type=json", "--field-manager=cert-manager-cainjector", f"--patch={json.dumps(patch)}")
    kubectl.must("administrator", "patch", WEBHOOKS, "mlgate", *flags)
    same = kubectl("administrator", "diff", *argo, stdin=rendered)
    assert same.ok, f"{same.output}{same.errors}"
    kubectl.must("administrator", "apply", *argo, stdin=rendered)
    kept = operator.there(WEBHOOKS, "mlgate", "-o", "jsonpath={.webhooks[*].clientConfig.caBundle}")
    assert kept.split() == [bundle] * 3
    other = kubectl(
        "administrator", "diff", *argo, stdin=rendered.replace("timeoutSeconds: 5", "timeoutSeconds: 6")
    )
    assert "timeoutSeconds: 6" in other.output, "a difference is seen where there is one"
