"""Write the page about the kinds of objects the gate reads, or check the one that is checked in.

Usage: python tools/kinds_page.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from kinds_guide.kinds import Parts, anchor, kind_part
from kinds_guide.phrases import MERGES, listed, under
from kinds_guide.plain import plain_part

from mlgate.policy.workbench.pages.markdown import code, inline, table
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import gated_kinds, groups_without_versions, kinds_aside

PAGE = Path(__file__).resolve().parents[1] / "docs" / "kinds.md"
MARK = "<!-- Written by tools/kinds_page.py from src/mlgate/workloads: kinds.yaml, programs/servers.yaml. -->"
_GROUPS = {
    "serving.kserve.io": "KServe",
    "machinelearning.seldon.io": "Seldon Core 1",
    "mlops.seldon.io": "Seldon Core 2",
    "ray.io": "KubeRay",
    "kaito.sh": "KAITO",
    "apps.nvidia.com": "NVIDIA NIM operator",
    "production-stack.vllm.ai": "vLLM production stack",
    "serving.yatai.ai": "BentoML: deployments",
    "resources.yatai.ai": "BentoML: bentos",
    "kubeai.org": "KubeAI",
    "model.aibrix.ai": "AIBrix: models",
    "orchestration.aibrix.ai": "AIBrix: orchestration",
    "llm-d.ai": "llm-d",
    "nvidia.com": "NVIDIA Dynamo",
    "ome.io": "OME",
    "trainer.kubeflow.org": "Kubeflow Trainer",
    "kubeflow.org": "Kubeflow",
    "": "Kubernetes: core",
    "apps": "Kubernetes: apps",
    "batch": "Kubernetes: batch",
    "serving.knative.dev": "Knative",
    "argoproj.io": "Argo Rollouts",
    "leaderworkerset.x-k8s.io": "LeaderWorkerSet",
    "disaggregatedset.x-k8s.io": "DisaggregatedSet",
    "jobset.x-k8s.io": "JobSet",
}
_INTRODUCTION = """\
# What is read of each kind

Which objects mlgate reads, and where in them it finds what runs a model or is one. A kind is matched by
group and kind together. What cannot be read is no silence: an unknown version, an unknown kind of one of
the groups below, text that should hold YAML and does not, a value of the wrong type, and a container, an
image or the address of a model in a field nobody knows are each a problem with its path, and
[`workload.unreadable`](rules/workload.md#unreadable) refuses it. A new kind is a row of
`src/mlgate/workloads/kinds.yaml`.

Of every pod are read: `containers`, `initContainers` and `ephemeralContainers`, each with image, command,
arguments, variables (and where they come from), ports, mounts, probes, hooks and security context; the
volumes; labels, service account, node selector, runtime class, host namespaces and ports. Credentials are
looked for in every text of the whole object, in YAML and JSON within texts too. Kinds of their own may
write an image in parts (`{registry, repository or name, tag, digest}`), variables and arguments as maps,
and a command as one text. Secrets an operator pulls images, fetches models or calls others with are read
only where a part lists them: they name nothing that runs.

Paths below a part count from it; one that begins with `/` counts from the object. `[]` is every entry of a
list, `*` every value of a map, `{a,b}` either key, `(x[])*` any number of times, `**x` wherever a map has
that key, `<yaml>` the document that a text holds.

The version of an object in an address (`s3://…?versionId=`, `gs://…#`, `https://…?versionid=` of Azure)
pins a model only where the program that loads it asks for that version. The loaders of
{unversioned}
take the newest object whatever the address says, so that for their kinds it pins nothing."""
_INDIRECTION = """\
## Objects that decide what runs elsewhere

What an object refers to is fetched with the rest of the evidence, under the same deadline, and read by its
own row. What does not exist is [`workload.reference_unresolved`](rules/workload.md#reference_unresolved);
what cannot be fetched is unavailable, and policy decides. The objects are gated themselves, because they
change after what refers to them was admitted."""
_FURTHER = """\
Besides: ConfigMaps that hold the configuration a server is started with (a mounted file behind a flag such
as `--config`) or a program a container runs, claims and their storage classes, Secrets and ConfigMaps that
containers take variables from, and the chain of controllers of a pod."""
_PLAIN = """\
## Plain workloads

A pod of any kind serves or trains a model if one of its containers is found to. Image, command, arguments,
variables, ports, mounts, hooks and probes are looked at, also within the text of `sh -c`. `detectedBy`
names each reason with its path. Nothing in an object switches this off. Not read is what stands in no
object: programs and scripts within an image or a volume, and what a server is told once it runs."""


def page() -> str:
    """The page, the same bytes for the same tables."""
    return (
        "\n".join(
            [MARK, "", _introduction(), "", *_index(), *_indirections(), *_groups(), *_plain(), *_aside()]
        ).rstrip()
        + "\n"
    )


def _introduction() -> str:
    titles = [_title(group) for group in sorted(groups_without_versions())]
    return _INTRODUCTION.replace("{unversioned}", f"{', '.join(titles[:-1])} and {titles[-1]}")


def _by_group() -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for row in gated_kinds().values():
        if row.webhook != "records":
            found.setdefault(row.group, []).append(row)
    return found


def _index() -> Iterator[str]:
    yield from ("## The kinds", "")
    rows = (
        (f"[{_title(group)}](#{_anchor(_title(group))})", listed(row.kind for row in rows))
        for group, rows in _by_group().items()
    )
    yield from table(("Project", "Kinds"), rows)


def _title(group: str) -> str:
    return _GROUPS.get(group, group)


def _anchor(title: str) -> str:
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter == "-")


def _groups() -> Iterator[str]:
    told: dict[Parts, Kind] = {}
    for group, rows in _by_group().items():
        yield from (f"## {_title(group)}", "")
        for row in rows:
            yield from kind_part(row, told)


def _indirections() -> Iterator[str]:
    yield from (_INDIRECTION, "")
    yield from table(("Kind", "Field", "Leads to", "What counts"), dict.fromkeys(_references()))
    yield from (_FURTHER, "")


def _references() -> Iterator[tuple[str, str, str, str]]:
    for row in gated_kinds().values():
        for component in row.components:
            for field in component.references:
                path = field.path[1:] if field.path.startswith("/") else under(component.path, field.path)
                leads = " or ".join(dict.fromkeys(kind.kind for kind in field.kinds))
                leads = f"{leads}, if the model names none" if field.picked else leads
                yield f"[{row.kind}](#{anchor(row)})", code(path), leads, MERGES[field.merge]


def _plain() -> Iterator[str]:
    yield from (_PLAIN, "")
    yield from plain_part()


def _aside() -> Iterator[str]:
    yield from ("## Kinds of these groups that are not read", "")
    rows = ((code(entry.group), listed(entry.kinds), inline(entry.why)) for entry in kinds_aside())
    yield from table(("Group", "Kinds", "Why"), rows)


def main(arguments: list[str]) -> int:
    """The command; 0 done, 1 the page is not current."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only tell whether the page is current")
    chosen = parser.parse_args(arguments)
    if chosen.check:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
        print(f"docs/{PAGE.name} is {'current' if current else 'not current; run make generate'}")
        return 0 if current else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
