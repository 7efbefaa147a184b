"""Who uses the cluster: named people with groups, and the kubeconfig with one context each."""

from __future__ import annotations

import base64
import csv
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Person:
    """Somebody the API server knows by token: the context that acts as them, and their groups."""

    context: str
    username: str
    groups: tuple[str, ...]
    does: str


PEOPLE = (
    Person("administrator", "ada@example.com", ("system:masters",), "may do everything, impersonation too"),
    Person("engineer", "erin@example.com", ("ml-engineers",), "deploys models and writes cards"),
    Person(
        "lead", "lee@example.com", ("ml-engineers", "business-owners"), "deploys and may sign: never both"
    ),
    Person("business-owner", "bo@example.com", ("business-owners",), "signs as businessOwner"),
    Person("model-risk", "mara@example.com", ("model-risk",), "signs as modelRisk"),
    Person("compliance", "cleo@example.com", ("compliance",), "signs as compliance"),
    Person("legal", "lars@example.com", ("legal",), "signs as legal"),
    Person("privacy", "pia@example.com", ("privacy",), "signs as privacy"),
    Person("security", "sven@example.com", ("security",), "signs as security"),
    Person("product", "petra@example.com", ("product",), "signs as product"),
    Person("risk-committee", "rita@example.com", ("waiver-approvers",), "grants waivers"),
)
"""One context per person; the first is the default context."""

GATE = Person(
    "mlgate",
    "system:serviceaccount:mlgate-system:mlgate",
    ("system:serviceaccounts", "system:serviceaccounts:mlgate-system"),
    "mlgate itself: reads evidence, writes nothing",
)
CONTROLLERS = Person(
    "controller-manager", "system:kube-controller-manager", (), "the built-in controllers of Kubernetes"
)

AUTHENTICATED = "system:authenticated"


def new_tokens(people: Sequence[Person]) -> dict[str, str]:
    """A fresh secret token per person, by context."""
    return {person.context: secrets.token_urlsafe(24) for person in people}


def write_token_file(path: Path, people: Sequence[Person], tokens: Mapping[str, str]) -> None:
    """Write the API server's static token file: token, name, uid and groups per line."""
    path.touch(mode=0o600)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        for person in people:
            groups = ",".join((*person.groups, AUTHENTICATED))
            writer.writerow([tokens[person.context], person.username, person.username, groups])


def write_kubeconfig(
    path: Path, server: str, authority: bytes, people: Sequence[Person], tokens: Mapping[str, str]
) -> None:
    """Write a kubeconfig with one context per person; the first person's is the current one."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": people[0].context,
        "clusters": [
            {
                "name": "local",
                "cluster": {
                    "server": server,
                    "certificate-authority-data": base64.b64encode(authority).decode(),
                },
            }
        ],
        "users": [{"name": person.context, "user": {"token": tokens[person.context]}} for person in people],
        "contexts": [
            {"name": person.context, "context": {"cluster": "local", "user": person.context}}
            for person in people
        ],
    }
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(config, sort_keys=False))


def person(context: str) -> Person:
    """The person behind a context name."""
    return next(entry for entry in PEOPLE if entry.context == context)
