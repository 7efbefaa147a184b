"""`mlgate waiver new`: the Waiver manifest of an exception that somebody asked for and another grants."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from mlgate.assembly import CheckFrom, assemble_check
from mlgate.cli.approving import API_VERSION, current_user, name_prefix
from mlgate.cli.console import print_json, put_yaml
from mlgate.cli.options import (
    END,
    BundleKey,
    Groups,
    Kubecontext,
    Me,
    Output,
    OutputOption,
    ProfileOption,
    ending,
)
from mlgate.cli.questions import SECONDS_EACH, refuse_unknown_profile
from mlgate.cli.requests import request_for
from mlgate.cli.running import run_unless_stopped
from mlgate.cli.waiver_subject import FORMS, read_subject
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Finding
from mlgate.domain.request import UserInfo
from mlgate.errors import EngineUnavailable, ManifestError, PolicyError
from mlgate.evidence.records import WaiverSpec
from mlgate.evidence.shapes import Reader, shape_of

_EXAMPLE = (
    "Example: mlgate waiver new --code fairness.limit_exceeded --subject card=modelcard/router-1.0.0"
    ' -n ml-prod --ticket RISK-231 --reason "Small group; more data is on its way."'
    " --requested-by erin@example.com --expires 2027-03-01 > waiver.yaml; kubectl create -f waiver.yaml"
)
_OPTIONS = {
    "waiver.approval_not_authentic": "--requested-by",
    "waiver.expiry_invalid": "--expires",
}
"""By the code of what policy objects to: what the person wrote it in."""
_FIELDS = {
    "spec.codes": "--code",
    "spec.terms": "--term",
    "spec.subject": "--subject",
    "spec.reason": "--reason",
    "spec.ticket": "--ticket",
    "spec.requestedBy": "--requested-by",
    "spec.approvedBy": "--user",
    "spec.expiresAt": "--expires",
}
"""The same by the field of the Waiver."""
_FLAWS = {**_FIELDS, "code ": "--code"}
"""The same by how a flaw of waiver.scope_invalid is told."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(
        help="Grant an exception: make a Waiver manifest.", epilog=_EXAMPLE, no_args_is_help=True
    )
    commands.callback()(lambda: None)
    commands.command("new", epilog=_EXAMPLE)(new)
    app.add_typer(commands, name="waiver")


