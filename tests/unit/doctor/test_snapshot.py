"""What the checks are told."""

from __future__ import annotations

from typing import Any

from mlgate.doctor.snapshot import Entry, Held, home_of, labels_of


def test_the_service_says_where_mlgate_runs(broken: Any) -> None:
    broken.entry("models")["clientConfig"]["service"]["namespace"] = "gates"
    assert home_of((broken.configuration,), "there") == "gates"
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"] = {"url": "https://127.0.0.1:8443/validate"}
    assert home_of((broken.configuration,), "there") == "there"
    assert home_of((broken.configuration,)) == "mlgate-system"


def test_an_entry_without_fields_has_none() -> None:
    entry = Entry("mlgate", 0, {"name": "models.mlgate.dev"})
    assert (entry.rules, entry.client, entry.service, entry.fails_open) == ([], {}, None, False)


def test_an_installation_fails_open_when_an_entry_does(broken: Any) -> None:
    assert not broken.snapshot().fails_open
    broken.entry("records")["failurePolicy"] = "Ignore"
    assert broken.snapshot().fails_open


def test_objects_without_labels_have_none() -> None:
    assert labels_of({"metadata": {"labels": None}}) == {}
    assert labels_of({"metadata": {"labels": {"a": "b"}}}) == {"a": "b"}


def test_an_object_has_a_title() -> None:
    assert Held("Pod", "a", "b").title == "Pod/b"
