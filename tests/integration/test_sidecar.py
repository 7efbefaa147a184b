"""`mlgate serve` and an OPA beside it: handed over whole, taken over without a loss, open to nobody else."""

from __future__ import annotations

import json
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import trustme
from beside import Pod, config_of, pod, until, verdict
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from policies import AUDITED, BAD_SETTINGS, CODE, DENIED, below, mounted, put
from process import MLGATE, environment

from mlgate.policy.archive import pack, unpack
from mlgate.policy.local_opa import find_opa
from mlgate.policy.release import write_bundle
from mlgate.policy.signing_keys import read_private_key

Question = Callable[..., dict[str, Any]]


def settings_mount(root: Path, moment: str, text: str) -> Path:
    """Show the settings as kubelet shows a ConfigMap, and swap them as kubelet does."""
    before = (root / "..data").resolve()
    (root / moment).mkdir(parents=True)
    (root / moment / "settings.yaml").write_text(text)
    (root / "..next").symlink_to(moment)
    (root / "..next").replace(root / "..data")
    link = root / "settings.yaml"
    if not link.is_symlink():
        link.symlink_to("..data/settings.yaml")
    elif before.name != moment:
        (before / "settings.yaml").unlink()
        before.rmdir()
    return link


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site's rules, as a mounted ConfigMap."""
    mounted(tmp_path / "site", "..1", AUDITED)
    return tmp_path / "site"


@pytest.fixture
def beside(tmp_path: Path, evidence: tuple[Path, ...]) -> Iterator[Pod]:
    """A pod whose settings are a mounted ConfigMap."""
    link = settings_mount(tmp_path / "config", "..1", "fairness: {tolerance: 0.01}\n")
    with pod(tmp_path, evidence, MLGATE_POLICY__SETTINGS=str(link)) as found:
        yield found


def test_it_judges_by_the_opa_beside_it_and_follows_config_maps_without_losing_a_review(
    beside: Pod, site: Path, question: Question
) -> None:
    with beside.mlgate(site) as gate, ThreadPoolExecutor(4) as callers:
        first, over = gate.ready(), Event()
        assert gate.verdict(question()) == (first, True, [])
        assert gate.verdict(question("credit-scoring-no-card"))[1:] == (False, ["model_card.missing"])

        def load() -> list[tuple[str, bool, list[str]]]:
            found = []
            while not over.is_set():
                found.append(verdict(gate.server.ask(question())))
            return found

        asked = [callers.submit(load) for _ in range(4)]
        try:
            mounted(site, "..2", DENIED)
            second = gate.moved_from(first)
            text = f"enforcement: {{overrides: {{{CODE}: {{production: warn}}}}}}\n"
            settings_mount(beside.folder / "config", "..2", text)
            third = gate.moved_from(second)
        finally:
            over.set()
        found = [answer for future in asked for answer in future.result(60)]
        last = gate.verdict(question())
        metrics = gate.metrics()

    expected = {(first, True, ()), (second, False, (CODE,)), (third, True, ())}
    assert {(revision, allowed, tuple(codes)) for revision, allowed, codes in found} == expected
    assert last == (third, True, [])
    assert metrics[f'mlgate_policy_info{{revision="{third}"}}'] == 1
    assert metrics["mlgate_policy_last_load_success"] == 1
    assert metrics["mlgate_policy_load_failures_total"] == 0


def test_what_is_refused_is_never_handed_over(beside: Pod, site: Path, question: Question) -> None:
    with beside.mlgate(site) as gate:
        first = gate.ready()
        handed = (beside.shared / "bundle.tar.gz").read_bytes()
        text, words = BAD_SETTINGS["a type that is another"]
        settings_mount(beside.folder / "config", "..2", text)
        assert gate.refused(*words)["revision"] == first
        assert gate.metrics()["mlgate_policy_last_load_success"] == 0
        settings_mount(beside.folder / "config", "..3", "")
        second = gate.moved_from(first)
        mounted(site, "..2", below('x if http.send({"method": "GET", "url": "http://127.0.0.1"})'))
        assert gate.refused("undefined function http.send")["revision"] == second
        # It compiles, and fails in every review: what is tried first tells.
        mounted(
            site,
            "..3",
            AUDITED.replace("not owned", "not owned\n\t1 / (count(input.workload.models) - 1) > 0"),
        )
        told = gate.refused("decides nothing")
        assert told["revision"] == second
        assert gate.told()["status"] == 200
        assert gate.verdict(question()) == (second, True, [])
        metrics = gate.metrics()
        assert metrics["mlgate_policy_last_load_success"] == 0
        assert metrics["mlgate_policy_load_failures_total"] >= 3
    assert unpack((beside.shared / "bundle.tar.gz").read_bytes()).keys() == unpack(handed).keys()
    assert {path.name for path in beside.shared.iterdir()} == {"bundle.tar.gz", "guard", "opa.json"}


