"""A bundle says everything twice, and is refused where it contradicts itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlgate.errors import BundleUnsound
from mlgate.policy.contents import HIGHEST_SEQUENCE, contents_of, manifest_of, modes_of

POLICY = {"revision": "v1+abc", "indexes": {"codes": ["a.b", "c.d"]}, "catalog": {"a.b": {}, "c.d": {}}}
OURS = {"version": "1.0", "sequence": 3, "codes": ["a.b", "c.d"]}
MANIFEST = {"revision": "v1+abc", "roots": ["mlgate"], "rego_version": 1, "metadata": {"mlgate": OURS}}


def files(policy: Any = POLICY, manifest: Any = MANIFEST, **more: bytes) -> dict[str, bytes]:
    found = {"data.json": {"mlgate": policy}, ".manifest": manifest}
    return {name: json.dumps(value).encode() for name, value in found.items()} | more


def ours(**changes: Any) -> dict[str, Any]:
    return MANIFEST | {"metadata": {"mlgate": OURS | changes}}


def test_what_a_bundle_says_of_itself() -> None:
    found = contents_of(files())
    assert (found.revision, found.version, found.sequence) == ("v1+abc", "1.0", 3)
    assert found.codes == {"a.b", "c.d"}
    assert found.data == POLICY


def test_the_manifest_that_a_build_writes_is_read() -> None:
    written = {".manifest": manifest_of("v1+abc", "1.0", HIGHEST_SEQUENCE, {"c.d", "a.b"})}
    assert contents_of(files() | written).sequence == HIGHEST_SEQUENCE
    assert json.loads(written[".manifest"])["metadata"]["mlgate"]["codes"] == ["a.b", "c.d"]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ([], "holds no policy of mlgate"),
        ({}, "names no revision"),
        (POLICY | {"revision": ""}, "names no revision"),
        (POLICY | {"revision": 7}, "names no revision"),
        (POLICY | {"revision": "v2"}, "name different revisions"),
        (POLICY | {"indexes": []}, "lists no codes"),
        (POLICY | {"indexes": {"codes": []}, "catalog": {}}, "lists no codes"),
        (POLICY | {"catalog": []}, "lists no codes"),
        (POLICY | {"catalog": {}}, "its catalogue and its list of codes differ"),
        (POLICY | {"indexes": {"codes": ["c.d", "a.b"]}}, "differ"),
        (
            POLICY | {"indexes": {"codes": ["a.b"]}, "catalog": {"a.b": {}}},
            "other codes than the catalogue: c.d",
        ),
    ],
)
def test_data_that_contradicts_itself_is_refused(policy: Any, words: str) -> None:
    with pytest.raises(BundleUnsound, match=words):
        contents_of(files(policy))


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ([], "holds no object"),
        ({}, "metadata is missing"),
        (MANIFEST | {"wasm": []}, "wasm is missing, or is none of its keys"),
        (MANIFEST | {"Roots": [""]}, "Roots is missing, or is none"),
        (MANIFEST | {"file_rego_versions": {"/x.rego": 0}}, "file_rego_versions"),
        (MANIFEST | {"roots": [""]}, "roots are not mlgate alone"),
        (MANIFEST | {"roots": ["mlgate", "system"]}, "roots are not mlgate alone"),
        (MANIFEST | {"rego_version": 0}, "Rego is not version 1"),
        (MANIFEST | {"metadata": None}, "no metadata of mlgate"),
        (MANIFEST | {"metadata": {"mlgate": []}}, "no metadata of mlgate"),
        (MANIFEST | {"metadata": {"mlgate": {}}}, "no metadata of mlgate"),
        (ours(codes=None), "lists no codes"),
        (ours(codes=[1]), "lists no codes"),
        (ours(codes=["a.b"]), "other codes than the catalogue: c.d"),
        (ours(codes=["a.b", "c.d", "e.\x1b"]), r"other codes than the catalogue: e\.\\x1b"),
        (ours(codes=["c.d", "a.b"]), "the order, or a code twice"),
        (ours(codes=["a.b", "c.d", "c.d"]), "the order, or a code twice"),
        (ours(sequence=-1), "sequence"),
        (ours(sequence=True), "sequence"),
        (ours(sequence=1.0), "sequence"),
        (ours(sequence=HIGHEST_SEQUENCE + 1), "sequence"),
        (ours(version=None), "names no version"),
    ],
)
def test_a_manifest_that_no_build_writes_is_refused(manifest: Any, words: str) -> None:
    with pytest.raises(BundleUnsound, match=words) as told:
        contents_of(files(manifest=manifest))
    assert str(told.value).isprintable()


@pytest.mark.parametrize(
    "name",
    [
        *(
            "policy.wasm",
            "plan.json",
            "patch.json",
            "data.yaml",
            "mlgate/data.json",
            "mlgate/x.yaml",
            "x.rego",
        ),
        *("system/authz.rego", "README.md", "mlgate/.manifest", "Data.json", "mlgate/.rego"),
    ],
)
def test_a_file_that_is_none_of_a_bundle_is_named(name: str) -> None:
    with pytest.raises(BundleUnsound, match=f"{name} is no file of a policy bundle"):
        contents_of(files() | {name: b"{}"})


@pytest.mark.parametrize("name", ["data.json", ".manifest"])
def test_a_file_that_is_missing_or_no_strict_json_is_named(name: str) -> None:
    whole = files()
    with pytest.raises(BundleUnsound, match=rf"\{name} is missing|{name} is missing"):
        contents_of({key: value for key, value in whole.items() if key != name})
    for content in (b"{", b'{"a": 1, "a": 2}', b"\xff", b"[" * 999 + b"]" * 999, b'{"a": NaN}'):
        with pytest.raises(BundleUnsound, match=name):
            contents_of(whole | {name: content})


def test_data_beside_the_policy_is_refused() -> None:
    forged = json.dumps({"mlgate": POLICY, "system": {"authz": {"allow": True}}}).encode()
    with pytest.raises(BundleUnsound, match="or something beside it"):
        contents_of(files() | {"data.json": forged})


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ({}, {}),
        ({"settings": {"decision": {"mode": {"production": "enforce"}}}}, {"production": "enforce"}),
        (
            {
                "settings": {"decision": {"mode": {"production": "enforce", "sandbox": "warn"}}},
                "overrides": {"decision": {"mode": {"production": "audit"}}},
            },
            {"production": "audit", "sandbox": "warn"},
        ),
        ({"settings": {"decision": {"mode": {"production": "off", "other": "audit", "sandbox": []}}}}, {}),
        ({"settings": [], "overrides": {"decision": {"mode": "audit"}}}, {}),
    ],
)
def test_the_modes_are_those_of_the_settings_with_the_sites_over_them(
    policy: dict[str, Any], found: dict[str, str]
) -> None:
    assert dict(modes_of(policy)) == found
