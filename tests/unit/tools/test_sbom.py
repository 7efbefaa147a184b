"""The bill of materials is valid CycloneDX, and lists what is shipped: no less, no more."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sbom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from mlgate import __version__

PINNED = re.findall(r"(?m)^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;]+)(?: ; (.*?))? \\$", sbom.LOCK.read_text())
KNOWN_LICENCES = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "Unlicense",
    "0BSD",
}
"""Licences that may be shipped beside our own. Another one is for a person to read first."""
LOCK = "thing==1.2 \\\n    --hash=sha256:" + "a" * 64 + "\n"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bill as `make sbom` writes it."""
    path = tmp_path_factory.mktemp("sbom") / "new" / "sbom.json"
    assert sbom.main(["--output", str(path)]) == 0
    return path.read_text()


@pytest.fixture(scope="module")
def listed(text: str) -> dict[str, dict[str, Any]]:
    """The components by package URL."""
    return {component["purl"]: component for component in json.loads(text)["components"]}


def test_it_is_valid(text: str) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"thing"', 1)) is not None
    assert json.loads(text)["metadata"]["component"]["version"] == __version__


def test_it_lists_every_package_that_is_pinned_for_linux(listed: dict[str, dict[str, Any]]) -> None:
    expected = {f"pkg:pypi/{name}@{version}" for name, version, marker in PINNED if "win32'" not in marker}
    left_out = {name for name, _, marker in PINNED if marker == "sys_platform == 'win32'"}
    expected |= {f"pkg:pypi/{name}@{version}" for name, version, marker in PINNED if "!= 'win32'" in marker}
    assert left_out == {"colorama"}
    assert {url for url in listed if url.startswith("pkg:pypi/")} == expected
    assert "pkg:pypi/pytest" not in " ".join(listed)


def test_packages_have_the_hashes_of_the_lock_file(listed: dict[str, dict[str, Any]]) -> None:
    lock = set(re.findall(r"sha256:([0-9a-f]{64})", sbom.LOCK.read_text()))
    told: set[str] = set()
    for url, component in listed.items():
        if url.startswith("pkg:pypi/"):
            (archives,) = component["externalReferences"]
            told |= {entry["content"] for entry in archives["hashes"]}
    assert told < lock, "those of what is for Windows are left out"
    assert len(lock - told) < 10


def test_every_licence_is_one_that_may_be_shipped(listed: dict[str, dict[str, Any]]) -> None:
    for url, component in listed.items():
        if url.startswith("pkg:pypi/"):
            names = [entry.get("expression") or entry["license"].get("id") for entry in component["licenses"]]
            assert all(names), f"{url} says something that is no SPDX licence: {component['licenses']}"
            parts = {part for name in names for part in re.split(r" (?:AND|OR) ", name.strip("()"))}
            assert parts <= KNOWN_LICENCES, url


def test_opa_is_in_it_with_every_module_it_was_built_from(listed: dict[str, dict[str, Any]]) -> None:
    pins = (sbom.ROOT / "tools" / "opa" / "go.sum").read_text().splitlines()
    sums = {tuple(line.split()[:2]): line.split()[2] for line in pins}
    go = {url: entry for url, entry in listed.items() if url.startswith("pkg:golang/")}
    (opa,) = [entry for entry in go.values() if entry["type"] == "application"]
    assert opa["name"] == "github.com/open-policy-agent/opa"
    assert opa["licenses"][0]["license"]["id"] == "Apache-2.0"
    libraries = [entry for entry in go.values() if entry["name"] != "std"]
    assert len(libraries) > 50
    for entry in libraries:
        digest = base64.b64encode(bytes.fromhex(entry["hashes"][0]["content"])).decode()
        assert sums[entry["name"], entry["version"]] == f"h1:{digest}", entry["name"]


def test_the_release_of_go_is_that_of_the_binary(listed: dict[str, dict[str, Any]]) -> None:
    (std,) = [entry for url, entry in listed.items() if url.startswith("pkg:golang/std@")]
    told = subprocess.run([str(sbom.OPA), "version"], capture_output=True, text=True, check=True)  # noqa: S603
    assert f"Go Version: go{std['version']}\n" in told.stdout


def test_it_says_what_needs_what(text: str) -> None:
    needs = {entry["ref"]: set(entry.get("dependsOn", [])) for entry in json.loads(text)["dependencies"]}
    names = {
        url.rpartition("@")[0]: {part.rpartition("@")[0] for part in parts} for url, parts in needs.items()
    }
    assert {
        "pkg:pypi/fastapi",
        "pkg:pypi/kubernetes",
        "pkg:golang/github.com/open-policy-agent/opa",
    } <= names["pkg:pypi/mlgate"]
    assert "pkg:pypi/starlette" in names["pkg:pypi/fastapi"]
    reached, todo = set(), [f"pkg:pypi/mlgate@{__version__}"]
    while todo:
        url = todo.pop()
        if url not in reached:
            reached.add(url)
            todo += needs.get(url, set())
    assert reached == needs.keys(), "a package that nobody needs should not be pinned"


def test_writing_it_again_gives_the_same_bytes(text: str) -> None:
    again = sbom.as_json(sbom.bill(sbom.LOCK.read_text(), sbom.OPA.read_bytes()))
    assert again == text


@pytest.mark.parametrize(
    ("lock", "word"),
    [
        ("thing==1.2\n", "no hashes"),
        (LOCK.replace("==", ">="), "no exact version"),
        (LOCK, "thing is pinned but"),
    ],
)
def test_a_lock_file_that_tells_too_little_is_an_error(lock: str, word: str) -> None:
    with pytest.raises(sbom.SbomError, match=word):
        sbom.bill(lock, sbom.OPA.read_bytes())


def test_another_version_than_the_pinned_one_is_an_error() -> None:
    lock = LOCK.replace("thing", "pyyaml")
    with pytest.raises(sbom.SbomError, match=r"pyyaml 1\.2 is pinned, .* is installed"):
        sbom.bill(lock, sbom.OPA.read_bytes())


def test_a_program_that_does_not_say_what_it_is_built_from_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "opa").write_bytes(b"\x7fELF")
    assert sbom.main(["--opa", str(tmp_path / "opa"), "--output", str(tmp_path / "sbom.json")]) == 2
    assert capsys.readouterr().err == "tools/sbom.py: the opa program does not say what it was built from\n"
    assert not (tmp_path / "sbom.json").exists()
