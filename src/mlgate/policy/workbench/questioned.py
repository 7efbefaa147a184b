"""Why a code did or did not fire: the policy is asked, and the rule traced where that tells more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mlgate.domain.base import Json
from mlgate.policy.workbench.briefly import Conceal
from mlgate.policy.workbench.conditions import World
from mlgate.policy.workbench.explain import rule_of
from mlgate.policy.workbench.library import Library
from mlgate.policy.workbench.sources import Sources
from mlgate.policy.workbench.trial import facts, trace
from mlgate.policy.workbench.verdicts import Answer, Facts, answer
from mlgate.policy.workbench.why import Reason, Reasoner


def questioned(
    policy: Library,
    code: str,
    documents: Sequence[tuple[Json, Conceal]],
    *,
    bundle: Path,
    sources: Sources,
) -> Iterator[tuple[Facts, Answer]]:
    """What became of the code for each document, in their order.

    Args:
        policy: the policy.
        code: one of its codes.
        documents: input documents, each with what makes texts out of it fit to be shown.
        bundle: the bundle that was built of this very policy.
        sources: its Rego.

    Raises:
        PolicyError: OPA does not work, or the policy is not made like the shipped one.
    """
    rule = rule_of(policy, code, sources)
    told = facts(bundle, rule, code, [document for document, _ in documents], sources.opa)
    for (document, conceal), found in zip(documents, told, strict=True):

        def reasons(document: Json = document, conceal: Conceal = conceal) -> Iterator[Reason]:
            reasoner = Reasoner(rule, sources, World(document, policy.settings), conceal, policy.space.shown)
            yield from reasoner.reasons(trace(bundle, rule, document, sources, policy.shortcuts))

        of_code = Facts(code, found)
        yield of_code, answer(policy, of_code, reasons())
