"""`mlgate serve` follows its policy: a good change judges and fails no review, a bad one changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from policies import AFTER, AUDITED, BAD_RULES, BAD_SETTINGS, CODE, DENIED, FILE, below, mounted, put
from process import Served, serving

from mlgate.policy.archive import pack, unpack
from mlgate.policy.local_opa import find_opa
from mlgate.policy.release import write_bundle
from mlgate.policy.signing_keys import read_private_key

Question = Callable[..., dict[str, Any]]
OFTEN = "0.05"
PATIENCE = 60.0


@dataclass
class Followed:
    """A server, and the places it takes its policy from."""

    server: Served
    site: Path
    settings: Path

    @property
    def told(self) -> dict[str, Any]:
        """What it says of its policy; it is always ready."""
        ready = self.server.call("GET", "/readyz")
        assert (ready.status, ready.json()["ready"]) == (200, True)
        found: dict[str, Any] = ready.json()["policy"]
        return found

    @property
    def revision(self) -> str:
        """What judges."""
        return str(self.told["revision"])

    def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What it says of its policy, once that holds."""
        limit = time.monotonic() + PATIENCE
        while not holds(told := self.told):
            assert time.monotonic() < limit, told
            time.sleep(0.05)
        return told

    def refused(self, *words: str) -> dict[str, Any]:
        """What it says once it refuses the newest policy with these words."""
        return self.until(lambda told: all(word in str(told["refused"]) for word in words))

    def metrics(self) -> dict[str, float]:
        """The metrics about the policy."""
        lines = self.server.call("GET", "/metrics").text.splitlines()
        found = [line.rpartition(" ") for line in lines if line.startswith("mlgate_policy_")]
        return {name: float(value) for name, _, value in found}

    def order(self) -> None:
        """Order it to load at once."""
        self.server.process.send_signal(signal.SIGHUP)


@pytest.fixture
def follow(evidence: tuple[Path, ...], tmp_path: Path) -> Callable[..., Any]:
    """Start a server with the rule of the site."""

    @contextmanager
    def start(seconds: str = OFTEN, bundle: Path | None = None, **more: str) -> Iterator[Followed]:
        site, settings = tmp_path / "site", tmp_path / "site.yaml"
        if bundle is None and not site.exists():
            put(site, AUDITED)
        chosen = {"MLGATE_POLICY__RELOAD_SECONDS": seconds} | more
        if bundle is None:
            settings.write_text("fairness: {tolerance: 0.01}\n")
            chosen["MLGATE_POLICY__SETTINGS"] = str(settings)
        with serving(tmp_path, evidence, bundle or site, settings=chosen) as server:
            yield Followed(server, site, settings)

    return start


def _verdict(response: dict[str, Any]) -> tuple[str, bool, list[str]]:
    """Revision, whether it is allowed, and the codes that refuse."""
    causes = response.get("status", {}).get("details", {}).get("causes", ())
    revision = response.get("auditAnnotations", {}).get("policy-revision", "")
    return revision, response["allowed"], [cause["reason"] for cause in causes]


def test_a_good_change_judges_under_load_and_no_review_fails_or_is_judged_by_both(
    follow: Callable[..., Any], question: Question
) -> None:
    with follow() as followed, ThreadPoolExecutor(4) as callers:
        before, over = followed.revision, Event()

        def load() -> list[tuple[str, bool, list[str]]]:
            found = []
            while not over.is_set():
                found.append(_verdict(followed.server.ask(question())))
            return found

        asked = [callers.submit(load) for _ in range(4)]
        try:
            after = {}
            for text in (DENIED, AUDITED, DENIED):
                put(followed.site, text)
                current = followed.revision
                after[text] = followed.until(lambda told, last=current: told["revision"] != last)["revision"]
        finally:
            over.set()
        found = [verdict for future in asked for verdict in future.result(60)]
        last = _verdict(followed.server.ask(question()))

    assert after[AUDITED] == before
    assert last == (after[DENIED], False, [CODE])
    assert {(revision, allowed, tuple(codes)) for revision, allowed, codes in found} == {
        (before, True, ()),
        (after[DENIED], False, (CODE,)),
    }


