"""What of a document is not shown to those who ask about it."""

from __future__ import annotations

import pytest

from mlgate.cli.policy.concealing import concealer


@pytest.mark.parametrize(
    "document",
    [
        {"env": [{"name": "API_TOKEN", "value": "s3cr3t-words"}]},
        {"data": {"password": "s3cr3t-words"}},
        {"args": ["--token", "s3cr3t-words"]},
        {"deep": [[{"env": [{"name": "DB_PASSWORD", "value": "s3cr3t-words"}]}]]},
    ],
)
def test_what_a_name_beside_it_says_is_secret_is_hidden_wherever_it_stands(document: object) -> None:
    conceal = concealer(document)

    assert conceal("s3cr3t-words") == "***"
    assert conceal("see s3cr3t-words here") == "see *** here"


def test_what_looks_like_a_credential_is_hidden() -> None:
    conceal = concealer({})

    assert conceal("https://a:topsecret@example.com") == "https://a:***@example.com"
    assert conceal("plain words") == "plain words"


def test_a_short_secret_is_hidden_only_where_it_stands_alone() -> None:
    conceal = concealer({"env": [{"name": "PASSWORD", "value": "abc"}]})

    assert conceal("abc") == "***"
    assert conceal("the abc of it") == "the abc of it"


def test_of_two_secrets_the_longer_is_hidden_first() -> None:
    conceal = concealer({"password": "hunter", "token": "hunter-two"})

    assert conceal("it is hunter-two") == "it is ***"
