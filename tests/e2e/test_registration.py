"""What the API server sends to the gate, seen by a stand-in that refuses everything."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cluster.control_plane import ControlPlane
from cluster.kubectl import Answer
from cluster.webhook import Rules, configuration
from refusals import refused_by_gate


def rule(resource: str) -> dict[str, Any]:
    """A webhook rule for one resource of the core group."""
    return {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": [resource],
    }


RULES: Rules = {
    "models": [rule("configmaps")],
    "workloads": [rule("services")],
    "records": [rule("namespaces")],
}


@dataclass
class StandIn:
    """A control plane whose webhook notes what it is asked."""

    plane: ControlPlane
    asked: list[dict[str, Any]] = field(default_factory=list)

    def namespace(self, name: str, **labels: str) -> Answer:
        """Create a Namespace with labels of ours."""
        marked = {f"mlgate.dev/{key}": value for key, value in labels.items()}
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": marked}}
        return self.plane.kubectl.send("administrator", "create", [made])

    def config_map(self, namespace: str, *flags: str) -> Answer:
        """Create a ConfigMap; here it stands for a model kind."""
        return self.plane.kubectl("administrator", "create", "configmap", "model", "-n", namespace, *flags)


def _handler(asked: list[dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Refuses every review."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Note the request and refuse it."""
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
            asked.append({**request, "path": self.path})
            response = {
                "uid": request["uid"],
                "allowed": False,
                "status": {"message": "refused\nin two lines"},
            }
            body = json.dumps(
                {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    return Handler


@pytest.fixture(scope="module")
def stand_in(bare_plane: ControlPlane) -> Iterator[StandIn]:
    """A webhook that refuses everything it is asked, in a control plane without a gate."""
    made = StandIn(bare_plane)
    kubectl, authority = bare_plane.kubectl, bare_plane.authority
    pair = authority.server("stand-in", ["127.0.0.1"])
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(made.asked)) as server:
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(pair.certificate, pair.key)
        server.daemon_threads = True  # the API server keeps its connections open
        server.block_on_close = False
        server.socket = serving.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert made.namespace("gated", gate="enabled").ok
        hook = configuration(f"https://127.0.0.1:{server.server_port}", authority.pem(), RULES)
        assert kubectl.send("administrator", "create", [hook]).ok
        kubectl.must("administrator", "wait", "--for=create", "sa/default", "-n", "gated")
        _wait_until_asked(made)
        yield made
        kubectl.must("administrator", "delete", "validatingwebhookconfigurations", hook["metadata"]["name"])
        server.shutdown()


def _wait_until_asked(made: StandIn) -> None:
    """The API server takes a moment to learn of a new webhook."""
    for _ in range(100):
        if not made.config_map("default", "--dry-run=server").ok:
            return
    raise AssertionError("the webhook was never asked")


def test_a_refusal_reaches_the_person_with_all_its_lines(stand_in: StandIn) -> None:
    answer = stand_in.config_map("default")
    assert refused_by_gate(answer), answer.errors
    assert "refused\nin two lines" in answer.errors


def test_the_api_server_says_how_long_it_waits(stand_in: StandIn) -> None:
    stand_in.config_map("default")
    assert stand_in.asked[-1]["path"] == "/validate?timeout=5s"


def test_the_api_servers_own_namespace_is_left_alone(stand_in: StandIn) -> None:
    assert stand_in.config_map("kube-system").ok


def test_plain_workloads_are_judged_where_the_namespace_is_labelled(stand_in: StandIn) -> None:
    create = ("create", "service", "clusterip", "web", "--tcp=80")
    assert stand_in.plane.kubectl("administrator", *create, "-n", "default").ok
    assert refused_by_gate(stand_in.plane.kubectl("administrator", *create, "-n", "gated"))


def test_a_namespace_is_judged_when_labels_of_the_gate_change(stand_in: StandIn) -> None:
    assert stand_in.namespace("plain").ok
    assert refused_by_gate(stand_in.namespace("marked", profile="sandbox"))
    label = stand_in.plane.kubectl
    assert label("administrator", "label", "namespace", "gated", "team=blue").ok
    assert refused_by_gate(
        label("administrator", "label", "namespace", "plain", "mlgate.dev/profile=sandbox")
    )
    assert refused_by_gate(
        label("administrator", "label", "namespace", "gated", "mlgate.dev/gate=off", "--overwrite")
    )
    assert refused_by_gate(label("administrator", "label", "namespace", "gated", "mlgate.dev/gate-"))
