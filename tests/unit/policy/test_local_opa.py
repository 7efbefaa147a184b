"""A managed OPA answers us alone, comes back when it dies, and is gone when we are."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from mlgate.domain.deadline import Deadline
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import EngineUnavailable, PolicyError, SettingsError
from mlgate.policy import local_opa
from mlgate.policy.address import Endpoint
from mlgate.policy.local_opa import ManagedOpa, find_opa
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import OpaEngine

OPA = find_opa()
DECISION = "/v1/data/mlgate/main/decision"


@pytest.fixture
async def child(bundle: Path) -> AsyncIterator[ManagedOpa]:
    async with ManagedOpa.start(bundle) as running:
        yield running


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a program of a few lines of Python; `opa` in them becomes the real one."""

    def make(text: str) -> Path:
        path = tmp_path / "program"
        imports = "import os, signal, sys, time"
        real = f"def opa(): os.execv({str(OPA)!r}, ['opa', *sys.argv[1:]])"
        path.write_text(f"#!{sys.executable} -IS\n{imports}\n{real}\n{text}\n")
        path.chmod(0o700)
        return path

    return make


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        yield stranger.getsockname()[1]


async def status(endpoint: Endpoint, method: str, path: str, token: str | None = None) -> int:
    """The status of one call."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{endpoint.url}{path}"
        async with session.request(method, url, json={} if method != "GET" else None) as response:
            return response.status


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def until(holds: Callable[[], Any]) -> None:
    """Wait for what cannot be waited for otherwise."""
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


async def until_other_than(child: ManagedOpa, before: Endpoint | None) -> None:
    """Wait until the child is at another address."""
    await until(lambda: child.endpoint not in (None, before))


async def test_it_answers_an_engine_that_follows_it(
    child: ManagedOpa, manifest: BundleManifest, ask: Callable[..., PolicyInput]
) -> None:
    engine = OpaEngine.following(lambda: child.endpoint, [manifest])
    assert await engine.ready() is None
    assert (await engine.decide(ask(), Deadline.after(10))).allow is True
    assert (await engine.decide(ask(refuse=True), Deadline.after(10))).allow is False
    await engine.aclose()


@pytest.mark.parametrize(
    ("method", "path"), [("POST", DECISION), ("GET", "/health"), ("GET", "/v1/data/mlgate/revision")]
)
async def test_what_is_asked_of_it_takes_the_token(child: ManagedOpa, method: str, path: str) -> None:
    endpoint = child._current()
    assert await status(endpoint, method, path) == 401
    assert await status(endpoint, method, path, "wrong") == 401
    assert await status(endpoint, method, path, child.token) == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/policies/evil"),
        ("PUT", "/v1/data/mlgate/revision"),
        ("PATCH", "/v1/data"),
        ("DELETE", "/v1/data/mlgate"),
        ("GET", "/v1/data"),
        ("GET", DECISION),
        ("POST", "/v1/data"),
        ("POST", "/v1/data/system/authz"),
        ("POST", "/v1/query"),
        ("POST", "/v1/compile"),
        ("GET", "/v1/policies"),
        ("GET", "/v1/config"),
        ("GET", "/metrics"),
        ("POST", "/"),
    ],
)
async def test_the_token_opens_nothing_but_the_decision(child: ManagedOpa, method: str, path: str) -> None:
    assert await status(child._current(), method, path, child.token) == 401


async def test_the_token_stands_in_no_file_and_on_no_command_line(child: ManagedOpa) -> None:
    files = [path.read_bytes() for path in child._home.rglob("*") if path.is_file()]
    assert files
    assert [content for content in files if child.token.encode() in content] == []
    assert child.token not in repr(child.endpoint)
    assert child.token not in " ".join(local_opa._command(Path("opa"), 1, Path("b"), child._home))


async def test_a_child_that_is_killed_comes_back_with_another_token_and_decides_again(
    child: ManagedOpa, manifest: BundleManifest, question: PolicyInput
) -> None:
    before, pid = child.endpoint, child.pid
    engine = OpaEngine.following(lambda: child.endpoint, [manifest])
    assert (await engine.decide(question, Deadline.after(10))).allow is True
    os.kill(int(str(pid)), signal.SIGKILL)
    await until_other_than(child, before)
    assert child.pid != pid
    assert before is not None
    assert child.token != before.token
    assert (await engine.decide(question, Deadline.after(10))).allow is True
    await engine.aclose()


async def test_an_address_is_not_given_out_between_two_lives(bundle: Path, tmp_path: Path) -> None:
    idle = ManagedOpa(bundle, find_opa(), tmp_path, 1)
    assert (idle.endpoint, idle.pid) == (None, None)
    for name in ("url", "token"):
        with pytest.raises(EngineUnavailable, match="restarted"):
            getattr(idle, name)


async def test_a_child_that_cannot_come_back_is_tried_again_until_it_can(
    bundle: Path, tmp_path: Path, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_opa, "_LONGEST_PAUSE", 0.05)
    broken, tried = tmp_path / "broken", tmp_path / "tried"
    script = (
        f"if not os.path.exists({str(broken)!r}): opa()\nopen({str(tried)!r}, 'a').write('x')\nsys.exit(1)"
    )
    async with ManagedOpa.start(bundle, opa=program(script)) as child:
        broken.touch()
        os.kill(int(str(child.pid)), signal.SIGKILL)
        await until(lambda: tried.exists() and len(tried.read_text()) > 2)
        assert child.endpoint is None
        broken.unlink()
        await until(lambda: child.endpoint)
        assert child.url.startswith("http://127.0.0.1:")


async def test_a_child_that_ran_for_long_is_restarted_as_if_it_had_never_failed(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_opa, "_STABLE_SECONDS", 0)
    async with ManagedOpa.start(bundle) as child:
        for _ in range(2):
            before = child.endpoint
            os.kill(int(str(child.pid)), signal.SIGTERM)
            await until_other_than(child, before)
        assert child.endpoint is not None


async def test_a_signal_for_the_whole_foreground_group_does_not_reach_the_child(child: ManagedOpa) -> None:
    assert os.getpgid(int(str(child.pid))) != os.getpgid(0)


async def test_stopping_leaves_neither_process_nor_files(bundle: Path) -> None:
    async with ManagedOpa.start(bundle) as child:
        pid, home = int(str(child.pid)), child._home
    assert is_gone(pid)
    assert not home.exists()
    assert (child.endpoint, child.pid) == (None, None)


async def test_a_child_that_does_not_listen_to_reason_is_killed(
    bundle: Path, program: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_opa, "_STOP_SECONDS", 0.05)
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    path = tmp_path / "pid"
    script = f"{deaf}open({str(path)!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)"
    with pytest.raises(EngineUnavailable, match="did not answer within"):
        async with ManagedOpa.start(bundle, opa=program(script), start_seconds=0.5):
            pytest.fail("it started")
    assert is_gone(int(path.read_text()))


async def test_a_child_that_is_stopped_in_its_tracks_is_ended_all_the_same(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_opa, "_STOP_SECONDS", 0.05)
    async with ManagedOpa.start(bundle) as child:
        pid = int(str(child.pid))
        os.kill(pid, signal.SIGSTOP)
    assert is_gone(pid)


async def test_an_error_in_the_block_ends_the_child_as_well(bundle: Path) -> None:
    pids = []

    async def work() -> None:
        async with ManagedOpa.start(bundle) as child:
            pids.append(child.pid)
            raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        await work()
    assert is_gone(int(str(pids[0])))


async def test_much_noise_from_the_child_blocks_nothing(bundle: Path, program: Callable[[str], Path]) -> None:
    lines = "sys.stderr.write('noise \\x1b[31m\\n' * 9_000)"
    noise = f"{lines}\nsys.stdout.write('x' * 200_000)\nsys.stdout.flush()\nopa()"
    async with ManagedOpa.start(bundle, opa=program(noise)) as child:
        assert await status(child._current(), "POST", DECISION, child.token) == 200
        assert child._life is not None
        assert len(child._life.output) <= 4096


async def test_a_bundle_that_opa_refuses_is_a_policy_error_that_names_file_and_row(bundle: Path) -> None:
    (bundle / "mlgate" / "main" / "main.rego").write_text("package mlgate.main\n\ndecision := if {\n")
    with pytest.raises(PolicyError, match=r"OPA did not start: .*main\.rego:3: rego_parse_error") as caught:
        async with ManagedOpa.start(bundle):
            pytest.fail("it started")
    assert str(caught.value).isprintable()


async def test_a_bundle_that_claims_the_guard_for_itself_is_refused(bundle: Path) -> None:
    (bundle / ".manifest").write_text('{"roots": [""]}')
    with pytest.raises(PolicyError, match="did not start"):
        async with ManagedOpa.start(bundle):
            pytest.fail("it started")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("sys.exit(3)", "it wrote nothing"),
        ("print('\\n\\x1b[31mlast words\\n\\n')", r"\\x1b\[31mlast words"),
        ("sys.stdout.buffer.write(b'\\xff' * 9000)", r"\\ufffd"),
    ],
)
async def test_a_program_that_ends_by_itself_is_quoted_safely(
    bundle: Path, program: Callable[[str], Path], script: str, words: str
) -> None:
    with pytest.raises(PolicyError, match=f"OPA did not start: .*{words}") as caught:
        async with ManagedOpa.start(bundle, opa=program(script)):
            pytest.fail("it started")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 3000


async def test_where_somebody_took_the_port_another_is_tried(
    bundle: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = local_opa._free_port()
    ports = iter([taken, free])
    monkeypatch.setattr(local_opa, "_free_port", lambda: next(ports))
    async with ManagedOpa.start(bundle) as child:
        assert child.url == f"http://127.0.0.1:{free}"


async def test_without_any_free_port_it_gives_up(bundle: Path, program: Callable[[str], Path]) -> None:
    unlucky = program("sys.exit('listen tcp 127.0.0.1:1: bind: address already in use')")
    with pytest.raises(EngineUnavailable, match="no free port in 5 tries"):
        async with ManagedOpa.start(bundle, opa=unlucky):
            pytest.fail("it started")


async def test_a_stranger_who_answers_on_the_port_is_not_taken_for_the_child(
    bundle: Path, fake: Any, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_opa, "_free_port", lambda: int(fake.url.rpartition(":")[2]))
    with pytest.raises(EngineUnavailable, match="did not answer"):
        async with ManagedOpa.start(bundle, opa=program("time.sleep(1000)"), start_seconds=0.3):
            pytest.fail("it started")
    assert fake.heads


@pytest.mark.parametrize("kind", ["missing", "folder", "plain file"])
def test_a_program_that_is_set_must_be_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "opa"
    if kind == "folder":
        path.mkdir()
    elif kind == "plain file":
        path.write_text("")
    with pytest.raises(SettingsError, match=r"opa\.binary"):
        find_opa(path)


def test_a_program_that_is_set_comes_first(program: Callable[[str], Path]) -> None:
    path = program("")
    assert find_opa(path) == path


def test_the_program_of_a_checkout_comes_before_the_one_on_the_path(
    tmp_path: Path, program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    on_path, built = tmp_path / "bin" / "opa", tmp_path / ".tools" / "bin" / "opa"
    monkeypatch.setattr(local_opa, "__file__", str(tmp_path / "src" / "mlgate" / "policy" / "local_opa.py"))
    with pytest.raises(SettingsError, match="no opa program"):
        find_opa()
    on_path.parent.mkdir()
    program("").rename(on_path)
    assert find_opa() == on_path
    built.parent.mkdir(parents=True)
    program("").rename(built)
    assert find_opa() == built
