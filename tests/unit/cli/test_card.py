"""`card validate` and `card digest`: every problem with its place, and no file hides another."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
EVIDENCE = Path(__file__).parents[3] / "examples" / "credit-scoring" / "evidence.yaml"
SPEC = {"model": {"name": "m", "version": "1", "artifacts": [{"uri": "s3://b/m"}]}}
BAD = {"model": {"name": "m", "version": "1", "artifacts": [{"uri": "s3://b/m"}], "strange": 1}}


def card(spec: Any, name: str = "m-1") -> str:
    kind = {"apiVersion": "mlgate.dev/v1alpha1", "kind": "ModelCard"}
    return json.dumps({**kind, "metadata": {"name": name, "namespace": "bank"}, "spec": spec})


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_card_among_other_objects_is_found_and_sound(mlgate: Program) -> None:
    done = mlgate("card", "validate", EVIDENCE)

    assert done.code == 0
    assert "#5: modelcard/credit-scoring-3.2.0 is a valid card (sha256:" in done.out


def test_the_digest_is_printed_as_the_annotation_names_it(mlgate: Program) -> None:
    done = mlgate("card", "digest", EVIDENCE)

    assert done.code == 0
    reference, _, digest = done.out.strip().partition("@")
    assert reference == "modelcard/credit-scoring-3.2.0"
    assert json.loads(mlgate("card", "digest", "-o", "json", EVIDENCE).out) == [
        {
            "source": {"file": str(EVIDENCE), "document": 5},
            "name": "credit-scoring-3.2.0",
            "format": "modelcard",
            "valid": True,
            "digest": digest,
            "problems": [],
            "lost": [],
        }
    ]


def test_sign_offs_and_the_order_of_keys_do_not_change_the_digest(mlgate: Program, tmp_path: Path) -> None:
    model = dict(reversed(SPEC["model"].items()))
    one, other = (
        write(tmp_path / "a.json", card(SPEC)),
        write(tmp_path / "b.json", card({"signOffs": [{"role": "legal"}], "model": model})),
    )

    first, second = mlgate("card", "digest", one, other).out.splitlines()

    assert first == second


def test_a_bare_spec_is_named_by_its_file(mlgate: Program, tmp_path: Path) -> None:
    file = write(tmp_path / "card.json", json.dumps(SPEC))

    assert mlgate("card", "digest", file).out.startswith(f"file/{file}@sha256:")


def test_every_problem_is_told_with_its_path(mlgate: Program, tmp_path: Path) -> None:
    file = write(tmp_path / "a.json", card(BAD))

    done = mlgate("card", "validate", file)
    found = json.loads(mlgate("card", "validate", "-o", "json", file).out)

    assert done.code == 1
    assert "has 1 problem(s)\n  card.model" in done.out
    assert (found[0]["valid"], len(found[0]["problems"])) == (False, 1)


def test_a_card_with_problems_still_has_a_digest(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("card", "digest", write(tmp_path / "a.json", card(BAD)))

    assert (done.code, done.out.startswith("modelcard/m-1@sha256:")) == (0, True)


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        ("- a\n- b\n", 1, "document: is not a model card"),
        ("text\n", 1, "document: is not a model card"),
        (card(None), 1, "spec must be an object"),
        (card([]), 1, "spec must be an object"),
        (card({**SPEC, "pad": "x" * 300 * 1024}), 1, "more than 262144"),
        (b"\xff" + card(SPEC).encode(), 2, "line 1: not UTF-8 (byte 0)"),
        (bytes(range(256)), 2, "not UTF-8"),
        ("a: 1\na: 2\n", 2, "line 2, column 1: duplicate key 'a'"),
        ("a: &x 1\nb: *x\n", 2, "line 1, column 4: anchor &x"),
        ("[" * 10_000, 2, "nested deeper"),
        (card(SPEC)[:-1], 2, "line 2, column 1: not valid YAML"),
        ("", 2, "there is no model card in it"),
        ("apiVersion: v1\nkind: ConfigMap\n", 2, "there is no model card in it"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["validate", "digest"])
def test_what_is_no_sound_card_is_told(
    mlgate: Program, tmp_path: Path, command: str, content: str | bytes, code: int, told: str
) -> None:
    done = mlgate("card", command, write(tmp_path / "a.yaml", content))

    assert done.code == code
    assert told in done.all


def test_deep_cards_are_problems_of_their_own(mlgate: Program, tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(80):
        deep = {"a": deep}

    done = mlgate("card", "validate", write(tmp_path / "a.json", card({**SPEC, "x": deep})))

    assert (done.code, "nested deeper than 64 levels" in done.out) == (1, True)


def test_a_broken_file_among_good_ones_hides_none(mlgate: Program, tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", card(SPEC))
    bad = write(tmp_path / "bad.yaml", f"a: [\n---\n{card(SPEC, 'm-2')}")

    done = mlgate("card", "validate", bad, tmp_path / "gone.yaml", good)

    assert done.code == 2
    assert "m-2 is a valid card" in done.out
    assert "m-1 is a valid card" in done.out
    assert "gone.yaml has 1 problem(s)\n  document: No such file or directory" in done.out


def test_cards_in_a_list_as_kubectl_prints_it_are_read(mlgate: Program) -> None:
    items = [json.loads(card(SPEC, name)) for name in ("a", "b")]
    inner = {
        "apiVersion": "v1",
        "kind": "List",
        "items": [items[1], {"apiVersion": "v1", "kind": "Pod"}, None],
    }
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [items[0], inner]})

    done = mlgate("card", "validate", "-", stdin=text.encode())

    assert done.code == 0
    assert [line.split(" ")[1] for line in done.out.splitlines()] == ["modelcard/a", "modelcard/b"]


def test_a_name_that_is_no_string_names_nothing(mlgate: Program, tmp_path: Path) -> None:
    document = json.loads(card(SPEC)) | {"metadata": {"name": ["m"]}}
    file = write(tmp_path / "a.json", json.dumps(document))

    assert mlgate("card", "digest", file).out.startswith("file/")


def test_a_card_cannot_forge_a_line(mlgate: Program, tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.json", card({**SPEC, "\x1b[2J\nb.yaml#0: modelcard/x is a valid card": 1}, "m\nx")
    )

    for command in ("validate", "digest"):
        out = mlgate("card", command, file).out
        assert "\x1b" not in out
        assert not any(line.startswith(("b.yaml", "x")) for line in out.splitlines())


def test_no_card_prints_an_empty_list_for_programs(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("card", "digest", "-o", "json", write(tmp_path / "a.yaml", ""))

    assert (done.code, json.loads(done.out)) == (2, [])


def test_a_card_of_another_format_is_valid_and_what_is_not_read_of_it_is_told(
    mlgate: Program, tmp_path: Path
) -> None:
    identity = "mlgate: {model: {name: m, version: '1', artifacts: [{uri: s3://b/m}]}}"
    file = write(tmp_path / "README.md", f"---\nlanguage: en\n{identity}\n---\ntext\n")

    done = mlgate("card", "validate", file)
    (told,) = json.loads(mlgate("card", "validate", "-o", "json", file).out)

    assert done.code == 0
    assert "  not read: card.language: a ModelCard has no field for it" in done.out
    assert (told["format"], told["valid"], len(told["lost"])) == ("huggingface", True, 2)
    assert mlgate("card", "digest", file).out.strip() == f"file/{file}@{told['digest']}"


def test_a_card_of_another_format_stands_in_a_file_of_its_own(mlgate: Program, tmp_path: Path) -> None:
    file = write(tmp_path / "two.yaml", '---\n{"bomFormat": "CycloneDX"}\n---\n{"bomFormat": "CycloneDX"}\n')

    done = mlgate("card", "validate", file)

    assert done.code == 1
    assert done.out.count("is not a model card of mlgate") == 2
