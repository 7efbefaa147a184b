"""Models beside a model: adapters, drafts and tokenizers."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.models.companions import draft_of, named_values
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.namer import Namer


def companions(namer: Namer) -> Iterator[FoundModel]:
    """Adapters, draft models and tokenizers beside a model."""
    flags, variables = namer.catalog.flags, namer.catalog.variables
    for flag in namer.invocation.flags:
        evidence = f"arg:--{flag.name}"
        if flag.name in flags["adapters"]:
            for value in namer.values(flag):
                yield from _adapters(namer, value, flag.path, evidence, None)
        elif flag.value and flag.name in flags["drafts"]:
            yield from _draft(namer, flag.value, flag.path, evidence, flag.index)
        elif flag.value and flag.name in flags["tokenizers"]:
            text = namer.invocation.expand(flag.value)
            yield from namer.found(text, flag.path, evidence, "tokenizer", at=flag.index)
    for env in namer.invocation.variables:
        if env.value and env.name in variables["adapters"]:
            yield from _adapters(namer, env.value, env.path, f"env:{env.name}", env.name)
        elif env.value and env.name in variables["drafts"]:
            yield from _draft(namer, env.value, env.path, f"env:{env.name}")


def _adapters(
    namer: Namer, text: str, path: str, evidence: str, nameless: str | None
) -> Iterator[FoundModel]:
    for name, address in named_values(namer.invocation.expand(text)):
        yield from namer.found(address, path, evidence, "adapter", name or nameless)


def _draft(namer: Namer, text: str, path: str, evidence: str, at: int = -1) -> Iterator[FoundModel]:
    draft = draft_of(namer.invocation.expand(text))
    if draft is not None:
        yield from namer.found(draft, path, evidence, "draft", at=at)
