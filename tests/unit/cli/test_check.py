"""`check`: each manifest as the request it would be, with the evidence in hands, and nothing unjudged."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mlgate.assembly import CheckFrom
from mlgate.cli import check as module
from mlgate.cli.shapes import CheckReport
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Failure, Verdict
from mlgate.domain.request import Request, UserInfo
from mlgate.policy.bundle import build_bundle
from mlgate.policy.local_opa import find_opa
from mlgate.policy.manifest import BundleManifest

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
EXAMPLES = Path(__file__).parents[3] / "examples"
CREDIT = EXAMPLES / "credit-scoring"
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"
NAMED = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: NAME}\n"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policy."""
    path = build_bundle(None, None, tmp_path_factory.mktemp("bundles"), find_opa()).path
    assert path is not None
    return path


class Gate:
    """Notes what it is asked; what is called `fail` cannot be judged, everything else is of no concern."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.source: CheckFrom | None = None

    async def judge(self, request: Request, deadline: Deadline) -> Any:
        self.requests.append(request)
        verdict = Verdict(outcome="skipped", allowed=True, reason="serves no model")
        if request.name == "fail":
            failure = Failure(part="engine", reason="unavailable", message="OPA cannot be reached")
            verdict = Verdict(outcome="failed", allowed=False, reason="engine unavailable", failure=failure)
        return type("Judgement", (), {"verdict": verdict})

    @property
    def manifest(self) -> BundleManifest:
        return BundleManifest(revision="v1+abc", codes=frozenset({"a.b"}), path=None)

    @property
    def gate(self) -> Gate:
        return self


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """`check` without OPA."""
    found = Gate()

    @asynccontextmanager
    async def assembled(source: CheckFrom) -> AsyncIterator[Gate]:
        found.source = source
        yield found

    monkeypatch.setattr(module, "assemble_check", assembled)
    return found


def write(path: Path, text: str = OTHER) -> Path:
    path.write_text(text.replace("NAME", path.stem))
    return path


def report(done: Any) -> dict[str, Any]:
    found = json.loads(done.out)
    assert CheckReport.model_validate(found).wire() == found
    return dict(found)


def test_the_example_is_allowed_with_its_evidence_and_refused_without(mlgate: Program, bundle: Path) -> None:
    options = ("--bundle", bundle, "--user", "erin@example.com", "--at", "2026-11-02", "-o", "json")
    evidence = ("--evidence", CREDIT / "evidence.yaml")

    done = mlgate("check", CREDIT / "manifest.yaml", *evidence, "--assume-authenticated", *options)
    claimed = mlgate("check", CREDIT / "manifest.yaml", *evidence, *options)
    bare = mlgate("check", CREDIT / "manifest.yaml", *options)

    assert (done.code, claimed.code, bare.code) == (0, 1, 1)
    allowed = report(done)
    assert allowed["summary"] == {"allowed": 1, "denied": 0, "skipped": 0, "errors": 0}
    assert list(allowed["results"][0])[:7] == [
        "source", "apiVersion", "kind", "namespace", "name", "verdict", "reason",
    ]  # fmt: skip
    assert allowed["notes"] == ["SignOffs and Waivers from files are assumed to be authenticated"]
    codes = {finding["code"] for finding in report(claimed)["results"][0]["violations"]}
    assert codes == {"signoff.approval_missing", "signoff.assurance_too_low"}
    assert "only claims" in report(claimed)["notes"][0]
    assert report(bare)["results"][0]["violations"][0]["code"] == "model_card.missing"


def test_one_stream_holds_a_manifest_and_its_evidence(mlgate: Program, bundle: Path) -> None:
    stream = b"\n---\n".join((CREDIT / name).read_bytes() for name in ("manifest.yaml", "evidence.yaml"))
    options = ("--bundle", bundle, "--assume-authenticated", "--at", "2026-11-02")

    done = mlgate("check", "-", *options, stdin=stream)

    assert done.code == 0
    assert "✓ <stdin>#0 InferenceService/credit-scoring: allowed" in done.out


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_every_form_says_what_sign_offs_in_files_are_worth(
    mlgate: Program, gate: Gate, tmp_path: Path, form: str
) -> None:
    done = mlgate("check", write(tmp_path / "a.yaml"), "-o", form)

    assert done.code == 0
    assert "SignOffs from files are only claims and Waivers are not read" in done.out


def test_a_broken_file_among_good_ones_hides_none(mlgate: Program, gate: Gate, tmp_path: Path) -> None:
    good, other = write(tmp_path / "good.yaml"), write(tmp_path / "other.yaml")
    bad = write(tmp_path / "bad.yaml", f"a: 1\na: 2\n---\n{OTHER}---\nb: [\n")

    done = mlgate("check", good, bad, tmp_path / "gone.yaml", other, "-o", "json")

    found = report(done)
    assert done.code == 2
    assert [entry["verdict"] for entry in found["results"]] == [
        "skipped", "error", "skipped", "error", "error", "skipped",
    ]  # fmt: skip
    assert found["results"][1]["error"] == {"message": "duplicate key 'a'", "line": 2, "column": 1}
    assert found["results"][1]["source"] == {"file": str(bad), "document": 0}
    assert [request.name for request in gate.requests] == ["good", "bad", "other"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00\x01", b"[" * 10_000, b"- a\n", b"a: &x 1\nb: *x\n"])
def test_whatever_the_bytes_are_the_answer_is_exit_code_two(
    mlgate: Program, gate: Gate, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.yaml").write_bytes(content)

    for option in ("--card", "--evidence", "--old"):
        done = mlgate("check", write(tmp_path / "good.yaml"), option, tmp_path / "a.yaml")
        assert done.code == 2
        assert "a.yaml#0 could not be read and is no evidence" in done.out
    assert mlgate("check", tmp_path / "a.yaml").code == 2


def test_evidence_that_cannot_be_read_is_told_on_standard_error_too(
    mlgate: Program, gate: Gate, tmp_path: Path
) -> None:
    """A waiver or a rejection may stand in it: what was judged without it is no clean bill of health."""
    done = mlgate("check", write(tmp_path / "a.yaml"), "--evidence", tmp_path / "gone.yaml", "-o", "json")

    assert done.code == 2
    assert "gone.yaml#0 could not be read and is no evidence: No such file or directory" in done.err
    assert report(done)["summary"]["skipped"] == 1


@pytest.mark.parametrize(
    "content", [b"", b"# nothing\n", b"---\n", b"apiVersion: v1\nkind: List\nitems: []\n"]
)
def test_where_nothing_was_judged_nothing_is_allowed(mlgate: Program, gate: Gate, content: bytes) -> None:
    done = mlgate("check", "-", stdin=content)

    assert (done.code, gate.requests) == (2, [])
    assert "there was no manifest; nothing was judged" in done.out


def test_what_could_not_be_judged_is_exit_code_two(mlgate: Program, gate: Gate, tmp_path: Path) -> None:
    done = mlgate("check", write(tmp_path / "fail.yaml"))

    assert done.code == 2
    assert "error (OPA cannot be reached)" in done.out


def test_options_say_whose_request_it_is_and_when(mlgate: Program, gate: Gate, tmp_path: Path) -> None:
    who = ("--user", "erin", "--group", "a", "--group", "b")
    policy = ("--bundle", "bundle", "--settings", "site.yaml", "--profile", "sandbox")

    mlgate("check", write(tmp_path / "a.yaml"), "-n", "bank", "--at", "2026-11-02", *who, *policy)

    (request,) = gate.requests
    assert (request.operation, request.namespace, request.name) == ("CREATE", "bank", "a")
    assert request.user_info == UserInfo(username="erin", groups=("a", "b"))
    source = gate.source
    assert source is not None
    assert (source.at, source.namespace, source.profile) == ("2026-11-02T00:00:00Z", "bank", "sandbox")
    assert (source.bundle, source.overrides) == (Path("bundle"), Path("site.yaml"))


def test_without_a_user_none_is_known(mlgate: Program, gate: Gate, tmp_path: Path) -> None:
    mlgate("check", write(tmp_path / "a.yaml"))

    assert (gate.requests[0].user_info, gate.requests[0].namespace) == (None, "default")


def test_a_stored_object_makes_it_an_update_of_that_object_alone(
    mlgate: Program, gate: Gate, tmp_path: Path
) -> None:
    old = write(
        tmp_path / "old.yaml", f"b: [\n---\n{NAMED.replace('NAME', 'a')}---\n{OTHER.replace('NAME', 'b')}"
    )
    nameless = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}\n"
    manifests = write(
        tmp_path / "new.yaml", f"{NAMED.replace('NAME', 'a')}---\n{NAMED.replace('NAME', 'b')}---\n{nameless}"
    )

    done = mlgate("check", manifests, "--old", old)

    assert [request.operation for request in gate.requests] == ["UPDATE", "CREATE", "CREATE"]
    assert gate.requests[0].old_object == {
        "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": "a"},
    }  # fmt: skip
    assert done.code == 2


def test_objects_of_all_files_are_evidence_and_extra_ones_come_last(
    mlgate: Program, gate: Gate, tmp_path: Path
) -> None:
    files = [write(tmp_path / f"{name}.yaml") for name in ("a", "card", "extra")]

    mlgate("check", files[0], "--card", files[1], "--evidence", files[2])

    assert gate.source is not None
    assert [entry["metadata"]["name"] for entry in gate.source.objects] == ["a", "card", "extra"]
    assert gate.source.card_files == {str(files[1]): files[1].read_bytes()}


def test_a_bare_card_is_found_by_its_file_name_and_is_no_broken_evidence(
    mlgate: Program, gate: Gate, tmp_path: Path
) -> None:
    card = write(tmp_path / "card.yaml", "model: {name: m}\n")

    done = mlgate("check", write(tmp_path / "a.yaml"), "--card", card)

    assert done.code == 0
    assert gate.source is not None
    assert gate.source.card_files == {str(card): b"model: {name: m}\n"}


def test_the_signatures_beside_a_card_are_read_with_it_and_those_beside_an_object_are_not(
    mlgate: Program, gate: Gate, tmp_path: Path
) -> None:
    """What is applied of a file with an object is the object alone, so its signature is in the object."""
    folder = tmp_path / "cards"
    folder.mkdir()
    card = write(folder / "card.yaml", "model: {name: m}\n")
    item = write(folder / "object.yaml")
    for file, suffix in ((card, ".sig"), (card, ".sigstore.json"), (item, ".sig")):
        Path(f"{file}{suffix}").write_text(f"{{}} {suffix}\n")

    done = mlgate("check", write(tmp_path / "a.yaml"), "--card", folder)

    assert done.code == 0, done.err
    assert gate.source is not None
    assert gate.source.card_signatures == {str(card): ("{} .sig", "{} .sigstore.json")}
    assert list(gate.source.card_files or ()) == [str(card), str(item)]


def test_a_card_from_standard_input_is_read_once(mlgate: Program, gate: Gate, tmp_path: Path) -> None:
    mlgate("check", write(tmp_path / "a.yaml"), "--card", "-", stdin=OTHER.encode())

    assert gate.source is not None
    assert gate.source.card_files == {"<stdin>": OTHER.encode()}
    assert len(gate.source.objects) == 2


def test_beside_a_cluster_the_output_says_that_files_approve_nothing(
    mlgate: Program, gate: Gate, tmp_path: Path
) -> None:
    done = mlgate("check", write(tmp_path / "a.yaml"), "--context", "prod")

    assert gate.source is not None
    assert gate.source.context == "prod"
    assert done.out.startswith("note: SignOffs and Waivers are read from the cluster alone, not from files\n")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--at", "yesterday"), "'yesterday' is neither YYYY-MM-DD nor an RFC 3339 date-time"),
        (("--group", "a"), "--group needs --user"),
        (("--user", " "), "--user names nobody"),
        (("--context", "x", "--assume-authenticated"), "--assume-authenticated is for files alone"),
        (("-",), "standard input (-) can be read once only"),
        (("--evidence", "-"), "standard input (-) can be read once only"),
        (("--old", "-"), "standard input (-) can be read once only"),
        (("-o", "html"), "'html' is not one of"),
    ],
)
def test_bad_usage_judges_nothing(mlgate: Program, gate: Gate, options: tuple[str, ...], told: str) -> None:
    done = mlgate("check", "-", *options, stdin=OTHER.encode())

    assert (done.code, done.out, gate.source) == (2, "", None)
    assert told in done.err


@pytest.mark.parametrize("name", ["bogus", "Production", "prod", "", " staging"])
def test_a_profile_that_does_not_exist_is_refused_and_the_four_are_named(
    mlgate: Program, gate: Gate, tmp_path: Path, name: str
) -> None:
    done = mlgate("check", write(tmp_path / "a.yaml"), "--profile", name)

    assert (done.code, done.out, gate.requests) == (2, "", [])
    for known in ("sandbox", "development", "staging", "production"):
        assert known in done.err


@pytest.mark.parametrize("name", ["sandbox", "development", "staging", "production"])
def test_each_of_the_four_profiles_is_taken(mlgate: Program, gate: Gate, tmp_path: Path, name: str) -> None:
    done = mlgate("check", write(tmp_path / "a.yaml"), "--profile", name)

    assert gate.source is not None
    assert (done.code, gate.source.profile) == (0, name)


@pytest.mark.parametrize("option", ["--bundle", "--settings"])
def test_a_policy_that_is_not_there_is_told_in_one_line(mlgate: Program, tmp_path: Path, option: str) -> None:
    done = mlgate("check", write(tmp_path / "a.yaml"), option, tmp_path / "gone")

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "gone" in done.err


def test_a_context_that_is_not_there_is_told_in_one_line(
    mlgate: Program, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(write(tmp_path / "config.yaml", "apiVersion: v1\nkind: Config\n")))

    done = mlgate("check", write(tmp_path / "a.yaml"), "--context", "gone", "--bundle", bundle)

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "there is no usable cluster configuration" in done.err


def test_much_work_is_announced_on_standard_error(mlgate: Program, gate: Gate, tmp_path: Path) -> None:
    done = mlgate("check", write(tmp_path / "a.yaml", f"{OTHER}---\n" * 81), "-o", "json")

    assert "judging 81 documents" in done.err
    assert len(report(done)["results"]) == 81
