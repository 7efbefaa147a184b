"""Show what mlgate does: judge every example as a webhook would, and print what a person would read.

Usage: python tools/demo.py [--root DIR] [--target DIR]

Writes the examples shifted to today, starts `mlgate serve` with its own OPA and a certificate
made for the occasion, posts the AdmissionReview of every manifest, and compares each decision
with the example's expected.yaml. No cluster is needed: the evidence files stand for it.
Exit code 0: all as expected; 1: something differs; 2: it could not run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import ssl
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casebook.cases import EXAMPLES, ROOT, Case, Expectation, Requester, read_reference
from casebook.documents import CasebookError, Object
from casebook.outcome import LISTS, Outcome, differences, in_files
from casebook.reviews import review
from cluster.pki import Authority
from cluster.processes import Child, ClusterError, free_port, launch, wait_ready
from examples import TARGET, write_examples

OPA = ROOT / ".tools" / "bin" / "opa"
MLGATE = Path(sys.executable).with_name("mlgate")
"""The program as it is installed beside the interpreter that runs this."""
_READY_SECONDS = 60.0
_MARKS = {"allowed": "✓", "denied": "✗", "skipped": "·"}


@dataclass
class Webhook:
    """A running `mlgate serve`, and the log that holds its decision records."""

    child: Child
    port: int
    trust: ssl.SSLContext
    _read: int = 0

    def ready(self) -> bool:
        """Whether it takes reviews."""
        try:
            return self._call("GET", "/readyz", None)[0] == http.client.OK
        except OSError:
            return False

    def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        """The response to a review, sent as an API server sends it.

        Raises:
            ClusterError: the call itself was refused.
        """
        status, text = self._call("POST", "/validate?timeout=5s", json.dumps(body).encode())
        if status != http.client.OK:
            raise ClusterError(f"the webhook answered HTTP {status}: {text[:200]!r}")
        answer: dict[str, Any] = json.loads(text)["response"]
        return answer

    def record(self, uid: str) -> dict[str, Any]:
        """The decision record of a review, as it was logged.

        Raises:
            ClusterError: there is none.
        """
        for line in reversed(self.child.log.read_text().splitlines()):
            if uid in line and '"event": "decision"' in line:
                found: dict[str, Any] = json.loads(line)
                return found
        raise ClusterError(f"no decision record of review {uid}:\n{self.child.tail()}")

    def _call(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=self.trust)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def webhook(cases: list[Case], written: Path, folder: Path) -> Iterator[Webhook]:
    """`mlgate serve` over TLS on loopback; the evidence of all cases, written there, is its cluster.

    Raises:
        ClusterError: it did not come up.
    """
    pair = Authority(folder).server("mlgate", ["127.0.0.1"])
    port = free_port()
    files = [written / "cluster.yaml", *(written / case.name / "evidence.yaml" for case in cases)]
    evidence = [part for file in files for part in ("--evidence", str(file))]
    command = [
        *(str(MLGATE), "serve", "--listen", f"127.0.0.1:{port}"),
        *("--tls-cert", str(pair.certificate), "--tls-key", str(pair.key), "--opa", "managed"),
        *("--assume-authenticated", *evidence),
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLGATE_")}
    settings = {"MLGATE_OPA__BINARY": str(OPA), "MLGATE_SERVER__DRAIN_SECONDS": "0"}
    child = launch("mlgate", command, folder, kept | settings)
    trust = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    try:
        running = Webhook(child, port, trust)
        wait_ready(child, running.ready, _READY_SECONDS)
        yield running
    finally:
        child.stop()


def outcome(answer: Mapping[str, Any], record: Mapping[str, Any]) -> Outcome:
    """What the answer and its record say, in the words of expected.yaml."""
    verdict = "skipped" if record["outcome"] == "skipped" else "allowed" if answer["allowed"] else "denied"
    codes = {name: tuple(str(entry).split("[", 1)[0] for entry in record[name]) for name in LISTS}
    skipped = tuple(record["skipped"])
    return Outcome(verdict, record["profile"], record["tier"], **codes, skipped=skipped)


def show(case: Case, expectation: Expectation, seen: Outcome, answer: Mapping[str, Any]) -> None:
    """Print one verdict and the text its person reads."""
    facts = ", ".join(filter(None, (seen.profile, seen.tier and f"tier {seen.tier}")))
    print(f"{_MARKS[seen.verdict]} {seen.verdict:8}{case.name}: {expectation.object} ({facts or 'no model'})")
    print(f"           {case.expected.shows}")
    message = answer.get("status", {}).get("message", "") if not answer["allowed"] else ""
    for line in [*message.splitlines(), *(f"Warning: {text}" for text in answer.get("warnings") or ())]:
        print(f"    {line}")
    if expectation.needs_cluster:
        print(f"    not decided without a cluster: {', '.join(expectation.needs_cluster)}")


def judge(
    case: Case, item: Object, expectation: Expectation, hook: Webhook, requester: Requester
) -> list[str]:
    """Have one object judged and shown; returns how the outcome differs from what is expected."""
    uid = str(uuid.uuid4())
    answer = hook.ask(review(item, expectation.user or requester, uid))
    seen = outcome(answer, hook.record(uid))
    show(case, expectation, seen, answer)
    found = differences(in_files(expectation), seen)
    for difference in found:
        print(f"  !! {difference}")
    print()
    return found


def run(root: Path, target: Path) -> int:
    """Judge all examples of `root` by way of a copy of today in `target`; returns the exit code."""
    started = time.monotonic()
    cases = write_examples(target, datetime.now(UTC).date(), root)
    requester = read_reference(root).requester
    verdicts: Counter[str] = Counter()
    wrong = 0
    with (
        tempfile.TemporaryDirectory(prefix="mlgate-demo-") as folder,
        webhook(cases, target, Path(folder)) as hook,
    ):
        for case in cases:
            for item, expectation in zip(case.manifest, case.expected.objects, strict=True):
                wrong += bool(judge(case, item, expectation, hook, requester))
                verdicts[in_files(expectation).verdict] += 1
    counts = ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))
    print(f"{verdicts.total()} objects in {len(cases)} cases in {time.monotonic() - started:.0f} s: {counts}")
    print("all as expected" if not wrong else f"{wrong} NOT as expected")
    return 1 if wrong else 0


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=EXAMPLES, help="the examples")
    parser.add_argument("--target", type=Path, default=TARGET, help="where their copy of today goes")
    chosen = parser.parse_args(arguments)
    try:
        return run(chosen.root, chosen.target)
    except (CasebookError, ClusterError) as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