def test_opa_answers_mlgate_alone_and_nothing_but_its_question(beside: Pod, site: Path) -> None:
    decision, ours = "/v1/data/mlgate/main/decision", beside.token
    with beside.mlgate(site) as gate:
        gate.ready()
        assert beside.ask_opa("POST", decision, ours, '{"input": {}}') == 200
        for token in (None, "", "wrong", ours[:-1], ours.upper()):
            assert beside.ask_opa("POST", decision, token, '{"input": {}}') == 401
            assert beside.ask_opa("GET", "/v1/data/mlgate/revision", token) == 401
        for method, path in (
            ("PUT", "/v1/policies/evil"),
            ("GET", "/v1/policies"),
            ("DELETE", "/v1/policies/mlgate"),
            ("GET", "/v1/data"),
            ("POST", "/v1/data"),
            ("PUT", "/v1/data/mlgate/revision"),
            ("PATCH", "/v1/data"),
            ("GET", "/v1/data/system"),
            ("GET", "/v1/config"),
            ("GET", "/v1/status"),
            ("POST", "/v1/query"),
            ("POST", "/v1/compile"),
            ("POST", "/"),
        ):
            assert beside.ask_opa(method, path, ours, "{}") == 401, (method, path)
        for path in ("/health", "/metrics"):
            assert beside.ask_opa("GET", path) == 200
    readable = [path.read_bytes() for path in beside.shared.rglob("*") if path.is_file()]
    assert not [content for content in readable if ours.encode() in content]
    assert (beside.folder / "token").stat().st_mode & 0o077 == 0
    assert config_of(beside)["services"]["mlgate"]["url"] == f"http://127.0.0.1:{beside.bundle_port}"


def test_an_opa_that_is_killed_gets_its_policy_again(beside: Pod, site: Path, question: Question) -> None:
    with beside.mlgate(site) as gate:
        first = gate.ready()
        beside.kill_opa()
        response = gate.server.ask(question())
        assert (response["allowed"], response["status"]["code"]) == (False, 503)
        until(lambda: gate.told()["status"] == 503)
        arguments = beside.prepare()  # the token is kept: mlgate runs on with it
        beside.start_opa(arguments)
        assert gate.ready() == first
        assert gate.verdict(question()) == (first, True, [])


def test_it_starts_again_with_the_last_good_policy_where_the_newest_is_refused(
    beside: Pod, site: Path, question: Question
) -> None:
    with beside.mlgate(site) as gate:
        first = gate.ready()
        gate.server.process.send_signal(signal.SIGKILL)
        gate.server.process.wait()
    mounted(site, "..2", below("x if {"))
    with beside.mlgate(site) as gate:
        assert gate.ready() == first
        assert gate.refused("; correct the syntax there")["revision"] == first
        assert gate.verdict(question()) == (first, True, [])
        assert gate.metrics()["mlgate_policy_last_load_success"] == 0
        mounted(site, "..3", DENIED)
        second = gate.moved_from(first)
        assert gate.verdict(question()) == (second, False, [CODE])
        assert gate.metrics()["mlgate_policy_last_load_success"] == 1