def test_a_change_of_the_settings_judges_and_is_told_everywhere(
    follow: Callable[..., Any], question: Question
) -> None:
    with follow() as followed:
        before = followed.told
        followed.settings.write_text(f"enforcement: {{overrides: {{{CODE}: {{production: deny}}}}}}\n")
        after = followed.until(lambda told: told["revision"] != before["revision"])
        verdict = _verdict(followed.server.ask(question()))
        version = followed.server.call("GET", "/version").json()["policy"]
        metrics = followed.metrics()
        loaded = followed.server.wait_for("policy_loaded")

    assert verdict == (after["revision"], False, [CODE])
    assert (version, after["refused"]) == (after["revision"], None)
    assert (loaded["previous"], loaded["revision"]) == (before["revision"], after["revision"])
    assert {name for name in metrics if name.startswith("mlgate_policy_info")} == {
        f'mlgate_policy_info{{revision="{version}"}}'
    }
    assert metrics["mlgate_policy_last_load_success"] == 1
    assert metrics["mlgate_policy_load_failures_total"] == 0
    assert metrics["mlgate_policy_loaded_timestamp_seconds"] > 0


def test_each_bad_rule_and_setting_keeps_the_last_good_policy_and_is_told_until_it_is_repaired(
    follow: Callable[..., Any], question: Question, tmp_path: Path
) -> None:
    with follow() as followed:
        before = followed.told
        good = followed.settings.read_text()
        shutil.copytree(followed.site, tmp_path / "good")

        def spoil_settings(text: str) -> Callable[[Path], object]:
            return lambda _: followed.settings.write_text(text)

        bad: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
            **BAD_RULES,
            **{name: (spoil_settings(text), words) for name, (text, words) in BAD_SETTINGS.items()},
            "no settings": (lambda _: followed.settings.unlink(), ("site.yaml", "No such file")),
        }
        for number, (name, (spoil, words)) in enumerate(bad.items(), start=1):
            mark = followed.server.mark()
            spoil(followed.site)
            told = followed.refused(*words)
            assert told["revision"] == before["revision"], name
            assert _verdict(followed.server.ask(question())) == (before["revision"], True, []), name
            metrics = followed.metrics()
            assert metrics["mlgate_policy_last_load_success"] == 0, name
            assert metrics["mlgate_policy_load_failures_total"] >= number, name
            lines = [line for line in followed.server.lines(mark) if line["event"] == "policy_refused"]
            assert told["refused"]["problem"] in {line["problem"] for line in lines}, name
            assert len({line["problem"] for line in lines}) == len(lines), name
            shutil.rmtree(followed.site, ignore_errors=True)
            shutil.copytree(tmp_path / "good", followed.site)
            followed.settings.write_text(good)
            followed.until(lambda told: told["refused"] is None)
        put(followed.site, DENIED)
        followed.until(lambda told: told["revision"] != before["revision"])
        assert _verdict(followed.server.ask(question()))[1:] == (False, [CODE])


def test_a_config_map_that_is_swapped_is_followed(
    follow: Callable[..., Any], question: Question, tmp_path: Path
) -> None:
    mounted(tmp_path / "site", "..2026_01_01", AUDITED)
    with follow() as followed:
        before = followed.revision
        mounted(followed.site, "..2026_01_02", DENIED)
        followed.until(lambda told: told["revision"] != before)
        assert _verdict(followed.server.ask(question()))[1:] == (False, [CODE])


def test_sighup_loads_at_once_where_nothing_else_does_and_tells_what_came_of_it(
    follow: Callable[..., Any], question: Question
) -> None:
    with follow(seconds="0") as followed:
        before = followed.revision
        followed.order()
        assert followed.server.wait_for("policy_reload_ordered")["changed"] is False
        put(followed.site, below("x if {"))
        followed.order()
        refused = followed.refused(f"{FILE}:{AFTER}: ")
        assert (refused["revision"], _verdict(followed.server.ask(question()))[1]) == (before, True)
        put(followed.site, DENIED)
        followed.order()
        after = followed.until(lambda told: told["revision"] != before)
        assert after["refused"] is None
        assert _verdict(followed.server.ask(question()))[1:] == (False, [CODE])


