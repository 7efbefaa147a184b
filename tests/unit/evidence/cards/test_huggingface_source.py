"""The README of a model's repository: at the commit that is served, and of no other model."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from registry import Handler, Registry

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Card, CardReference, CardSource
from mlgate.errors import SettingsError
from mlgate.evidence.cards.load import load
from mlgate.evidence.options import EvidenceOptions
from mlgate.options import closing_registries, options_for
from mlgate.settings import load_settings

README = Path(__file__).resolve().parents[4] / "examples" / "cards" / "huggingface" / "ticket-router.md"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PATH = f"/team/router/raw/{COMMIT}/README.md"
SERVED = f"hf://team/router:{COMMIT}"


class Hub:
    """A Hub that holds one README."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.tokens: list[str | None] = []
        self.status = 200
        self.commit: str | None = COMMIT
        registry.fault = self.answer

    def answer(self, handler: Handler) -> None:
        self.tokens.append(handler.headers.get("Authorization"))
        known = handler.path == PATH
        headers = {"X_Repo_Commit": self.commit} if self.commit else {}
        handler.answer(self.status if known else 404, README.read_bytes() if known else b"", **headers)


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as running:
        yield running


@pytest.fixture
def hub(registry: Registry) -> Hub:
    return Hub(registry)


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text("hf_abc\n")
    return file


@pytest.fixture
async def options(registry: Registry, tmp_path: Path, token: Path) -> AsyncIterator[EvidenceOptions]:
    authority = tmp_path / "ca.pem"
    registry.authority.cert_pem.write_to_path(str(authority))
    chosen = {
        "endpoint": f"https://{registry.host}",
        "private": True,
        "ca": authority,
        "token_file": token,
    }
    evidence = {"card_sources": ["huggingface"], "huggingface": chosen}
    _, found = options_for(load_settings({"evidence": evidence}))
    async with closing_registries(found):
        yield found


@pytest.fixture
def look(options: EvidenceOptions, cluster: Any, deadline: Deadline) -> Callable[..., Any]:
    async def ask(uris: dict[str, str], model: str | None = None) -> Card:
        source = CardSource(type="huggingface", reference="huggingface")
        asked = CardReference(model=model, source=source, pinned_digest=None)
        return (await load(asked, "prod", cluster, options, deadline, uris)).card

    return ask


async def test_the_readme_of_the_served_commit_is_the_card(hub: Hub, look: Any) -> None:
    card = await look({"router": SERVED})
    assert (card.status, card.format) == ("found", "huggingface")
    assert card.card["model"]["name"] == "ticket-router"
    assert hub.tokens == ["Bearer hf_abc"]


async def test_a_commit_that_was_read_outlives_the_hub(hub: Hub, look: Any) -> None:
    await look({"router": SERVED})
    hub.status = 500
    assert (await look({"router": SERVED})).status == "found"
    assert len(hub.tokens) == 1


async def test_a_branch_that_is_named_like_a_commit_is_none(hub: Hub, look: Any) -> None:
    hub.commit = "f" * 40
    card = await look({"router": SERVED})
    assert (card.status, "of another commit" in card.problems[0].message) == ("unavailable", True)
    hub.commit = COMMIT.upper()
    assert (await look({"router": SERVED})).status == "found"
    assert len(hub.tokens) == 2, "nothing was kept of what was sent first"


async def test_what_a_hub_does_not_say_the_commit_of_is_not_kept(hub: Hub, look: Any) -> None:
    hub.commit = None
    assert (await look({"router": SERVED})).status == "found"
    hub.status = 500
    assert (await look({"router": SERVED})).status == "unavailable"


@pytest.mark.parametrize(
    "uri", ["hf://team/router", "hf://team/router:main", f"hf://team:{COMMIT}", f"s3://team/router:{COMMIT}"]
)
async def test_what_can_change_is_never_asked_for(hub: Hub, look: Any, uri: str) -> None:
    card = await look({"router": uri}, "router")
    assert (card.status, "pinned to a commit" in card.problems[0].message) == ("invalid", True)
    assert hub.tokens == []


@pytest.mark.parametrize("uris", [{}, {"a": SERVED, "b": SERVED}, {"a": "s3://b/m"}])
async def test_it_must_be_clear_which_model_is_meant(hub: Hub, look: Any, uris: dict[str, str]) -> None:
    card = await look(uris)
    assert (card.status, "name the model" in card.problems[0].message) == ("invalid", True)
    assert hub.tokens == []


async def test_of_several_models_the_one_that_is_named_counts(hub: Hub, look: Any) -> None:
    card = await look({"a": "hf://team/other:" + COMMIT, "b": SERVED}, "b")
    assert (card.status, len(hub.tokens)) == ("found", 1)
    assert (await look({"a": "hf://team/other:" + COMMIT, "b": SERVED}, "a")).status == "missing"
    assert (await look({"b": SERVED}, "unknown")).status == "invalid"


async def test_a_hub_that_fails_is_unavailable(hub: Hub, look: Any) -> None:
    hub.status = 503
    card = await look({"router": SERVED})
    assert (card.status, "answered with 503" in card.problems[0].message) == ("unavailable", True)


async def test_a_token_that_cannot_be_read_is_unavailable(hub: Hub, look: Any, token: Path) -> None:
    token.unlink()  # noqa: ASYNC240 - of a test
    card = await look({"router": SERVED})
    assert (card.status, "token" in card.problems[0].message) == ("unavailable", True)
    assert hub.tokens == []


def test_without_an_endpoint_the_source_refuses_to_start() -> None:
    with pytest.raises(SettingsError, match=r"evidence\.huggingface\.endpoint"):
        options_for(load_settings({"evidence": {"card_sources": ["huggingface"]}}))


async def test_nobody_is_asked_where_the_source_is_off(cluster: Any, deadline: Deadline) -> None:
    source = CardSource(type="huggingface", reference="huggingface")
    asked = CardReference(model=None, source=source, pinned_digest=None)
    card = (await load(asked, "prod", cluster, EvidenceOptions(), deadline, {"m": SERVED})).card
    assert (card.status, "switched off" in card.problems[0].message) == ("missing", True)
