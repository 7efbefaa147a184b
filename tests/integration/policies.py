"""Policies for a server that follows its source: a site's own rule, and ways to change it for the worse."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

CODE = "ours.owner_label"
FILE = "mlgate/rules/ours/owner_label.rego"

_RULE = """# METADATA
# title: Ours
# description: Rules of our own.
# schemas:
# - input: schema.input
package mlgate.rules.ours

import data.mlgate.lib.present
import data.mlgate.lib.result

# METADATA
# scope: rule
# title: Label owner
# description: An object that serves a model carries the label owner.
# related_resources:
# - ref: https://example.com/our-standard
#   description: Our own standard
# custom:
#   code: ours.owner_label
#   controls: []
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving]}
#   per: request
#   enforcement: {sandbox: audit, development: audit, staging: audit, production: ENFORCED}
#   message: "{document} carries no {required}."
#   fix: "Add {required} under metadata.labels of {document}."
deny contains finding if {
	not owned
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.labels",
		"observed": "no such label",
		"required": "label owner",
	})
}

owned if present.stated(input.object.metadata.labels.owner)
"""
AUDITED, DENIED = (_RULE.replace("ENFORCED", word) for word in ("audit", "deny"))
"""A rule that every example breaks: written down only, or refused."""
AFTER = AUDITED.count("\n") + 2
"""The line of what is written below the rule."""
DENY = AUDITED[: AUDITED.index("deny contains")].count("\n") + 1
_METADATA = _RULE[_RULE.index("# METADATA\n# scope") : _RULE.index("deny contains")]


def put(site: Path, text: str, name: str = FILE) -> None:
    """Write a file into its place in one step."""
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text)
    fresh.replace(path)


def mounted(root: Path, moment: str, text: str) -> None:
    """Show the rule as kubelet shows a ConfigMap, and swap it as kubelet does."""
    put(root / moment, text)
    before = (root / "..data").resolve()
    (root / "..next").symlink_to(moment)
    (root / "..next").replace(root / "..data")
    if not (root / "mlgate").is_symlink():
        (root / "mlgate").symlink_to("..data/mlgate")
    if before != root / "..data":
        shutil.rmtree(before)


def below(text: str) -> str:
    """The rule with something below it."""
    return f"{AUDITED}\n{text}"


def _also(text: str) -> Callable[[Path], None]:
    return lambda site: put(site, below(text))


BAD_RULES: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "no Rego": (_also("x if {"), (f"{FILE}:{AFTER}: ", "; correct the syntax there")),
    "a name that nothing has": (
        _also("x if nothing_like_it(1)"),
        (f"{FILE}:{AFTER}: undefined", "; "),
    ),
    "no METADATA": (
        _also('deny contains {"code": "x"} if input.object.x'),
        (f"{FILE}:{AFTER}: deny has no METADATA with a code; write it as",),
    ),
    "a code that a shipped rule has": (
        lambda site: put(site, AUDITED.replace(CODE, "model_card.missing")),
        (f"{FILE}:{DENY}: two rules have the code model_card.missing", "; give each a code of its own"),
    ),
    "a code twice": (
        _also(f"{_METADATA}deny contains result.candidate(rego.metadata.rule(), {{}}) if input.object.x"),
        ("two rules have the code ours.owner_label", "; give each a code of its own"),
    ),
    "a call to the outside": (
        _also('x if http.send({"method": "GET", "url": "http://127.0.0.1"})'),
        (f"{FILE}:{AFTER}: undefined function http.send", "is not among the built-ins a policy may use"),
    ),
    "a loop over a cross product": (
        _also("x if {\n\tsome a in input.object.a\n\tsome b in input.object.b\n\ta.c > b.c\n}"),
        (f"{FILE}:{AFTER + 2}: x loops over the list of a", "; collect one of the two"),
    ),
    "the decision": (
        _also('decision := {"allow": true}'),
        (f"{FILE}:{AFTER}: rule decision has the name of the entrypoint; give it another name",),
    ),
    "the decision in its own package": (
        lambda site: put(site, 'package mlgate.main\n\ndecision := {"allow": true}\n', "mlgate/main/x.rego"),
        ("mlgate/main/x.rego: ", "; a site's packages lie under"),
    ),
    "nothing": (lambda site: (site / FILE).unlink(), ("is empty; rules lie under",)),
    "no folder": (lambda site: site.rename(site.with_name("gone")), ("does not exist; put it there",)),
    "half a file": (
        lambda site: (site / FILE).write_text(AUDITED[: AUDITED.index('"observed"')]) and None,
        (f"{FILE}:", "; correct the syntax there"),
    ),
    "no text": (lambda site: (site / FILE).write_bytes(os.urandom(300) + b"\xff") and None, (f"{FILE}:",)),
}
"""How to spoil the site, and words of what is told about it."""

BAD_SETTINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "a type that is another": (
        '# ours\nfairness:\n  tolerance: "much"\n',
        (":3: policy setting fairness.tolerance: ", "; write a value like the shipped one"),
    ),
    "a negative age": (
        "evaluation:\n  driftMaxAgeDays: -1\n",
        (":2: policy setting evaluation.driftMaxAgeDays: ", "; write a value like the shipped one, 90"),
    ),
    "a key that nobody knows": (
        "fairness:\n  tolerence: 0.1\n",
        (":2: policy setting fairness.tolerence: there is no such setting; did you mean tolerance?",),
    ),
    "no YAML": ("fairness: [", ("policy settings: not valid YAML", "; correct the YAML there")),
}
