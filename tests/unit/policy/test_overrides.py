"""A site's settings are used as a whole or refused with the key that does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import PolicyError, SettingRefused
from mlgate.policy.catalog import Catalog
from mlgate.policy.overrides import check_overrides, read_overrides
from mlgate.policy.shipped import shipped_rego

ENFORCEMENT = {"sandbox": "audit", "development": "warn", "staging": "deny", "production": "deny"}
CATALOG = Catalog(
    {
        "demo.free": {"enforcement": ENFORCEMENT},
        "demo.locked": {"enforcement": ENFORCEMENT, "raise": [{"tiers": ["high"]}]},
        "demo.flat": {"enforcement": {"production": "warn"}},
    }
)
LOCKED = frozenset({"demo.locked", "demo.flat"})


def checked(overrides: Any) -> dict[str, Any]:
    return check_overrides(overrides, CATALOG, LOCKED)


def of_codes(**entries: Any) -> dict[str, Any]:
    """Overrides of codes of the subject `demo`."""
    return {"enforcement": {"overrides": {f"demo.{name}": entry for name, entry in entries.items()}}}


@pytest.mark.parametrize("nothing", [None, {}])
def test_nothing_overrides_nothing(nothing: Any) -> None:
    assert checked(nothing) == {}


def test_the_shipped_settings_themselves_fit() -> None:
    shipped = yaml.safe_load((shipped_rego() / "mlgate" / "settings" / "data.yaml").read_bytes())
    assert checked(shipped) == shipped


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ([], "are no map of groups"),
        ("x", "are no map of groups"),
        ({"fairnes": {}}, "fairnes: there is no such group"),
        ({"fair": {}}, "fair: there is no such group"),
        ({7: {}}, "7: there is no such group"),
        ({"fairness": None}, "fairness: is no map of settings"),
        ({"fairness": ["tolerance"]}, "fairness: is no map of settings"),
        ({"fairness": {"tolerence": 1}}, r"fairness\.tolerence: there is no such setting"),
        ({"fairness": {"min_ratio": {}}}, r"fairness\.min_ratio: there is no such setting"),
        ({"fairness": {7: 1}}, r"fairness\.7: there is no such setting"),
        ({"fairness": {"tolerance": None}}, r"fairness\.tolerance: "),
        ({"fairness": {"tolerance": "0.1"}}, r"fairness\.tolerance: "),
        ({"fairness": {"tolerance": True}}, r"fairness\.tolerance: "),
        ({"fairness": {"tolerance": 1.5}}, r"fairness\.tolerance: "),
        ({"fairness": {"tolerance": -0.1}}, r"fairness\.tolerance: "),
        ({"fairness": {"minRatio": {"top": 0.8}}}, r"fairness\.minRatio\.top"),
        ({"fairness": {"minRatio": {"high": 8}}}, r"fairness\.minRatio\.high"),
        ({"fairness": {"minRatio": [0.8]}}, r"fairness\.minRatio: "),
        ({"fairness": {"minGroupCount": 1.0}}, r"fairness\.minGroupCount: "),
        (
            {"signOff": {"required": {"high": [{"roles": [], "count": 1}]}}},
            r"signOff\.required\.high\.0\.roles",
        ),
        (
            {"signOff": {"required": {"high": [{"roles": ["r"], "count": 0}]}}},
            r"signOff\.required\.high\.0\.count",
        ),
        (
            {"signOff": {"trustedSigners": [{"keyId": "sha256:aa", "roles": ["legal"]}]}},
            r"signOff\.trustedSigners\.0: lacks approver: a key tells nobody's name",
        ),
        (
            {"signOff": {"trustedSigners": [{"keyId": "sha256:aa", "approver": "", "roles": ["legal"]}]}},
            r"signOff\.trustedSigners\.0\.approver: ",
        ),
        (
            {
                "signOff": {
                    "trustedSigners": [
                        {"keyId": "sha256:aa", "approver": "ana", "roles": ["legal"]},
                        {"keyId": "sha256:aa", "approver": "bo", "roles": ["product"]},
                    ]
                }
            },
            r"signOff\.trustedSigners: gives key sha256:aa to ana and to bo: a key is one person's",
        ),
        ({"people": {"usernamePrefixes": "corp/"}}, r"people\.usernamePrefixes: "),
        ({"people": {"usernamePrefixes": [""]}}, r"people\.usernamePrefixes\.0: "),
        (
            {"people": {"aliases": {"ewt": "Erin", "erin": "erin@example.com"}}},
            r"people\.aliases: says that ewt is Erin, which has another name itself",
        ),
        ({"people": {"aliases": {"ewt": "ewt"}}}, r"people\.aliases: says that ewt is ewt"),
        ({"people": {"aliases": {"ewt": 7}}}, r"people\.aliases\.ewt: "),
        ({"people": {"aliases": [["ewt", "erin"]]}}, r"people\.aliases: "),
        ({"signOff": {"required": {"high": [{"roles": ["r"]}]}}}, r"signOff\.required\.high\.0\.count"),
        (
            {"signOff": {"required": {"high": [{"roles": ["r"], "count": 1, "x": 1}]}}},
            r"signOff\.required\.high\.0\.x",
        ),
        ({"decision": {"unchangedUpdate": "off"}}, r"decision\.unchangedUpdate"),
        ({"decision": {"mode": {"production": "off"}}}, r"decision\.mode\.production"),
        (
            {"access": {"attributeRules": [{"name": "n", "from": "25:00"}]}},
            r"access\.attributeRules\.0\.from",
        ),
        ({"encryption": {"minTlsVersion": 1.2}}, r"encryption\.minTlsVersion"),
        ({"encryption": {"minTlsVersion": "0.9"}}, r"encryption\.minTlsVersion"),
        ({"fairness": {"tolerance": float("inf")}}, r"fairness\.tolerance: is no JSON value"),
        ({"fairness": {"tolerance": {1, 2}}}, r"fairness\.tolerance: is no JSON value"),
        (
            of_codes(nowhere={"production": "warn"}),
            r"enforcement\.overrides\.demo\.nowhere: there is no such code",
        ),
        (of_codes(free={"prod": "warn"}), r"enforcement\.overrides\.demo\.free\.prod"),
        (of_codes(free={"production": "ignore"}), r"enforcement\.overrides\.demo\.free\.production"),
        (of_codes(free={"raise": "false"}), r"enforcement\.overrides\.demo\.free\.raise"),
        (of_codes(free="off"), r"enforcement\.overrides\.demo\.free"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_key(overrides: Any, words: str) -> None:
    with pytest.raises(PolicyError, match=words) as caught:
        checked(overrides)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value)  # and then the fix


@pytest.mark.parametrize(
    ("overrides", "fix"),
    [
        ({"fairnes": {}}, "did you mean fairness?"),
        ({"zzz": {}}, "there are: access, "),
        ({"fairness": {"tolerence": 1}}, "did you mean tolerance?"),
        ({"fairness": {"tolerance": "much"}}, "write a value like the shipped one, 0.005"),
        ({"signOff": {"required": 1}}, "write a value like the shipped one, "),
        (of_codes(fre={}), "did you mean demo.free? `mlgate policy list` lists them"),
        ({"enforcement": {"overrides": {"zzz": {}}}}, "`mlgate policy list` lists them"),
        (of_codes(locked={"production": "off"}), "remove the entry, or raise the code only"),
    ],
)
def test_a_refusal_says_what_to_do(overrides: Any, fix: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        checked(overrides)
    assert caught.value.fix.startswith(fix)
    assert len(caught.value.fix) < 500


@pytest.mark.parametrize(
    "entry",
    [
        {"production": "warn"},
        {"production": "off"},
        {"sandbox": "off"},
        {"raise": False},
        {"production": "deny", "development": "audit"},
    ],
)
def test_a_locked_code_is_not_lowered_but_any_other_is(entry: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match=r"demo\.locked: the code is locked and cannot be lowered"):
        checked(of_codes(locked=entry))
    assert checked(of_codes(free=entry)) == of_codes(free=entry)


@pytest.mark.parametrize("entry", [{"sandbox": "deny"}, {"production": "deny"}, {"raise": True}, {}])
def test_a_locked_code_may_be_raised(entry: dict[str, Any]) -> None:
    assert checked(of_codes(locked=entry)) == of_codes(locked=entry)


def test_a_profile_a_code_says_nothing_about_counts_as_deny() -> None:
    with pytest.raises(PolicyError, match="locked"):
        checked(of_codes(flat={"sandbox": "warn"}))
    assert checked(of_codes(flat={"production": "warn", "raise": False}))


def test_a_site_adds_to_the_locked_codes_and_takes_none_away() -> None:
    own = of_codes(free={"production": "warn"})
    own["enforcement"]["locked"] = ["demo.free"]
    with pytest.raises(PolicyError, match=r"demo\.free: the code is locked"):
        checked(own)
    emptied = of_codes(locked={"production": "warn"})
    emptied["enforcement"]["locked"] = []
    with pytest.raises(PolicyError, match=r"demo\.locked: the code is locked"):
        checked(emptied)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda below: (
            st.lists(below, max_size=3)
            | st.dictionaries(
                st.sampled_from(["fairness", "enforcement", "overrides", "locked", "tolerance"])
                | st.text(max_size=5),
                below,
                max_size=3,
            )
        ),
        max_leaves=10,
    )
)
def test_whatever_a_site_writes_is_used_or_refused_in_one_line(overrides: Any) -> None:
    problem: PolicyError | None = None
    found: dict[str, Any] = {}
    try:
        found = checked(overrides)
    except PolicyError as error:
        problem = error
    assert problem is not None or found == (overrides or {})


def test_a_file_is_read_as_strict_yaml(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("fairness:\n  tolerance: 0.1\n")
    assert read_overrides(path) == {"fairness": {"tolerance": 0.1}}


@pytest.mark.parametrize("text", ["", "\n  \n"])
def test_an_empty_file_overrides_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(text)
    assert read_overrides(path) == {}


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"a: 1\na: 2\n",
        b"a: &x 1\nb: *x\n",
        b"a: [",
        b"a: !!python/object/apply:os.system [id]",
        b"\xff\xfe",
        b"a: .nan",
        b"a: 1\n---\nb: 2\n",
        b"a: " + b"[" * 100 + b"]" * 100,
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "site.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PolicyError, match="policy settings") as caught:
        read_overrides(path)
    assert "site.yaml" in str(caught.value)


def test_yaml_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("fairness:\n  tolerance: 1\n  tolerance: 2\n")
    with pytest.raises(PolicyError, match=r"site\.yaml:3: policy settings: duplicate key .*; correct"):
        read_overrides(path)
