"""The table of cases in examples/README.md, made from what each case expects."""

from __future__ import annotations

from pathlib import Path

from casebook.cases import Expectation, case_folders, is_twin, read_expected, read_twin

RULER = "|---|---|---|\n"
"""The line of the README below which the rows stand."""


def rows(root: Path) -> str:
    """One row for each case: what it shows, and its verdicts with their codes; twins below their original."""
    lines = [
        f"| [{folder.name}]({folder.name}/) | {expected.shows} | {_verdicts(expected.objects)} |\n"
        for folder in sorted(case_folders(root), key=_order)
        for expected in (read_expected(folder),)
    ]
    return "".join(lines)


def renewed(readme: str, root: Path) -> str:
    """The README with the rows of its table written anew."""
    head, ruler, _ = readme.partition(RULER)
    return head + ruler + rows(root)


def _order(folder: Path) -> tuple[str, bool, str]:
    """Originals by name, each followed by its twins."""
    original = read_twin(folder).of if is_twin(folder) else folder.name
    return original, is_twin(folder), folder.name


def _verdicts(objects: tuple[Expectation, ...]) -> str:
    """The different verdicts of a case."""
    return "; ".join(dict.fromkeys(_verdict(item) for item in objects))


def _verdict(item: Expectation) -> str:
    """One verdict with the codes a person sees."""
    parts = [item.verdict + (": " if item.violations else "") + _codes(item.violations)]
    parts += [f"warned of {_codes(item.warnings)}"] if item.warnings else []
    parts += [f"waived {_codes(item.waived)}"] if item.waived else []
    return ", ".join(parts)


def _codes(codes: tuple[str, ...]) -> str:
    """Each code once."""
    return ", ".join(f"`{code}`" for code in dict.fromkeys(codes))