def test_an_order_to_stop_does_not_wait_for_a_policy_that_is_being_loaded(
    follow: Callable[..., Any], tmp_path: Path
) -> None:
    program = tmp_path / "opa"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = check ] && [ -e "{tmp_path}/hang" ]; then\n'
        f'\techo $$ >"{tmp_path}/pid.new"; mv "{tmp_path}/pid.new" "{tmp_path}/pid"; exec sleep 600\nfi\n'
        f'exec "{find_opa()}" "$@"\n'
    )
    program.chmod(0o755)
    with follow(MLGATE_OPA__BINARY=str(program)) as followed:
        child = followed.server.child()
        (tmp_path / "hang").touch()
        put(followed.site, DENIED)
        limit = time.monotonic() + PATIENCE
        while not (tmp_path / "pid").exists():
            assert time.monotonic() < limit
            time.sleep(0.02)
        hanging = int((tmp_path / "pid").read_text())

        assert followed.server.stop() == 0
        for pid in (child, hanging):
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        assert list((tmp_path / "bundles").glob("mlgate-*/")) == []


class Bundles:
    """Signed bundles, and a place where the newest one lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "policy.tar.gz"
        self.keys = []
        for name in ("trusted", "other"):
            key = ec.generate_private_key(ec.SECP256R1())
            (folder / f"{name}.pem").write_bytes(
                key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            )
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (folder / f"{name}.pub").write_bytes(public)

    def build(self, text: str, sequence: int, key: str = "trusted") -> bytes:
        """The bytes of a bundle with this rule."""
        site, made = self.folder / "source", self.folder / "made.tar.gz"
        put(site, text)
        signed = read_private_key(self.folder / f"{key}.pem")
        write_bundle(site, None, made, find_opa(), sequence=sequence, key=signed)
        return made.read_bytes()

    def put(self, content: bytes) -> None:
        """Put it into place in one step."""
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(self.path)


def _changed(content: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    files = dict(unpack(content))
    change(files)
    return pack(files)


def _rule_changed(files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.endswith("owner_label.rego"))
    files[name] += b"\n# changed\n"


def test_each_bad_bundle_keeps_the_last_good_one_and_a_newer_one_judges(
    follow: Callable[..., Any], question: Question, tmp_path: Path
) -> None:
    bundles = Bundles(tmp_path)
    good, newer = bundles.build(AUDITED, 5), bundles.build(DENIED, 6)
    bad: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
        "signed by another": (lambda: bundles.put(bundles.build(DENIED, 7, "other")), ("signature",)),
        "changed since": (lambda: bundles.put(_changed(newer, _rule_changed)), ("owner_label.rego",)),
        "not signed": (
            lambda: bundles.put(_changed(newer, lambda files: files.pop(".signatures.json"))),
            ("sign",),
        ),
        "no manifest": (
            lambda: bundles.put(_changed(newer, lambda files: files.pop(".manifest"))),
            (".manifest",),
        ),
        "older": (
            lambda: bundles.put(bundles.build(DENIED, 4)),
            ("its sequence is 4, and none below 5 is taken",),
        ),
        "half of it": (lambda: bundles.path.write_bytes(newer[: len(newer) // 2]), ("is cut off",)),
        "nothing": (lambda: bundles.path.write_bytes(b""), ("policy.tar.gz",)),
        "removed": (bundles.path.unlink, ("does not exist",)),
    }
    bundles.put(good)
    key = str(tmp_path / "trusted.pub")
    with follow(bundle=bundles.path, MLGATE_POLICY__VERIFICATION_KEY=key) as followed:
        before = followed.revision
        for name, (spoil, words) in bad.items():
            spoil()
            told = followed.refused("policy.tar.gz", *words)
            assert told["revision"] == before, name
            assert "; " in told["refused"]["problem"], name
            assert _verdict(followed.server.ask(question())) == (before, True, []), name
        bundles.put(good)
        followed.until(lambda told: told["refused"] is None)
        bundles.put(newer)
        after = followed.until(lambda told: told["revision"] != before)
        assert _verdict(followed.server.ask(question())) == (after["revision"], False, [CODE])
        bundles.put(good)
        followed.refused("its sequence is 5, and none below 6 is taken")
        os.kill(followed.server.child(), signal.SIGKILL)
        limit = time.monotonic() + PATIENCE
        while (ready := followed.server.call("GET", "/readyz")).status != 200:
            assert time.monotonic() < limit, ready
            time.sleep(0.05)
        assert followed.revision == after["revision"]
