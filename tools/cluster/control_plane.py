"""etcd, kube-apiserver and kube-controller-manager as processes on loopback.

No container, no root: the data lies in one temporary folder and goes with it.
"""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cluster.kubectl import Kubectl
from cluster.people import CONTROLLERS, GATE, PEOPLE, new_tokens, write_kubeconfig, write_token_file
from cluster.pki import Authority, signing_key
from cluster.processes import Child, ClusterError, free_port, launch, wait_ready

SERVICE_RANGE = "127.96.0.0/16"
"""Cluster IPs out of the loopback network: the host itself can listen on them."""

CONTROLLER_NAMES = (
    "deployment-controller",
    "replicaset-controller",
    "statefulset-controller",
    "serviceaccount-controller",
    "namespace-controller",
    "garbage-collector-controller",
)
"""Those that make an applied object live; there is no node, so no Pod is ever started."""


@dataclass
class ControlPlane:
    """A running control plane; `start` and `stop` it, or use it as a context manager."""

    folder: Path
    tools: Path
    children: list[Child] = field(default_factory=list)

    def __post_init__(self) -> None:
        for tool in ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl"):
            if not (self.tools / tool).exists():
                raise ClusterError(f"{self.tools / tool} is missing: run `make tools-e2e`")
        self.folder.chmod(0o700)
        self.authority = Authority(self.folder)
        self._everybody = (*PEOPLE, GATE, CONTROLLERS)
        self._server_flags: list[str] = []
        self.tokens = new_tokens(self._everybody)
        self.port = free_port()
        self.kubeconfig = self.folder / "kubeconfig"
        self.gate_kubeconfig = self.folder / "mlgate.kubeconfig"
        self.kubectl = Kubectl(self.tools / "kubectl", self.kubeconfig, self.folder / "kubectl-cache")

    @property
    def url(self) -> str:
        """Address of the API server."""
        return f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and wait until the API server is ready.

        Raises:
            ClusterError: a part did not come up.
        """
        self._write_identities()
        self._server_flags = self._apiserver_flags(self._start_etcd())
        server = self._launch("kube-apiserver", self._server_flags)
        wait_ready(server, self._ready, 120)
        self._launch("kube-controller-manager", self._controller_flags())

    def restart_server(self) -> None:
        """Kill the API server, as a lost machine would, and start it again on the same data and port.

        Raises:
            ClusterError: it did not come up again.
        """
        place = next(index for index, child in enumerate(self.children) if child.name == "kube-apiserver")
        self.children[place].process.kill()
        self.children[place].process.wait()
        self.children[place] = self._new("kube-apiserver", self._server_flags)
        wait_ready(self.children[place], self._ready, 120)

    def stop(self) -> None:
        """End the processes, the youngest first."""
        while self.children:
            self.children.pop().stop()

    def _write_identities(self) -> None:
        write_token_file(self.folder / "tokens.csv", self._everybody, self.tokens)
        for path, people in (
            (self.kubeconfig, PEOPLE),
            (self.gate_kubeconfig, (GATE,)),
            (self.folder / "controllers.kubeconfig", (CONTROLLERS,)),
        ):
            write_kubeconfig(path, self.url, self.authority.pem(), people, self.tokens)

    def _launch(self, name: str, flags: list[str]) -> Child:
        child = self._new(name, flags)
        self.children.append(child)
        return child

    def _new(self, name: str, flags: list[str]) -> Child:
        return launch(name, [str(self.tools / name), *flags], self.folder)

    def _start_etcd(self) -> str:
        client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        etcd = self._launch(
            "etcd",
            [
                f"--data-dir={self.folder / 'etcd'}",
                f"--listen-client-urls={client}",
                f"--advertise-client-urls={client}",
                f"--listen-peer-urls={peer}",
                f"--initial-advertise-peer-urls={peer}",
                f"--initial-cluster=default={peer}",
                # The data is thrown away with the folder: waiting for the disk buys nothing.
                "--unsafe-no-fsync",
                "--log-level=warn",
            ],
        )
        wait_ready(etcd, lambda: _answers(f"{client}/readyz"), 60)
        return client

    def _apiserver_flags(self, etcd: str) -> list[str]:
        serving = self.authority.server("apiserver", ["127.0.0.1", "localhost", "kubernetes.default.svc"])
        accounts = signing_key(self.folder, "service-accounts")
        return [
            f"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--secure-port={self.port}",
            f"--tls-cert-file={serving.certificate}",
            f"--tls-private-key-file={serving.key}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={accounts}",
            f"--service-account-signing-key-file={accounts}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            f"--service-cluster-ip-range={SERVICE_RANGE}",
            "--profiling=false",
        ]

    def _controller_flags(self) -> list[str]:
        config = self.folder / "controllers.kubeconfig"
        return [
            f"--kubeconfig={config}",
            "--bind-address=127.0.0.1",
            f"--secure-port={free_port()}",
            f"--cert-dir={self.folder / 'controllers'}",
            f"--controllers={','.join(CONTROLLER_NAMES)}",
            # So that Pods come from the accounts that create them in a real cluster.
            "--use-service-account-credentials=true",
            "--leader-elect=false",
        ]

    def _ready(self) -> bool:
        return _answers(f"{self.url}/readyz", self.authority.certificate, self.tokens["administrator"])


def _answers(url: str, authority: Path | None = None, token: str | None = None) -> bool:
    """Whether a GET is answered with success."""
    request = urllib.request.Request(url)  # noqa: S310 - the addresses are our own
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    context = ssl.create_default_context(cafile=authority) if authority else None
    try:
        with urllib.request.urlopen(request, timeout=2, context=context) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP OK
    except (urllib.error.URLError, OSError):
        return False
