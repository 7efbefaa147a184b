"""Which addresses of an OPA are taken."""

from __future__ import annotations

import pytest

from mlgate.errors import SettingsError
from mlgate.policy.address import Address, Endpoint, parse_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://opa.example.com:8181", Address("opa.example.com", 8181, tls=True, socket=None)),
        ("https://opa.example.com/", Address("opa.example.com", 443, tls=True, socket=None)),
        ("http://127.0.0.1:8181", Address("127.0.0.1", 8181, tls=False, socket=None)),
        ("http://localhost", Address("localhost", 80, tls=False, socket=None)),
        ("http://[::1]:8181", Address("[::1]", 8181, tls=False, socket=None)),
        ("unix:///run/opa/opa.sock", Address("localhost", 80, tls=False, socket="/run/opa/opa.sock")),
    ],
)
def test_an_address_is_taken_apart(url: str, expected: Address) -> None:
    assert parse_address(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "opa:8181",
            "ftp://opa",
            "https://",
            "https://user:pw@opa",
            "https://opa/v1",
            "https://opa?a=b",
        ),
        *(
            "https://opa#x",
            "unix://host/path",
            "unix:relative",
            "https://opa:99999",
            "https://[::1",
            "managed",
        ),
    ],
)
def test_anything_else_is_refused_naming_the_setting(url: str) -> None:
    with pytest.raises(SettingsError, match=r"opa\.url"):
        parse_address(url)


@pytest.mark.parametrize("host", ["opa.example.com", "10.0.0.7", "127.0.0.1.example.com", "0.0.0.0"])  # noqa: S104
def test_plain_http_is_refused_beyond_loopback_because_answers_could_be_changed_on_the_way(host: str) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        parse_address(f"http://{host}:8181")


def test_the_token_of_an_endpoint_is_not_shown() -> None:
    assert "s3cret" not in repr(Endpoint("http://127.0.0.1:1", "s3cret"))
