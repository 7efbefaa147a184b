"""Write the page about the codes of `mlgate doctor`, or check the one that is checked in.

Usage: python tools/doctor_page.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from mlgate.doctor.codes import Code, anchor, codes
from mlgate.policy.workbench.pages.markdown import code, inline, table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "doctor.md"
MARK = "<!-- Written by tools/doctor_page.py from src/mlgate/doctor/codes.yaml. -->"
_INTRODUCTION = """\
# What `mlgate doctor` finds

`mlgate doctor` reads the live configuration of a cluster, changes nothing, and says whether mlgate can refuse
anything there. It uses the kubeconfig as kubectl does (`--kubeconfig`, `--context`) or, in a Pod without one,
the service account. Each finding names the object, what follows from it, and a command that mends it.
`--force-conflicts` is of Helm 4, which else leaves alone what was changed past it; leave it out with Helm 3.
What a fix patches is mended at once; where values of the chart say otherwise, the next upgrade says so.

A finding lets models through (`yes`), may do so if somebody does what they may do, or where nobody can tell
(`possibly`), or does not (`no`). `where it fails open` is `yes` while an entry of the webhook has
failurePolicy Ignore, and `no` otherwise: then the model is refused together with everything else.

| exit code | means |
|---|---|
| 0 | everything was looked at, and no finding lets a model through |
| 1 | at least one finding lets models through |
| 2 | not everything could be looked at; what could not is listed |

Whether the gate is ready, its certificate, OPA and policy are read by calling it: where the webhook calls it,
at `--url` (after `kubectl port-forward service/mlgate 8443:443 --namespace mlgate-system`), or through the
API server's proxy. From where none of these is possible, the certificate is read from its Secret and the
modes from the ConfigMap of the settings; what is left is listed as not looked at.

`--output json` prints the same for machines; its schema is `policies/schema/doctor.json`.

`mlgate doctor --reach NAMESPACE` reads nothing of this. It has the API server try (a dry run) a Waiver that
has ended, in that namespace, which mlgate refuses in every mode: so it shows that the webhook is called and
that the gate judges. It ends with 0 where mlgate refused it, with 1 where mlgate was not asked, not reached
or did not refuse it, and with 2 where that could not be tried; `helm test` runs it in a Pod. The schema of
its JSON is `policies/schema/doctor-reach.json`.
"""
_OPENS = {"yes": "yes", "possibly": "possibly", "no": "no", "failOpen": "where it fails open"}
_SUBJECTS = {
    "webhook": "Entries of the webhook configuration",
    "kinds": "Kinds that are sent",
    "selector": "What selectors and conditions leave out",
    "guard": "Guards of the records",
    "definition": "Definitions of the records",
    "service": "Where reviews are sent",
    "certificate": "Certificates",
    "gate": "The running gate",
    "replicas": "Replicas",
    "trust": "Signers, authorities and registries",
    "rights": "Rights that switch the gate off or go around it",
    "account": "The account of the gate",
    "namespace": "Namespaces, their labels and what lies in them",
}


def page() -> str:
    """The whole page."""
    return "\n".join([MARK, "", _INTRODUCTION, *_parts()]).rstrip() + "\n"


def _parts() -> Iterator[str]:
    rows = [*codes().values()]
    yield from table(
        ("Code", "Severity", "Lets models through"),
        ((f"[{code(row.code)}](#{anchor(row.code)})", row.severity, _OPENS[row.opens]) for row in rows),
    )
    for subject, group in groupby(rows, key=lambda row: row.code.partition(".")[0]):
        yield from ("", f"## {_SUBJECTS[subject]}", "")
        for row in group:
            yield from _row(row)


def _row(row: Code) -> Iterator[str]:
    yield f'<a id="{anchor(row.code)}"></a>'
    yield f"### {row.code}"
    yield ""
    yield inline(row.means)
    yield ""
    yield "```sh"
    yield row.fix
    yield "```"
    yield ""


def main(arguments: list[str]) -> int:
    """The command; 0 done, 1 the page is not current."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only tell whether the page is current")
    if parser.parse_args(arguments).check:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
        print(f"docs/{PAGE.name} is {'current' if current else 'not current; run make generate'}")
        return 0 if current else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
