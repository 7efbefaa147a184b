"""Manifests in files: everything is read or told, and nothing hides anything else."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from mlgate.cli.manifests import Document, file_contents, items_of, load_documents, position, trouble
from mlgate.errors import ManifestError

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"


def write(path: Path, text: str | bytes = GOOD) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.replace("NAME", path.stem).encode())
    return str(path)


def names(documents: list[Document]) -> list[str]:
    """The name of each object, or the reason there is none."""
    return [trouble(item.error) if item.error else str(item.metadata.get("name")) for item in documents]


def test_standard_input_is_read_where_a_dash_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))

    found = load_documents(["-"])

    assert [item.place for item in found] == ["<stdin>#0"]


class Broken(io.RawIOBase):
    """A device that fails."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (None, "standard input is closed"),
        (io.TextIOWrapper(io.BufferedReader(Broken())), "Input/output error"),
    ],
)
def test_standard_input_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, stream: object, told: str
) -> None:
    monkeypatch.setattr(sys, "stdin", stream)

    assert names(load_documents(["-"])) == [told]


def test_a_folder_is_read_in_order_without_what_is_hidden_or_no_manifest(tmp_path: Path) -> None:
    for name in (
        "b.yaml",
        "a.yml",
        "sub/c.json",
        "a.yml.sigstore.json",
        ".hidden/x.yaml",
        ".secret.yaml",
        "readme.md",
    ):
        write(tmp_path / name)

    assert names(load_documents([str(tmp_path)])) == ["a", "b", "c"]


def test_a_file_that_is_not_there_is_told_and_hides_no_other(tmp_path: Path) -> None:
    good = write(tmp_path / "good.yaml")

    found = load_documents([str(tmp_path / "gone.yaml"), good])

    assert names(found) == ["No such file or directory", "good"]
    assert found[0].file.endswith("gone.yaml")


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked, good = write(tmp_path / "a.yaml"), write(tmp_path / "b.yaml")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if str(path) == locked:
            raise PermissionError(13, "Permission denied", locked)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert names(load_documents([locked, good])) == ["Permission denied", "b"]


def test_an_error_without_words_is_told_by_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise OSError

    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert names(load_documents(["x.yaml"])) == ["OSError"]


def test_a_folder_that_cannot_be_listed_is_told_for_what_lies_in_it_would_go_unjudged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "good.yaml")
    write(tmp_path / "locked" / "bad.yaml")
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = load_documents([str(tmp_path)])

    assert names(found) == ["good", "Permission denied"]
    assert found[1].file == str(tmp_path / "locked")


def test_a_link_that_leads_nowhere_is_told_and_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")

    assert names(load_documents([str(tmp_path)])) == ["No such file or directory"]


def test_a_broken_document_hides_none_of_its_file(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", f"{GOOD}---\nfoo: [\n---\na: 1\na: 2\n---\n{GOOD}")

    found = load_documents([file])

    assert [item.index for item in found] == [0, 1, 2, 3]
    assert [item.error is None for item in found] == [True, False, False, True]
    assert position(found[2].error or ManifestError("")) == "line 8, column 1"


@pytest.mark.parametrize(
    "text", [b"", b"\n# nothing\n", b"---\n---\n", b"null\n", b"kind: List\napiVersion: v1\nitems: []\n"]
)
def test_what_holds_nothing_gives_no_document(tmp_path: Path, text: bytes) -> None:
    assert load_documents([write(tmp_path / "a.yaml", text)]) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a\n", "this is a list"),
        ("text\n", "this is a text"),
        ("7\n", "this is a number"),
        ("7.5\n", "this is a number"),
        ("true\n", "this is a boolean"),
        ("{}\n", "apiVersion is missing"),
        ("apiVersion: 1\nkind: X\n", "apiVersion is missing or no string"),
        ("apiVersion: v1\n", "kind is missing"),
        ("apiVersion: v1\nkind: ''\n", "kind is missing"),
        ("apiVersion: v1\nkind: [X]\nitems: []\n", "kind is missing or no string"),
        ("apiVersion: v1\nkind: X\nmetadata: null\n", "metadata is no object"),
        ("apiVersion: v1\nkind: X\nmetadata: []\n", "metadata is no object"),
        ("apiVersion: v1\nkind: X\nmetadata: {name: [a]}\n", "metadata.name is no string"),
        ("apiVersion: v1\nkind: X\nmetadata: {namespace: {a: 1}}\n", "metadata.namespace is no string"),
        ("apiVersion: v1\nkind: X\nmetadata: {generateName: 5}\n", "metadata.generateName is no string"),
        ("a: 1\na: 2\n", "duplicate key"),
        ("a: &x 1\nb: *x\n", "anchor"),
        ("[" * 10_000, "nested deeper"),
        ("a: " + "{a: " * 10_000, "nested deeper"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested deeper"),
        (b"\x00\x9f\x92\x96", "not UTF-8"),
        (b"\xff\xfea\x00", "byte order mark"),
    ],
)  # fmt: skip
def test_what_is_no_object_says_why(tmp_path: Path, text: str | bytes, reason: str) -> None:
    found = load_documents([write(tmp_path / "a.yaml", text)])

    assert len(found) == 1
    assert found[0].object is None
    assert reason in names(found)[0]


def test_the_items_of_a_list_are_objects_of_their_own_and_a_broken_one_hides_none(tmp_path: Path) -> None:
    items = f"- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}}}\n- 7\n- {{{GOOD[:14]}}}\n"
    inner = "- {apiVersion: v1, kind: List, items: [x, {apiVersion: v1, kind: Y, metadata: {name: b}}]}\n"

    found = load_documents(
        [write(tmp_path / "a.yaml", f"apiVersion: v1\nkind: List\nitems:\n{items}{inner}")]
    )

    assert names(found) == [
        "a",
        "line 1: items[1]: a manifest is an object, this is a number",
        "line 1: items[2]: kind is missing or no string",
        "line 1: items[3].items[0]: a manifest is an object, this is a text",
        "b",
    ]


def test_null_in_a_list_is_told_as_nothing(tmp_path: Path) -> None:
    found = load_documents([write(tmp_path / "a.yaml", "apiVersion: v1\nkind: List\nitems: [null]\n")])

    assert names(found) == ["line 1: items[0]: a manifest is an object, this is nothing"]


def test_a_typed_list_hides_no_object_though_the_api_server_leaves_out_their_kind() -> None:
    listed = items_of({"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [{"metadata": {}}, 7]})

    assert listed == [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}}, 7]


@pytest.mark.parametrize(
    "value", [7, None, {}, {"kind": "List"}, {"kind": "List", "items": {}}, {"kind": "X", "items": []}]
)
def test_what_is_no_list_has_no_items(value: object) -> None:
    assert items_of(value) is None


def test_a_stream_larger_than_one_object_may_be_is_read(tmp_path: Path) -> None:
    large = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: big}}\ndata: {{a: {'x' * 2_000_000}}}\n---\n"

    assert names(load_documents([write(tmp_path / "a.yaml", large * 2)])) == ["big", "big"]


def test_an_error_without_a_line_is_told_by_its_path() -> None:
    assert trouble(ManifestError("bad", path="spec.x")) == "spec.x: bad"
    assert trouble(ManifestError("bad")) == "bad"
    assert position(ManifestError("bad", line=3)) == "line 3"


def test_contents_are_the_bytes_as_they_are(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", b"\xff")

    assert list(file_contents([file])) == [(file, b"\xff")]
