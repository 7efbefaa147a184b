"""The shipped Rego by OPA's own tools: format, types, tests with coverage, and what is made from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rego import CHECKS, OPA, POLICIES, REGO, SCHEMA, opa, said

from mlgate.policy.catalog import read_catalog, write_generated
from mlgate.policy.schema_export import export

Step = tuple[str, ...]

_READER = """# METADATA
# schemas:
# - input: schema.input
package paths.p{number}

found := {path}
"""


def paths_of(schema: dict[str, Any], above: Step = ("input",)) -> Iterator[Step]:
    """Every path that a schema documents; a step into a list or a map is `_`."""
    for name, below in schema.get("properties", {}).items():
        step = "_" if name == "*" else name
        if step != "_":
            yield (*above, step)
        yield from paths_of(below, (*above, step))
    if "items" in schema:
        yield from paths_of(schema["items"], (*above, "_"))


def written(path: Step) -> str:
    """The path as Rego reads it."""
    return "".join(f"[{step}]" if step == "_" else f".{step}" for step in path)[1:]


def read_by_one_rule_each(paths: list[Step], folder: Path) -> dict[str, str]:
    """Write one file a path, with a rule that reads it; gives the path by the name of the file."""
    folder.mkdir()
    names = {}
    for number, path in enumerate(paths):
        name = folder / f"{number}.rego"
        name.write_text(_READER.format(number=number, path=written(path)))
        names[str(name)] = written(path)
    return names


@pytest.fixture(scope="module")
def documented() -> list[Step]:
    return list(paths_of(json.loads((SCHEMA / "input.json").read_text())))


def test_every_rego_file_is_formatted() -> None:
    done = opa("fmt", "--list", "--fail", POLICIES)
    assert (done.returncode, said(done)) == (0, "")


@pytest.mark.parametrize("tree", [REGO, CHECKS], ids=["rules", "checks"])
def test_the_type_checker_has_nothing_to_say(tree: Path) -> None:
    done = opa("check", "--strict", "--schema", SCHEMA, tree)
    assert (done.returncode, said(done)) == (0, "")


CONDITIONS = r"^data\.mlgate\.(lib|main|rules)"
ATTACKS = r"^data\.mlgate\.attacks"
"""Tricks that are tried on whole documents; they would make the run that measures coverage a third longer."""


def test_no_test_of_the_policy_is_left_out() -> None:
    packages = {
        f"data.{line.split()[1]}"
        for path in REGO.rglob("*_test.rego")
        for line in path.read_text().splitlines()
        if line.startswith("package ")
    }
    assert {name for name in packages if not re.match(f"{CONDITIONS}|{ATTACKS}", name)} == set()


def test_no_attack_succeeds() -> None:
    done = opa("test", "--run", ATTACKS, "--format", "json", "--timeout", "60s", REGO)
    assert done.returncode == 0, said(done)[-4000:]
    assert len(json.loads(done.stdout)) > 5


def test_every_test_of_the_policy_passes_and_together_they_cover_every_line() -> None:
    done = opa("test", "--run", CONDITIONS, "--coverage", "--format", "json", "--timeout", "60s", REGO)
    assert done.returncode == 0, said(done)[-4000:]
    files = json.loads(done.stdout)["files"]
    missed = [
        f"{name}:{part['start']['row']}-{part['end']['row']}"
        for name, lines in files.items()
        if "/attacks/" not in name
        for part in lines.get("not_covered", ())
    ]
    assert missed == []
    assert len(files) > 50


def test_no_built_in_fails_while_the_policy_is_tested() -> None:
    """A decision is asked for with strict errors: there, a guard that is missing costs the whole answer."""
    packages = sorted(
        {re.findall(r"(?m)^package (\S+)", path.read_text())[0] for path in REGO.rglob("*_test.rego")}
    )
    values = ", ".join(f"[x | x := data.{package}]" for package in packages)
    done = opa("eval", "--strict-builtin-errors", "--data", REGO, "--format", "json", f"count([{values}])")
    assert done.returncode == 0, said(done)[:4000]


def test_every_documented_path_may_be_read(documented: list[Step], tmp_path: Path) -> None:
    read_by_one_rule_each(documented, tmp_path / "right")
    done = opa("check", "--strict", "--max-errors", "0", "--schema", SCHEMA, tmp_path / "right")
    assert (done.returncode, said(done)) == (0, "")
    assert len(documented) > 600


def test_each_documented_path_is_refused_when_it_is_misspelt(documented: list[Step], tmp_path: Path) -> None:
    misspelt = [(*path[:-1], f"{path[-1]}x") for path in documented]
    assert not set(misspelt) & set(documented)
    names = read_by_one_rule_each(misspelt, tmp_path / "wrong")
    arguments = ("--strict", "--max-errors", "0", "--format", "json", "--schema", SCHEMA)
    done = opa("check", *arguments, tmp_path / "wrong")
    errors = json.loads(done.stderr or done.stdout)["errors"]
    refused = {error["location"]["file"] for error in errors if error["code"] == "rego_type_error"}
    assert [path for name, path in names.items() if name not in refused] == []


def test_what_is_below_a_plain_value_is_refused_as_well(documented: list[Step], tmp_path: Path) -> None:
    above = {path[:length] for path in documented for length in range(len(path))}
    schema = json.loads((SCHEMA / "input.json").read_text())
    plain = [path for path in documented if path not in above and _is_plain(schema, path)]
    names = read_by_one_rule_each([(*path, "x") for path in plain], tmp_path / "deeper")
    arguments = ("--max-errors", "0", "--format", "json", "--schema", SCHEMA)
    errors = json.loads(opa("check", *arguments, tmp_path / "deeper").stderr)["errors"]
    refused = {error["location"]["file"] for error in errors}
    assert [path for name, path in names.items() if name not in refused] == []
    assert len(plain) > 300


def _is_plain(schema: dict[str, Any], path: Step) -> bool:
    """Whether the schema says that the path holds a string, number or boolean."""
    for step in path[1:]:
        schema = schema["items"] if "items" in schema else schema["properties"]["*" if step == "_" else step]
    kinds = schema.get("type", ())
    return bool(
        {"string", "number", "integer", "boolean"} & ({kinds} if isinstance(kinds, str) else set(kinds))
    )


@pytest.mark.parametrize("name", ["input.json", "settings.json"])
def test_a_schema_holds_nothing_that_blinds_the_type_checker(name: str) -> None:
    def nodes(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, list):
            for item in schema:
                yield from nodes(item)
        elif isinstance(schema, dict):
            yield schema
            for key, value in schema.items():
                yield from nodes(list(value.values()) if key == "properties" else value)

    every = list(nodes(json.loads((SCHEMA / name).read_text())))
    blind = [node for node in every if {"anyOf", "oneOf", "allOf", "$ref", "$defs"} & node.keys()]
    kinds = [node["type"] for node in every if isinstance(node.get("type"), list)]
    assert blind == []
    assert [kind for kind in kinds if len(kind) != 2 or kind[1] != "null"] == []


def test_the_schemas_are_those_of_the_types(tmp_path: Path) -> None:
    for path in export(tmp_path):
        assert path.read_text() == (SCHEMA / path.name).read_text(), f"run `make generate`: {path.name}"


def test_catalogue_and_indexes_are_those_of_the_metadata(tmp_path: Path) -> None:
    write_generated(read_catalog(REGO, OPA), tmp_path)
    for name in ("mlgate/catalog/data.json", "mlgate/indexes/data.json"):
        assert (tmp_path / name).read_text() == (REGO / name).read_text(), f"run `make generate`: {name}"
