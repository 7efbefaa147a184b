"""The same hostile bytes given to the commands as files: told with file, line and column, and never judged.

`check` judges by the real policy; what it cannot read is an error beside the good example, which is judged
as if nothing were there.
"""

from __future__ import annotations

import copy
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import structlog
from casebook.cases import EXAMPLES, read_case
from casebook.documents import write_all
from hostile_cards import hostile_cards, specs, texts
from process import environment

from mlgate.cli.main import run
from mlgate.policy.manifest import BundleManifest

GOOD = read_case(EXAMPLES / "credit-scoring")
CARD = next(item for item in GOOD.evidence if item["kind"] == "ModelCard")
HEAD = "apiVersion: v1\nkind: Pod\n"
TORN: dict[str, tuple[bytes, str]] = {
    "twice.yaml": (f"{HEAD}kind: Job\n".encode(), "line 3, column 1: duplicate key 'kind'"),
    "twice.json": (b'{"kind": "Pod",\n "kind": "Pod"}', 'line 2, column 2: duplicate key "kind"'),
    "alias.yaml": (f"{HEAD}a: &a [x]\nb: *a\n".encode(), "line 3, column 4: anchor &a"),
    "merge.yaml": (f"{HEAD}metadata:\n  <<: {{name: a}}\n".encode(), "line 4, column 3: "),
    "nan.yaml": (f"{HEAD}spec: {{a: .nan}}\n".encode(), "line 3, column 11: .nan"),
    "nan.json": (b'{"apiVersion": NaN}', "line 1, column 16: NaN"),
    "deep.json": (b"[" * 10_000 + b"]" * 10_000, "line 1, column 201: nested deeper than 200 levels"),
    "deep.yaml": (b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, "nested deeper than 200 levels"),
    "steep.yaml": ("".join(" " * depth + "a:\n" for depth in range(3000)).encode(), "line 201, column 201: "),
    "python.yaml": (b"!!python/object/apply:os.system ['true']\n", "line 1, column 1: "),
    "torn.yaml": (f"{HEAD}spec: [a\n".encode(), "line 4, column 1: not valid YAML"),
    "torn.json": (b'{"apiVersion": "v1"\n', "line 2, column 1: not valid YAML"),
    "surrogate.json": (b'{"kind": "\\ud800"}', "line 1, column 10: lone surrogate"),
    "binary.yaml": (b"a: \x00\x9f\n", "line 1: not UTF-8"),
    "utf16.yaml": (HEAD.encode("utf-16"), "byte order mark"),
    "tab.yaml": (f"{HEAD}spec:\n\ta: 1\n".encode(), "line 4, column 1: "),
    "list.json": (b"[{}]", "line 1: a manifest is an object, this is a list"),
    "8-mib.json": (b'{"kind": "' + b"x" * (8 << 20) + b'"}', "line 1: apiVersion is missing"),
}  # fmt: skip
WHERE = {
    "huge": "bytes; more than 262144 are not read",
    "deep": "deeper than 64 levels",
    "long-number": "out of range",
    **dict.fromkeys(("list", "text", "number", "nothing"), "spec must be an object"),
}
"""Hostile card -> what is said of it where it has no one place."""
FORMS = ("text", "json", "sarif", "junit", "github")


@dataclass(frozen=True)
class Done:
    """How a run of the program ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def program(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Run]:
    """The program in this process, without a setting of the machine the tests run on."""
    for name in [name for name in os.environ if name.upper().startswith("MLGATE_")]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def program(*arguments: str | Path, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        told = capfd.readouterr()
        everything = told.out + told.err
        assert "Traceback" not in everything
        assert "internal error" not in everything
        assert all(char.isprintable() or char == "\n" for char in everything)
        return Done(int(str(ended.value.code)), told.out, told.err)

    yield program
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All torn files, and among them the manifest of the good example."""
    folder = tmp_path_factory.mktemp("torn")
    for name, (content, _) in TORN.items():
        (folder / name).write_bytes(content)
    write_all(folder / "good.yaml", GOOD.manifest, "the good example")
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_each_torn_file_is_an_error_in_every_form_and_the_good_one_is_judged(
    program: Run, folder: Path, shipped: BundleManifest, form: str
) -> None:
    done = program("check", folder, "--bundle", str(shipped.path), "-o", form)

    assert done.code == 2
    assert {name: told for name, told in _errors(form, done.out).items() if TORN[name][1] not in told} == {}
    assert set(_errors(form, done.out)) == set(TORN)
    assert done.out.count("model_card.missing") > 0  # the good example, whose card is not there


