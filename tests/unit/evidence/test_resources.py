"""From a kind to its path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mlgate.evidence.resources import KNOWN, Resource, Resources, pages
from mlgate.evidence.transport import Form

RUNTIMES = Resource("serving.kserve.io/v1alpha1", "servingruntimes", namespaced=True)
NODES = Resource("v1", "nodes", namespaced=False)
CARDS = Resource("mlgate.dev/v1alpha1", "modelcards", namespaced=True)
ALL_CARDS = "/apis/mlgate.dev/v1alpha1/modelcards"


class Answers:
    """A transport that answers from a table and remembers what it was asked."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table
        self.asked: list[str] = []
        self.forms: list[Form] = []

    def read(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        self.forms.append(form)
        token = query.get("continue", "")
        self.asked.append(path + token)
        return self.table.get(path + token)

    def watch(self, path: str, query: Mapping[str, str], timeout: float, form: Form = "whole") -> Any:
        raise NotImplementedError

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("resource", "namespace", "name", "path"),
    [
        (RUNTIMES, "prod", "onnx", "/apis/serving.kserve.io/v1alpha1/namespaces/prod/servingruntimes/onnx"),
        (RUNTIMES, "prod", None, "/apis/serving.kserve.io/v1alpha1/namespaces/prod/servingruntimes"),
        (RUNTIMES, None, None, "/apis/serving.kserve.io/v1alpha1/servingruntimes"),
        (RUNTIMES, None, "onnx", None),
        (NODES, None, "n1", "/api/v1/nodes/n1"),
        (NODES, "prod", "n1", "/api/v1/nodes/n1"),
        (
            RUNTIMES,
            "prod",
            "a b?c#d",
            "/apis/serving.kserve.io/v1alpha1/namespaces/prod/servingruntimes/a%20b%3Fc%23d",
        ),
    ],
)
def test_the_path_of_a_kind(
    resource: Resource, namespace: str | None, name: str | None, path: str | None
) -> None:
    assert resource.path(namespace, name) == path


@pytest.mark.parametrize("name", ["", ".", "..", "../../secrets/s", "a/b", "%2e%2e", "a%2fb"])
def test_a_name_cannot_lead_to_another_object(name: str) -> None:
    assert RUNTIMES.path("prod", name) is None
    assert RUNTIMES.path(name, "onnx") is None


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_known_kinds_are_not_asked_for(key: tuple[str, str]) -> None:
    transport = Answers({})
    assert Resources(transport).find(*key, 1.0) == KNOWN[key]
    assert transport.asked == []


def test_other_kinds_are_asked_for_once() -> None:
    entries = [
        {"kind": "Deployment", "name": "deployments/status", "namespaced": True},
        {"kind": "Deployment", "name": "deployments", "namespaced": True},
    ]
    transport = Answers({"/apis/apps/v1": {"resources": entries}})
    resources = Resources(transport)
    for _ in range(2):
        assert resources.find("apps/v1", "Deployment", 1.0) == Resource(
            "apps/v1", "deployments", namespaced=True
        )
    assert transport.asked == ["/apis/apps/v1"]


def test_core_kinds_are_asked_for_under_api() -> None:
    transport = Answers({"/api/v1": {"resources": [{"kind": "Pod", "name": "pods", "namespaced": True}]}})
    assert Resources(transport).find("v1", "Pod", 1.0) == Resource("v1", "pods", namespaced=True)


def test_a_kind_that_is_not_served_is_asked_for_every_time_since_it_may_be_installed() -> None:
    transport = Answers({})
    resources = Resources(transport)
    assert [resources.find("apps/v1", "Gadget", 1.0) for _ in range(2)] == [None, None]
    assert len(transport.asked) == 2


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [("../v1", "Pod"), ("apps/v1/../..", "Pod"), ("apps/v1?x", "Pod"), ("", "Pod"), ("apps/v1", "pod/exec")],
)
def test_made_up_kinds_are_never_asked_for(api_version: str, kind: str) -> None:
    transport = Answers({})
    assert Resources(transport).find(api_version, kind, 1.0) is None
    assert transport.asked == []


def test_all_pages_of_a_list_are_read() -> None:
    transport = Answers(
        {
            ALL_CARDS: {"metadata": {"continue": "t"}, "items": [1]},
            f"{ALL_CARDS}t": {"metadata": {"resourceVersion": "5"}, "items": [2]},
        }
    )
    assert [item for page in pages(transport, CARDS, None, 1.0) for item in page["items"]] == [1, 2]


def test_of_what_is_secret_or_large_only_the_metadata_is_asked_for() -> None:
    asked = {kind for (_, kind), resource in KNOWN.items() if resource.metadata_only}
    assert asked == {"Secret", "Node"}
    secrets = KNOWN[("v1", "Secret")]
    assert (secrets.form, secrets.list_form) == ("metadata", "metadata list")
    assert (CARDS.form, CARDS.list_form) == ("whole", "whole")
    transport = Answers({})
    list(pages(transport, secrets, "prod", 1.0))
    assert (transport.asked, transport.forms) == (["/api/v1/namespaces/prod/secrets"], ["metadata list"])


def test_a_namespace_no_object_can_lie_in_has_no_page() -> None:
    transport = Answers({})
    assert list(pages(transport, CARDS, "../x", 1.0)) == []
    assert transport.asked == []


def test_a_list_of_a_kind_that_is_not_served_has_no_page() -> None:
    assert list(pages(Answers({}), CARDS, None, 1.0)) == []
