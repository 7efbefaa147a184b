"""OPA's errors in one line each, with what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import Ran
from mlgate.policy.opa_errors import errors_in, refuse


def reported(*errors: dict[str, Any]) -> Ran:
    return Ran(1, json.dumps({"errors": errors}), "")


def error(message: str, code: str = "rego_type_error", **more: Any) -> dict[str, Any]:
    return {"message": message, "code": code, "location": {"file": "./a.rego", "row": 3, "col": 1}, **more}


@pytest.mark.parametrize(
    ("message", "code", "fix"),
    [
        (
            "undefined function data.a.f",
            "rego_type_error",
            "there is no data.a.f; name a",
        ),
        ("undefined function http.send", "rego_type_error", "http.send is not among the built-ins"),
        ("undefined function crypto.x509.y", "rego_type_error", "crypto.x509.y is not among the built-ins"),
        (
            "undefined ref: input.request.nmae",
            "rego_type_error",
            "read a field that policies/schema/input.json",
        ),
        ("undefined ref: data.mlgate.x", "rego_type_error", "name a rule that exists"),
        ("var y is unsafe", "rego_unsafe_var_error", "give y a value"),
        ("import data.x unused", "rego_compile_error", "remove the import"),
        ("assigned var x unused", "rego_compile_error", "use x, or write _"),
        ("rule data.a.b is recursive: data.a.b -> data.a.b", "rego_recursion_error", "let no rule depend"),
        ("package annotation redeclared: a.rego:1", "rego_type_error", "keep the METADATA of a package"),
        ("package a.b conflicts with rule b", "rego_type_error", "another name"),
        ("unexpected assign token", "rego_parse_error", "correct the syntax there"),
        ("match error", "rego_type_error", "correct the types, or the name"),
        ("something else", "rego_new_error", "correct it"),
    ],
)
def test_each_error_comes_with_what_to_do(message: str, code: str, fix: str) -> None:
    found = errors_in(reported(error(message, code)))
    assert len(found) == 1
    assert found[0].text.startswith(f"a.rego:3: {message}; ")
    assert fix in found[0].fix


def test_what_would_have_been_right_is_listed_up_to_a_limit() -> None:
    few = error("undefined ref: input.x", details={"have": "x", "want": ["a", "b"]})
    many = error("undefined ref: input.x", details={"have": "x", "want": list("abcdefghij")})
    found = errors_in(reported(few, many))
    assert found[0].message == "undefined ref: input.x (there are: a, b)"
    assert found[1].message.endswith("g, h, ...)")


def test_lines_in_a_message_become_one() -> None:
    found = errors_in(reported({"message": "a\n\tb", "code": "x"}))
    assert found[0].text == "a b"


def test_a_call_that_succeeded_has_none() -> None:
    assert errors_in(Ran(0, "whatever", "")) == []
    refuse(Ran(0, "", ""))


@pytest.mark.parametrize(
    "ran", [Ran(1, "", "no such file"), Ran(1, "{}", "no such file"), Ran(2, "[]", "no such file")]
)
def test_another_failure_is_no_error_of_the_policy(ran: Ran) -> None:
    with pytest.raises(PolicyError, match=r"^opa: "):
        errors_in(ran)


def test_the_first_error_is_told_with_the_number_of_the_others() -> None:
    with pytest.raises(
        PolicyError, match=r"^a\.rego:3: var y is unsafe; give y .*\(and 1 more; `mlgate policy lint`"
    ):
        refuse(reported(error("var y is unsafe"), error("var z is unsafe")))
    with pytest.raises(PolicyError, match=r"what it names$"):
        refuse(reported(error("var y is unsafe")))