def _errors(form: str, report: str) -> dict[str, str]:
    """File -> what a report says about it, of those that could not be judged."""
    if form == "json":
        found = json.loads(report)
        assert found["summary"] == {"allowed": 0, "denied": 1, "skipped": 0, "errors": len(TORN)}
        unread = [item for item in found["results"] if item["verdict"] == "error"]
        return {Path(item["source"]["file"]).name: item["reason"] for item in unread}
    if form == "sarif":
        (log,) = json.loads(report)["runs"]
        (invocation,) = log["invocations"]
        assert invocation["executionSuccessful"] is False
        unread = invocation["toolExecutionNotifications"]
        places = [item["locations"][0]["physicalLocation"]["artifactLocation"] for item in unread]
        return {
            Path(place["uri"]).name: item["message"]["text"]
            for place, item in zip(places, unread, strict=True)
        }
    if form == "junit":
        cases = ET.fromstring(report).iter("testcase")
        errors = {case: case.find("error") for case in cases}
        return {
            Path(case.attrib["classname"]).name: error.attrib["message"]
            for case, error in errors.items()
            if error is not None
        }
    before, after = {"text": ("! ", "#0 document 0: error ("), "github": ("::error file=", ",line=")}[form]
    lines = [line.partition(after) for line in report.splitlines() if line.startswith(before)]
    unread = [line for line in lines if not line[0].endswith("good.yaml")]
    return {Path(file.removeprefix(before)).name: told for file, _, told in unread}


def test_inspect_tells_line_and_column_and_shows_the_good_one(program: Run, folder: Path) -> None:
    done = program("inspect", folder, "-o", "json")

    found = {Path(item["source"]["file"]).name: item for item in json.loads(done.out)}
    good = found.pop("good.yaml")
    assert (done.code, good["servesModel"]) == (2, True)
    for name, item in found.items():
        error = item["error"]
        place = f"line {error['line']}" + (f", column {error['column']}" if error["column"] else "")
        assert TORN[name][1] in f"{place}: {error['message']}"


@pytest.mark.parametrize("name", ["nan.json", "twice.yaml", "deep.json", "binary.yaml", "utf16.yaml"])
@pytest.mark.parametrize("command", ["inspect", "card validate", "card digest"])
def test_standard_input_is_no_better_place(program: Run, command: str, name: str) -> None:
    content, told = TORN[name]

    done = program(*command.split(), "-", stdin=content)

    assert done.code == 2
    assert "<stdin>#0" in done.out
    assert told in done.out


def test_a_model_with_a_hostile_card_is_refused_for_it(
    program: Run, shipped: BundleManifest, tmp_path: Path
) -> None:
    cards = [item for item in hostile_cards(CARD) if item["kind"] == "ModelCard"]
    manifests = [_pointing_to(card["metadata"]["name"]) for card in cards]
    write_all(tmp_path / "manifests.yaml", manifests, "one for each hostile card")
    (tmp_path / "cards.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": cards}))
    write_all(tmp_path / "evidence.yaml", GOOD.evidence, "the rest")

    done = program(
        *("check", tmp_path / "manifests.yaml", "--card", tmp_path / "cards.json", "--assume-authenticated"),
        *("--evidence", tmp_path / "evidence.yaml", "--bundle", str(shipped.path), "-o", "json"),
    )

    results = json.loads(done.out)["results"]
    assert (done.code, len(results)) == (1, len(specs(CARD)))
    for result in results:
        codes = {finding["code"].split(".")[0] for finding in result["violations"]}
        assert result["verdict"] == "denied", result["name"]
        assert "model_card" in codes, result["name"]


def _pointing_to(card: str) -> dict[str, Any]:
    """The good example with another card."""
    item = copy.deepcopy(GOOD.manifest[0])
    item["metadata"]["name"] = f"for-{card}"
    item["metadata"]["annotations"]["mlgate.dev/model-card"] = f"modelcard/{card}"
    return item


@pytest.mark.parametrize("name", sorted({*specs(CARD)} - {"control"}))
def test_a_hostile_card_in_a_file_is_told_with_its_place(program: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "card.json").write_text(json.dumps({**CARD, "spec": specs(CARD)[name]}))

    done = program("card", "validate", tmp_path / "card.json", "-o", "json")

    (card,) = json.loads(done.out)
    assert (done.code, card["valid"]) == (1, False)
    assert WHERE.get(name, "card.") in f"{card['problems'][0]['path']}: {card['problems'][0]['message']}"


@pytest.mark.parametrize("name", sorted({*texts(CARD)} - {"huge"}))
def test_a_hostile_text_for_a_card_cannot_be_approved(program: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "card.yaml").write_text(texts(CARD)[name])

    done = program("signoff", "new", "--role", "legal", "--user", "me", "--card", tmp_path / "card.yaml")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"mlgate: {tmp_path / 'card.yaml'} ")
    assert done.err.count("\n") == 1
