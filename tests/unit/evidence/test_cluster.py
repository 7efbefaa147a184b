"""The live cluster, against an API server that misbehaves on request."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable, SettingsError
from mlgate.evidence.api_server import Connection
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.evidence.transport import NotServed, ResourceGone

CARDS = "/apis/mlgate.dev/v1alpha1/namespaces/prod/modelcards"
CARD = ("mlgate.dev/v1alpha1", "ModelCard")
WATCHED = {
    *("ModelCard", "SignOff", "Waiver", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
    *("Namespace", "StorageClass", "ServingRuntime", "ClusterServingRuntime", "ServiceAccount", "Node"),
    *("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "NetworkPolicy"),
    *("PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication"),
}
WHO_AM_I = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


class ApiServer:
    """Answers by path: a status and a body, a function, or 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.requests: list[tuple[str, dict[str, list[str]]]] = []
        self.posted: list[tuple[str, Any]] = []
        self.release = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = parse_qs(parts.query)
                outer.requests.append((parts.path, query))
                answer = outer.answers.get(parts.path, (404, b"{}"))
                if callable(answer):
                    answer(self, query)
                    return
                self.reply(*answer)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.posted.append((self.headers["Content-Type"], json.loads(self.rfile.read(length))))
                self.do_GET()

            def reply(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """A test is quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def say(self, path: str, value: Any, status: int = 200) -> None:
        self.answers[path] = (status, value if isinstance(value, bytes) else json.dumps(value).encode())

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def stop(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.stop()


@pytest.fixture
def kubeconfig(server: ApiServer, tmp_path: Path) -> Path:
    file = tmp_path / "config"
    user = {"name": "u", "user": {"token": "t0ken"}}
    cluster = {"name": "c", "cluster": {"server": server.url}}
    context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
    file.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [cluster],
                "users": [user],
                "contexts": [context],
                "current-context": "x",
            }
        )
    )
    return file


@pytest.fixture
def connection(kubeconfig: Path) -> Iterator[Connection]:
    connection = Connection.configure(kubeconfig)
    yield connection
    connection.close()


@pytest.fixture
def live(kubeconfig: Path) -> Iterator[KubernetesCluster]:
    cluster = KubernetesCluster.connect(kubeconfig, per_call_timeout=5)
    yield cluster
    cluster.stop()


def card(name: str = "credit") -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "prod", "resourceVersion": "1"}}


def test_other_commands_do_not_wait_for_the_kubernetes_package() -> None:
    code = "import sys, mlgate.evidence.cluster; sys.exit('kubernetes' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 - our own code
    assert done.returncode == 0


def test_a_configuration_that_is_not_there_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no usable cluster configuration: .*/nothing: "):
        Connection.configure(tmp_path / "nothing")


def test_a_context_that_is_not_there_is_a_setting_to_mend(kubeconfig: Path) -> None:
    with pytest.raises(SettingsError, match="no usable cluster configuration"):
        Connection.configure(kubeconfig, "other")


TORN: dict[str, Any] = {
    "no YAML": "a: [b\nSECRET: ]",
    "a word": "SECRET",
    "a list": ["SECRET"],
    "contexts that are none": {"contexts": 7},
    "a user at the wrong depth": {"users": [{"name": "u", "token": "SECRET"}]},
    "a certificate that is no base64": {
        "clusters": [{"name": "c", "cluster": {"server": "https://a", "certificate-authority-data": "SECRE"}}]
    },
    "no server": {"clusters": [{"name": "c", "cluster": {"proxy-url": "SECRET"}}]},
    "a server that is no address": {"clusters": [{"name": "c", "cluster": {"server": "127.0.0.1:6443"}}]},
    "a server that is a number": {"clusters": [{"name": "c", "cluster": {"server": 7}}]},
    "bytes": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", TORN)
def test_a_configuration_that_is_none_is_a_setting_to_mend_and_its_secrets_are_not_told(
    kubeconfig: Path, name: str
) -> None:
    torn = TORN[name]
    if isinstance(torn, dict):
        torn = yaml.safe_load(kubeconfig.read_text()) | torn
    kubeconfig.write_bytes(
        torn
        if isinstance(torn, bytes)
        else (torn if isinstance(torn, str) else yaml.safe_dump(torn)).encode()
    )

    with pytest.raises(SettingsError, match="no usable cluster configuration: ") as told:
        Connection.configure(kubeconfig)

    assert "SECRE" not in str(told.value)


def test_outside_a_cluster_there_is_no_account_of_a_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(SettingsError, match=r"no usable cluster configuration: .* name a kubeconfig\."):
        Connection.configure()


def test_an_object_is_read_with_the_token_of_the_configuration(
    server: ApiServer, connection: Connection
) -> None:
    seen: list[str | None] = []

    def answer(handler: Any, _query: Any) -> None:
        seen.append(handler.headers["Authorization"])
        handler.reply(200, b'{"a": 1}')

    server.answers["/x"] = answer
    assert connection.read("/x", {"limit": "1"}, 5) == {"a": 1}
    assert seen == ["Bearer t0ken"]
    assert server.requests == [("/x", {"limit": ["1"]})]


def test_what_is_not_there_is_none(connection: Connection) -> None:
    assert connection.read("/nothing", {}, 5) is None


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_every_other_status_is_unavailable_with_its_number(
    server: ApiServer, connection: Connection, status: int
) -> None:
    server.say("/x", {"message": "secret detail"}, status)
    with pytest.raises(EvidenceUnavailable, match=f"^the API server answered {status}$"):
        connection.read("/x", {}, 5)
    assert len(server.requests) == 1


def test_a_version_that_is_gone_is_told_apart(server: ApiServer, connection: Connection) -> None:
    server.say("/x", {}, 410)
    with pytest.raises(ResourceGone):
        connection.read("/x", {}, 5)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_is_no_json_object_is_unavailable(
    server: ApiServer, connection: Connection, body: bytes
) -> None:
    server.say("/x", body)
    with pytest.raises(EvidenceUnavailable, match="the API server's answer for /x"):
        connection.read("/x", {}, 5)


def test_an_api_server_that_is_not_there_is_unavailable(server: ApiServer, connection: Connection) -> None:
    server.stop()
    with pytest.raises(EvidenceUnavailable, match="did not answer"):
        connection.read("/x", {}, 5)
    with pytest.raises(EvidenceUnavailable, match="did not answer"):
        connection.watch("/x", {}, 5)


def test_a_connection_that_breaks_within_an_answer_is_unavailable(
    server: ApiServer, connection: Connection
) -> None:
    def answer(handler: Any, _query: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.close_connection = True

    server.answers["/x"] = answer
    with pytest.raises(EvidenceUnavailable, match="did not answer"):
        connection.read("/x", {}, 5)


def streamed(*chunks: bytes, end: bool = True) -> Callable[[Any, Any], None]:
    def answer(handler: Any, _query: Any) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for chunk in chunks:
            handler.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        if end:
            handler.wfile.write(b"0\r\n\r\n")
        else:
            handler.close_connection = True

    return answer


def test_a_watch_gives_whole_lines_however_they_arrive(server: ApiServer, connection: Connection) -> None:
    server.answers["/w"] = streamed(b'{"a"', b':1}\n\n{"b":2}', b"\n")
    stream = connection.watch("/w", {}, 5)
    assert list(stream.lines()) == [b'{"a":1}', b'{"b":2}']
    stream.close()


def test_a_watch_that_breaks_is_unavailable(server: ApiServer, connection: Connection) -> None:
    server.answers["/w"] = streamed(b'{"a":1}\n', end=False)
    stream = connection.watch("/w", {}, 5)
    with pytest.raises(EvidenceUnavailable, match="the watch broke"):
        list(stream.lines())
    stream.close()


def test_an_endless_line_is_not_kept(
    server: ApiServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlgate.evidence.api_server._LONGEST_LINE", 10)
    server.answers["/w"] = streamed(b"x" * 20)
    stream = connection.watch("/w", {}, 5)
    with pytest.raises(EvidenceUnavailable, match="beyond all measure"):
        list(stream.lines())
    stream.close()


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotServed), (410, ResourceGone), (403, EvidenceUnavailable)]
)
def test_a_watch_that_is_refused_says_how(
    server: ApiServer, connection: Connection, status: int, error: type[Exception]
) -> None:
    server.say("/w", {}, status)
    with pytest.raises(error):
        connection.watch("/w", {}, 5)


async def test_before_it_watches_every_read_is_live(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    server.say(f"{CARDS}/credit", card())
    server.say(CARDS, {"items": [card()]})
    assert await live.get(*CARD, "prod", "credit", deadline=deadline) == card()
    assert await live.list(*CARD, "prod", deadline=deadline) == [card()]
    assert server.paths() == [f"{CARDS}/credit", CARDS]
    assert set(live.not_watched()) == WATCHED
    assert (live.source, live.assume_authenticated) == ("cluster", False)


async def test_a_hit_in_a_living_copy_costs_no_read_and_a_miss_is_confirmed(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    copy = live._copies[CARD]
    copy.replace([card()])
    copy.heard()
    assert await live.get(*CARD, "prod", "credit", deadline=deadline) == card()
    assert await live.list(*CARD, "prod", deadline=deadline) == [card()]
    assert server.requests == []
    server.say(f"{CARDS}/new", card("new"))
    assert await live.get(*CARD, "prod", "new", deadline=deadline) == card("new")
    assert await live.get(*CARD, "prod", "none", deadline=deadline) is None
    assert server.paths() == [f"{CARDS}/new", f"{CARDS}/none"]


async def test_a_fresh_read_passes_the_copy_by(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    copy = live._copies[CARD]
    copy.replace([card()])
    copy.heard()
    assert await live.get(*CARD, "prod", "credit", deadline=deadline, fresh=True) is None
    assert await live.list(*CARD, "prod", deadline=deadline, fresh=True) == []


async def test_a_dead_copy_is_not_believed(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    copy = live._copies[CARD]
    copy.replace([card()])
    copy.heard()
    copy.lost()
    assert await live.get(*CARD, "prod", "credit", deadline=deadline) is None


async def test_a_kind_that_is_not_served_is_not_asked_for_at_every_review(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    kind = ("security.istio.io/v1beta1", "PeerAuthentication")
    for fresh in (False, True):
        assert await live.list(*kind, "prod", deadline=deadline, fresh=fresh) == []
    path = "/apis/security.istio.io/v1beta1/namespaces/prod/peerauthentications"
    assert server.paths() == [path, path]
    live._copies[kind].missed()
    for fresh in (False, True):
        assert await live.list(*kind, "prod", deadline=deadline, fresh=fresh) == []
    assert len(server.requests) == 2


async def test_of_a_secret_nothing_but_its_metadata_is_asked_for(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    accepted: list[str] = []

    def answer(handler: Any, _: Any) -> None:
        accepted.append(handler.headers["Accept"])
        handler.reply(200, b'{"metadata": {"name": "s"}, "items": []}')

    server.answers["/api/v1/namespaces/prod/secrets/s"] = answer
    server.answers["/api/v1/nodes"] = answer
    server.answers[f"{CARDS}/credit"] = answer
    await live.get("v1", "Secret", "prod", "s", deadline=deadline)
    await live.list("v1", "Node", None, deadline=deadline)
    await live.get(*CARD, "prod", "credit", deadline=deadline)
    assert accepted == [
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
        "application/json",
    ]


async def test_a_kind_that_nobody_asks_for_is_not_watched(kubeconfig: Path) -> None:
    cluster = KubernetesCluster.connect(kubeconfig, unwatched=frozenset({"Node"}))
    assert set(cluster.not_watched()) == WATCHED - {"Node"}
    cluster.stop()


async def test_kinds_that_are_not_served_hold_nothing(live: KubernetesCluster, deadline: Deadline) -> None:
    assert await live.get("apps/v1", "Gadget", "prod", "x", deadline=deadline) is None
    assert await live.list("apps/v1", "Gadget", "prod", deadline=deadline) == []


async def test_a_name_no_object_can_have_is_never_asked_for(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    assert await live.get(*CARD, "prod", "../../../api/v1/secrets", deadline=deadline) is None
    assert server.requests == []


async def test_a_refusal_names_what_was_looked_up(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    server.say(f"{CARDS}/credit", {}, 403)
    with pytest.raises(EvidenceUnavailable, match=r"^ModelCard credit: the API server answered 403$"):
        await live.get(*CARD, "prod", "credit", deadline=deadline)


async def test_an_api_server_that_does_not_answer_in_time_is_unavailable(
    server: ApiServer, live: KubernetesCluster
) -> None:
    server.answers[f"{CARDS}/credit"] = lambda *_: server.release.wait(10)
    with pytest.raises(EvidenceUnavailable, match="ModelCard credit: "):
        await live.get(*CARD, "prod", "credit", deadline=Deadline.after(0.2))
    with pytest.raises(EvidenceUnavailable, match="no time left"):
        await live.get(*CARD, "prod", "credit", deadline=Deadline.after(0))


async def test_watched_kinds_become_alive_and_end_with_the_cluster(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    path = "/apis/mlgate.dev/v1alpha1/modelcards"
    opened = threading.Event()

    def answer(handler: Any, query: dict[str, list[str]]) -> None:
        if "watch" not in query:
            handler.reply(200, json.dumps({"metadata": {"resourceVersion": "5"}, "items": [card()]}).encode())
            return
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.flush()
        opened.set()
        server.release.wait(30)

    server.answers[path] = answer
    live.start()
    assert opened.wait(10)
    while "ModelCard" in live.not_watched():
        await asyncio.sleep(0.01)
    assert await live.get(*CARD, "prod", "credit", deadline=deadline) == card()
    assert f"{CARDS}/credit" not in server.paths()
    live.stop()
    assert "ModelCard" in live.not_watched()


async def test_the_api_server_says_who_the_caller_is(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline
) -> None:
    server.say(WHO_AM_I, {"status": {"userInfo": {"username": "ana@bank.example"}}}, 201)

    assert await live.whoami(deadline) == "ana@bank.example"
    question = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    assert server.posted == [("application/json", question)]
    assert server.requests == [(WHO_AM_I, {})]


@pytest.mark.parametrize("status", [201, 403])
async def test_what_is_tried_is_never_stored_and_a_refusal_is_an_answer(
    server: ApiServer, connection: Connection, status: int
) -> None:
    server.say(CARDS, {"message": "no"}, status)

    assert await asyncio.to_thread(connection.dry_run, CARDS, card(), 5) == (status, {"message": "no"})
    assert server.requests == [(CARDS, {"dryRun": ["All"]})]
    assert server.posted == [("application/json", card())]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"status": None},
        {"status": "ok"},
        {"status": {"userInfo": []}},
        {"status": {"userInfo": {"username": ""}}},
        {"status": {"userInfo": {"username": 7}}},
    ],
)
async def test_an_answer_without_a_name_names_nobody(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline, answer: dict[str, Any]
) -> None:
    server.say(WHO_AM_I, answer, 201)

    assert await live.whoami(deadline) is None


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 410, 500])
async def test_a_caller_the_api_server_does_not_name_is_unavailable_with_the_status(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline, status: int
) -> None:
    server.say(WHO_AM_I, {"status": {"userInfo": {"username": "forged"}}}, status)

    expected = f"^the name of the current user: the API server answered {status}$"
    with pytest.raises(EvidenceUnavailable, match=expected):
        await live.whoami(deadline)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"[" * 100_000, b"\xff\xfe"])
async def test_a_name_in_an_answer_that_is_no_json_object_is_unavailable(
    server: ApiServer, live: KubernetesCluster, deadline: Deadline, body: bytes
) -> None:
    server.say(WHO_AM_I, body, 201)

    with pytest.raises(EvidenceUnavailable, match="the API server's answer for"):
        await live.whoami(deadline)


async def test_an_api_server_that_does_not_say_who_the_caller_is_in_time_is_unavailable(
    server: ApiServer, live: KubernetesCluster
) -> None:
    server.answers[WHO_AM_I] = lambda *_: server.release.wait(10)

    with pytest.raises(EvidenceUnavailable, match="the name of the current user: "):
        await live.whoami(Deadline.after(0.2))
    with pytest.raises(EvidenceUnavailable, match="no time left"):
        await live.whoami(Deadline.after(0))