def test_a_damaged_file_is_not_taken_for_the_last_good_policy(
    beside: Pod, site: Path, question: Question
) -> None:
    with beside.mlgate(site) as gate:
        first = gate.ready()
        handed = beside.shared / "bundle.tar.gz"
        whole = handed.read_bytes()
        handed.write_bytes(whole[: len(whole) // 2])
        assert gate.verdict(question()) == (first, True, [])
        assert gate.ready() == first
        assert gate.server.stop() == 0
    for damaged in (
        whole[: len(whole) // 2],
        b"",
        pack(unpack(whole) | {"mlgate/x.rego": b"package mlgate.x\n\ny := http.send({})\n"}),
    ):
        handed.write_bytes(damaged)
        mounted(site, f"..{len(damaged)}", below("x if {"))
        done = subprocess.run(  # noqa: S603 - our own program
            [
                *(str(MLGATE), "serve", "--listen", "127.0.0.1:0", "--bundle", str(site)),
                *("--tls-cert", str(beside.folder / "tls.crt"), "--tls-key", str(beside.folder / "tls.key")),
                *("--evidence", str(beside.evidence[0])),
            ],
            env=environment(beside.folder, **beside.variables()),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2, done.stderr
        assert "correct the syntax there" in done.stderr
        assert "last_policy_not_usable" in done.stderr
    mounted(site, "..9", AUDITED)
    with beside.mlgate(site) as gate:  # OPA held on to it all the time
        assert gate.ready() == first


def flat(root: Path, moment: str, text: str) -> Path:
    """The rule as the one key of a mounted ConfigMap, in no folder."""
    before = (root / "..data").resolve()
    (root / moment).mkdir(parents=True)
    (root / moment / "owner_label.rego").write_text(text)
    (root / "..next").symlink_to(moment)
    (root / "..next").replace(root / "..data")
    if not (root / "owner_label.rego").is_symlink():
        (root / "owner_label.rego").symlink_to("..data/owner_label.rego")
    elif before.name != moment:
        shutil.rmtree(before)
    return root


def test_packages_are_the_keys_of_config_maps(
    tmp_path: Path, evidence: tuple[Path, ...], question: Question
) -> None:
    packages = json.dumps([str(flat(tmp_path / "map", "..1", AUDITED))])
    with pod(tmp_path, evidence, MLGATE_POLICY__PACKAGES=packages) as beside, beside.mlgate(None) as gate:
        first = gate.ready()
        assert gate.verdict(question()) == (first, True, [])
        flat(tmp_path / "map", "..2", DENIED)
        second = gate.moved_from(first)
        assert gate.verdict(question()) == (second, False, [CODE])
        flat(tmp_path / "map", "..3", DENIED.replace("package mlgate.rules.ours", "package mlgate.main"))
        assert gate.refused("owner_label.rego: is no package of a site")["revision"] == second
        flat(tmp_path / "map", "..4", below('x if http.send({"method": "GET", "url": "http://127.0.0.1"})'))
        assert gate.refused("undefined function http.send")["revision"] == second
        assert gate.verdict(question()) == (second, False, [CODE])


def test_both_are_told_to_stop_at_once_and_opa_stays_longer(
    beside: Pod, site: Path, question: Question
) -> None:
    with beside.mlgate(site) as gate:
        first = gate.ready()
        assert beside.opa is not None
        beside.opa.send_signal(signal.SIGTERM)
        began = time.monotonic()
        while time.monotonic() < began + 4:
            assert gate.verdict(question()) == (first, True, [])
        assert gate.server.stop() == 0
    assert beside.opa.wait(60) == 0


def keys(folder: Path) -> None:
    for name in ("trusted", "other"):
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pem").write_bytes(private)
        (folder / f"{name}.pub").write_bytes(public)


def signed(folder: Path, text: str, sequence: int, key: str | None = "trusted") -> Path:
    """A bundle of the site's rule in `policy.tar.gz`, put there in one step."""
    source, made = folder / "source", folder / "made.tar.gz"
    put(source, text)
    private = read_private_key(folder / f"{key}.pem") if key is not None else None
    write_bundle(source, None, made, find_opa(), sequence=sequence, key=private, key_id="release")
    return made.replace(folder / "policy.tar.gz")


def test_opa_verifies_signed_bundles_as_well(
    tmp_path: Path, evidence: tuple[Path, ...], question: Question
) -> None:
    keys(tmp_path)
    trusted = tmp_path / "trust.pub"
    trusted.write_bytes((tmp_path / "trusted.pub").read_bytes())
    bundle = signed(tmp_path, AUDITED, 5)
    with pod(
        tmp_path,
        evidence,
        MLGATE_POLICY__VERIFICATION_KEY=str(trusted),
        MLGATE_OPA__TAKEOVER_SECONDS="3",
    ) as beside:
        config = config_of(beside)
        assert config["bundles"]["mlgate"]["signing"] == {"keyid": "mlgate"}
        assert config["keys"]["mlgate"]["algorithm"] == "ES256"
        with beside.mlgate(bundle) as gate:
            first = gate.ready()
            signed(tmp_path, DENIED, 6)
            second = gate.moved_from(first)
            assert gate.verdict(question()) == (second, False, [CODE])
            signed(tmp_path, AUDITED, 7, "other")
            assert gate.refused("signed with this key")["revision"] == second
            # mlgate is made to trust another key; OPA is not, and goes on with what it has.
            trusted.write_bytes((tmp_path / "other.pub").read_bytes())
            told = gate.refused("did not take policy", "verif")
            assert told["revision"] == second
            assert gate.told()["status"] == 200
            assert gate.verdict(question()) == (second, False, [CODE])


@contextmanager
def web_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """A plain server of files over HTTPS, as releases are kept on; its address, and whom to trust."""
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    handler = partial(SimpleHTTPRequestHandler, directory=folder / "served")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}/policy.tar.gz", folder / "authority.pem"
        finally:
            server.shutdown()
            thread.join()


def test_a_signed_bundle_is_fetched_verified_and_handed_on(
    tmp_path: Path, evidence: tuple[Path, ...], question: Question
) -> None:
    keys(tmp_path)
    (tmp_path / "served").mkdir()

    def release(text: str, sequence: int, key: str | None = "trusted") -> None:
        signed(tmp_path, text, sequence, key).replace(tmp_path / "served" / "policy.tar.gz")

    release(AUDITED, 5)
    with web_server(tmp_path) as (url, authority):
        beside = pod(
            tmp_path,
            evidence,
            MLGATE_POLICY__URL=url,
            MLGATE_POLICY__URL_CA=str(authority),
            MLGATE_POLICY__URL_SECONDS="1",
            MLGATE_POLICY__VERIFICATION_KEY=str(tmp_path / "trusted.pub"),
        )
        with beside as found, found.mlgate(None) as gate:
            first = gate.ready()
            assert gate.verdict(question()) == (first, True, [])
            assert gate.metrics()["mlgate_policy_sequence"] == 5
            release(DENIED, 6)
            second = gate.moved_from(first)
            assert gate.verdict(question()) == (second, False, [CODE])
            bad: dict[str, tuple[Callable[[], object], str]] = {
                "signed by another": (lambda: release(AUDITED, 7, "other"), "signed with this key"),
                "not signed": (lambda: release(AUDITED, 7, None), "not signed"),
                "older": (lambda: release(AUDITED, 5), "its sequence is 5, and none below 6 is taken"),
                "gone": ((tmp_path / "served" / "policy.tar.gz").unlink, "HTTP 404"),
            }
            for name, (spoil, told) in bad.items():
                spoil()
                assert gate.refused(told)["revision"] == second, name
                metrics = gate.metrics()
                assert metrics["mlgate_policy_last_load_success"] == 0, name
                assert metrics["mlgate_policy_sequence"] == 6, name
                assert gate.verdict(question()) == (second, False, [CODE]), name
            gate.server.process.kill()
            gate.server.process.wait()
            with found.mlgate(None) as again:  # the server has none: the last good one, verified anew
                assert again.ready() == second
                assert again.refused("HTTP 404")["revision"] == second
                release(AUDITED, 8)
                third = again.moved_from(second)
                assert again.verdict(question()) == (third, True, [])
                assert again.metrics()["mlgate_policy_sequence"] == 8
                assert again.metrics()["mlgate_policy_fetched_timestamp_seconds"] > 0


def test_a_bundle_with_a_signature_nobody_asked_for_is_taken(
    tmp_path: Path, evidence: tuple[Path, ...], question: Question
) -> None:
    keys(tmp_path)
    bundle = signed(tmp_path, AUDITED, 1)
    with pod(tmp_path, evidence) as beside, beside.mlgate(bundle) as gate:
        first = gate.ready()
        assert gate.verdict(question()) == (first, True, [])


def test_it_does_not_start_where_the_port_of_the_bundle_is_taken(beside: Pod, site: Path) -> None:
    with beside.mlgate(site) as gate:
        gate.ready()
        done = subprocess.run(  # noqa: S603 - our own program
            [
                *(str(MLGATE), "serve", "--listen", "127.0.0.1:0", "--bundle", str(site)),
                *("--tls-cert", str(beside.folder / "tls.crt"), "--tls-key", str(beside.folder / "tls.key")),
                *("--evidence", str(beside.evidence[0])),
            ],
            env=environment(beside.folder, **beside.variables()),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert "opa.bundle_port" in done.stderr


def test_the_arguments_are_those_the_chart_gives(beside: Pod) -> None:
    arguments = beside.prepare()
    assert arguments[:3] == ["run", "--server", f"--addr=127.0.0.1:{beside.port}"]
    assert {"--authentication=token", "--authorization=basic"} <= set(arguments)
    assert not [argument for argument in arguments if "watch" in argument]
