"""The schemas of the outputs: those of the types, and beside the policy's own."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from mlgate.cli import schemas
from mlgate.cli.schemas import export, output_schema
from mlgate.policy import shipped
from mlgate.policy.shipped import shipped_policies


def test_the_shipped_schemas_are_those_of_the_types(tmp_path: Path) -> None:
    written = export(tmp_path / "schema")

    assert [path.name for path in written] == [
        "inspect.json",
        "check.json",
        "doctor.json",
        "doctor-reach.json",
    ]
    for path in written:
        kept = shipped_policies() / "schema" / path.name
        assert path.read_text() == kept.read_text(), f"run `make generate`: {path.name}"


def test_every_property_is_printed_and_so_required() -> None:
    finding = output_schema("check")["$defs"]["Finding"]

    assert finding["required"] == list(finding["properties"])
    assert "default" not in json.dumps(output_schema("inspect")["$defs"]["Image"])


def test_a_property_may_be_called_title_and_titles_are_left_out() -> None:
    schema = {"title": "X", "type": "object", "properties": {"title": {"type": "string", "title": "T"}}}

    assert schemas._printed([schema, 1]) == [
        {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]},
        1,
    ]


def test_as_a_script_it_writes_beside_the_schemas_of_the_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "shipped_policies", lambda: tmp_path)

    runpy.run_path(str(schemas.__file__), run_name="__main__")

    assert (tmp_path / "schema" / "check.json").is_file()
