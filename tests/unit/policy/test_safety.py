"""What the compiler takes and a gate must not is refused before it judges, unless it is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.safety import check_safety
from mlgate.policy.syntax import parse_files

NAME = "mlgate/rules/ours/ours.rego"
BAD = {
    "loops": "x if {\n\tsome a in input.object.a\n\tsome b in input.object.b\n\ta.c > b.c\n}\n",
    "negation": 'x if not startswith(input.object.name, "a")\n',
    "patterns": 'x if regex.match("registry.example.com", input.object.image)\n',
}


def check(site: Path, text: str, opa: Path) -> None:
    path = site / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"package mlgate.rules.ours\n\n{text}")
    modules = {name: tree for name, tree in parse_files([NAME], site, opa).items() if isinstance(tree, dict)}
    check_safety(modules, [site], opa)


@pytest.mark.parametrize("name", BAD)
def test_a_rule_that_does_not_pass_is_refused_with_place_and_fix(
    tmp_path: Path, name: str, opa: Path
) -> None:
    with pytest.raises(PolicyError, match=rf"^{NAME}:[3-6]: x .* \[{name}\]; "):
        check(tmp_path, BAD[name], opa)


def test_a_rule_that_passes_is_taken(tmp_path: Path, opa: Path) -> None:
    check(tmp_path, 'x if input.object.name == "a"\n', opa)


def test_what_the_sites_own_list_explains_is_taken_and_nothing_else(tmp_path: Path, opa: Path) -> None:
    (tmp_path / "exceptions.yaml").write_text(
        f"exceptions:\n- {{check: loops, file: {NAME}, rule: x, reason: both lists have ten items at most}}\n"
    )
    check(tmp_path, BAD["loops"], opa)
    with pytest.raises(PolicyError, match="negation"):
        check(tmp_path, BAD["loops"] + BAD["negation"], opa)


def test_a_program_that_does_not_work_is_told(tmp_path: Path) -> None:
    program = tmp_path / "opa"
    program.write_text("#!/bin/sh\necho no >&2; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(PolicyError, match="opa eval: no"):
        check_safety({}, [tmp_path], program)
