"""Where entries send reviews."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.snapshot import Entry
from mlgate.doctor.targets import Target, targets


def target(client: Any) -> Target:
    return Target((Entry("c", 0, {"name": "models.mlgate.dev", "clientConfig": client}),))


def test_entries_that_call_the_same_are_one_target(broken: Any) -> None:
    assert [len(one.entries) for one in targets(broken.snapshot().entries)] == [3]
    broken.entry("models")["clientConfig"] = {"url": "https://a/validate"}
    assert [len(one.entries) for one in targets(broken.snapshot().entries)] == [1, 2]


def test_a_service_has_a_name_and_a_port() -> None:
    found = target({"service": {"name": "gate", "namespace": "there"}})
    assert (found.host, found.port, found.path, found.url) == ("gate.there.svc", 443, "", None)
    found = target({"service": {"name": "gate", "namespace": "there", "port": 8443, "path": "/x"}})
    assert (found.port, found.path, found.service) == (8443, "/x", ("there", "gate"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/validate", ("a.example", 443, "/validate")),
        ("https://[::1]:8443", ("::1", 8443, "")),
    ],
)
def test_an_address_has_them_too(url: str, expected: Any) -> None:
    found = target({"url": url})
    assert (found.host, found.port, found.path) == expected
    assert found.service == ("", "")


def test_a_target_of_nothing_is_nowhere() -> None:
    found = target({})
    assert (found.service, found.port, found.path, found.bundle) == (("", ""), 443, "", None)