def new(
    code: Annotated[
        list[str], typer.Option(help="Code of the rule to lift, as the refusal names it; repeat.")
    ],
    subject: Annotated[
        list[str],
        typer.Option(help=f"What the exception is for: {FORMS}. Repeated, all of them must fit."),
    ],
    reason: Annotated[
        str, typer.Option(help="Why the risk is acceptable until then, in a sentence for auditors.")
    ],
    ticket: Annotated[str, typer.Option(help="Where it was discussed: an id or address of your tracker.")],
    requested_by: Annotated[
        str, typer.Option(help="Login name of who asked you for it; nobody grants their own request.")
    ],
    expires: Annotated[
        str,
        typer.Option(
            help=f"When it ends and the rules deny again, as {END}."
            " At most 90 days ahead, unless your site sets waiver.maxDays."
        ),
    ],
    term: Annotated[
        list[str] | None,
        typer.Option(
            help="Lift only findings with this term, such as one of several datasets; `mlgate check -o json`"
            " prints each finding's. Repeat."
        ),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option("--namespace", "-n", help="Namespace of the workload; the Waiver is created there."),
    ] = None,
    user: Me = None,
    group: Groups = None,
    context: Kubecontext = None,
    profile: ProfileOption = None,
    bundle: Annotated[Path | None, typer.Option(help="A policy bundle or source tree.")] = None,
    bundle_key: BundleKey = None,
    settings: Annotated[Path | None, typer.Option(help="The site's policy settings (YAML).")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Print a Waiver: an exception from exact rules, for one subject, with a reason and an end.

    You grant it: you run this command, and only you can create what it prints (`kubectl create -f FILE`).
    Until then it excepts nothing. Somebody else must have asked for it (--requested-by), for nobody grants
    their own request. A refusal tells the codes. What is lifted is told as a warning with every deployment.

    The waiver is judged first, as the gate would judge it; one that policy refuses is not printed, and the
    option that has to change is named.

    Exit codes: 0 printed, 2 policy would refuse it, or it could not be made.
    """
    refuse_unknown_profile(profile)
    until = ending(expires)
    about = read_subject(subject, namespace, context)
    card = about.card
    approver = user or current_user(context, from_cluster=card is not None and card.from_cluster)
    spec = {
        "codes": list(dict.fromkeys(code)),
        "terms": list(dict.fromkeys(term or ())) or None,
        "subject": about.spec,
        "reason": reason.strip(),
        "ticket": ticket.strip(),
        "requestedBy": requested_by.strip(),
        "approvedBy": approver,
        "expiresAt": until,
    }
    home = namespace or (card.namespace if card else None)
    manifest = waiver({key: value for key, value in spec.items() if value is not None}, about.words, home)
    source = CheckFrom(
        objects=(),
        namespace=home or "default",
        profile=profile,
        bundle=bundle,
        bundle_key=bundle_key,
        overrides=settings,
        context=context,
    )
    grantor = UserInfo(username=approver, groups=tuple(group or ()))
    run_unless_stopped(_refuse_what_policy_would(source, manifest, grantor))
    if output is Output.JSON:
        print_json(manifest)
    else:
        put_yaml(manifest)


def waiver(spec: dict[str, Any], words: Sequence[str], namespace: str | None) -> dict[str, Any]:
    """The Waiver object, of the shape its definition in the cluster demands.

    Args:
        spec: what it says.
        words: what its subject is called, for its name.
        namespace: where it is to lie.

    Raises:
        ManifestError: the API server would refuse it; the message names the field.
    """
    reader = Reader()
    reader.read(shape_of(WaiverSpec), spec, "spec")
    for problem in reader.problems:
        option = _options(problem.path)
        raise ManifestError(f"{option}: {problem.path}: {problem.message}; no Waiver can hold that")
    metadata = {"generateName": name_prefix(*words, spec["codes"][0]), "namespace": namespace}
    return {
        "apiVersion": API_VERSION,
        "kind": "Waiver",
        "metadata": {key: value for key, value in metadata.items() if value is not None},
        "spec": spec,
    }


async def _refuse_what_policy_would(source: CheckFrom, manifest: dict[str, Any], grantor: UserInfo) -> None:
    """Judge the waiver as if it was created now.

    Raises:
        PolicyError: it would be refused; the message says which option, and why.
        EngineUnavailable: it could not be judged.
    """
    request = request_for(manifest, default_namespace=source.namespace, user=grantor)
    async with assemble_check(source) as ready:
        _refuse_unknown(manifest["spec"]["codes"], ready.manifest.codes)
        judgement = await ready.gate.judge(request, Deadline.after(SECONDS_EACH))
    verdict = judgement.verdict
    if verdict.decision is None:
        told = verdict.failure.message if verdict.failure else verdict.reason
        raise EngineUnavailable(f"the waiver could not be judged: {told}")
    for finding in verdict.decision.violations:
        raise PolicyError(_objection(finding))


def _refuse_unknown(codes: Sequence[str], known: frozenset[str]) -> None:
    """A misspelt code is told with the one that may be meant. Raises PolicyError."""
    for code in codes:
        if code not in known:
            near = get_close_matches(code, known, n=1)
            hint = f"is {near[0]} meant?" if near else "`mlgate policy list` names all there are"
            raise PolicyError(f"--code: there is no code {code}; {hint}")


def _objection(finding: Finding) -> str:
    """What policy objects to, in one line: the option, what is wrong with it, and what to do."""
    option = _OPTIONS.get(finding.code) or _options(finding.observed) or finding.path
    return f"{option}: {finding.message.rstrip('.')} ({finding.code}). {finding.fix}"


def _options(told: str) -> str:
    """The options whose fields or flaws are told; empty where none is."""
    return " and ".join(sorted({option for sign, option in _FLAWS.items() if sign in told}))
