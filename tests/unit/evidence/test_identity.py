"""Which authorization policies keep strangers out."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.identity import demands_identity, lets_strangers_in


def policy(rules: Any = None, action: Any = None, **spec: Any) -> dict[str, Any]:
    return {"spec": {"rules": rules, "action": action, **spec}}


def source(**parts: Any) -> dict[str, Any]:
    return {"from": [{"source": parts}]}


def condition(key: Any, values: Any) -> dict[str, Any]:
    return {"when": [{"key": key, "values": values}]}


TOKEN = source(requestPrincipals=["*"])


@pytest.mark.parametrize(
    "rules",
    [
        None,
        [],
        [TOKEN],
        [source(principals=["cluster.local/ns/a/sa/b"])],
        [source(namespaces=["web"])],
        [source(serviceAccounts=["web/front"])],
        [source(principals=["a"], ipBlocks=["10.0.0.0/8"])],
        [{**TOKEN, "to": [{"operation": {"paths": ["/v1/*"]}}]}],
        [TOKEN, source(principals=["a"])],
        [condition("request.auth.claims[iss]", ["https://issuer"])],
        [condition("request.auth.principal", ["*"])],
        [condition("source.principal", ["a"])],
        [{**source(ipBlocks=["10.0.0.0/8"]), **condition("source.namespace", ["web"])}],
    ],
)
@pytest.mark.parametrize("action", [None, "ALLOW"])
def test_a_policy_that_allows_only_known_callers_demands_an_identity(rules: Any, action: Any) -> None:
    assert not lets_strangers_in(policy(rules, action))
    assert demands_identity(policy(rules, action), open_door=False)
    assert not demands_identity(policy(rules, action), open_door=True)


@pytest.mark.parametrize(
    "rules",
    [
        [{}],
        [None],
        "x",
        {"from": []},
        [{"from": []}],
        [{"from": [{}]}],
        [{"from": "x"}],
        [source()],
        [source(ipBlocks=["10.0.0.0/8"])],
        [source(principals=[])],
        [source(principals=[""])],
        [source(principals=["a", " "])],
        [source(principals=[None])],
        [source(principals="a")],
        [source(notPrincipals=["a"])],
        [{"to": [{"operation": {"paths": ["/healthz"]}}]}],
        [{"from": [{"source": {"principals": ["a"]}}, {"source": {"ipBlocks": ["10.0.0.0/8"]}}]}],
        [TOKEN, {}],
        [condition("source.ip", ["10.0.0.0/8"])],
        [condition("request.auth.principal", [])],
        [condition(5, ["a"])],
        [{"when": [{"key": "source.principal", "notValues": ["a"]}]}],
        [condition("request.headers[x]", ["a"])],
    ],
)
def test_a_policy_that_allows_anybody_demands_none(rules: Any) -> None:
    assert lets_strangers_in(policy(rules))
    assert not demands_identity(policy(rules), open_door=False)


@pytest.mark.parametrize("strangers", ["notPrincipals", "notRequestPrincipals"])
@pytest.mark.parametrize("open_door", [True, False])
def test_a_denial_of_all_strangers_stands_by_itself(strangers: str, *, open_door: bool) -> None:
    denied = policy([source(ipBlocks=["1.2.3.4/32"]), source(**{strangers: ["*"]})], "DENY")
    assert demands_identity(denied, open_door=open_door)
    assert not lets_strangers_in(denied)


@pytest.mark.parametrize(
    "rules",
    [
        None,
        [{}],
        [None],
        [source(notRequestPrincipals=["a"])],
        [source(notRequestPrincipals="*")],
        [source(notRequestPrincipals=["*"], ipBlocks=["10.0.0.0/8"])],
        [{**source(notRequestPrincipals=["*"]), "to": [{"operation": {"paths": ["/admin"]}}]}],
        [{**source(notRequestPrincipals=["*"]), **condition("request.headers[x]", ["a"])}],
        [source(requestPrincipals=["*"])],
    ],
)
def test_a_denial_of_some_is_none_of_all_strangers(rules: Any) -> None:
    assert not demands_identity(policy(rules, "DENY"), open_door=False)


@pytest.mark.parametrize("action", ["CUSTOM", "AUDIT", "allow", 5, ["ALLOW"]])
def test_what_another_program_decides_is_not_known(action: Any) -> None:
    assert not demands_identity(policy([TOKEN], action), open_door=False)
    assert not lets_strangers_in(policy([{}], action))
