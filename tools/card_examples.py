"""Write what is expected of the cards in other formats and of bias tests, or say where that differs.

Usage: python tools/card_examples.py --check | --renew

Read the difference after --renew: it is what a change of a mapping means to those who use the format.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import yaml
from casebook import results
from casebook.documents import read_one
from casebook.foreign import expectations, foreign_cards


def main(arguments: list[str]) -> int:
    """The command; 0 done, 1 something differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="only look")
    what.add_argument("--renew", action="store_true", help="write them")
    given = parser.parse_args(arguments)
    files, found = asyncio.run(_found())
    if given.renew:
        for name, path in files.items():
            text = yaml.safe_dump(found[name], sort_keys=False, allow_unicode=True, width=110)
            path.write_text("# Written by tools/card_examples.py --renew.\n" + text)
        return 0
    different = [name for name, path in files.items() if read_one(path) != found[name]]
    for name in different:
        print(f"{name}: what is expected of it is not what is found")
    return 1 if different else 0


async def _found() -> tuple[dict[str, Path], dict[str, Any]]:
    """By name, the file of what is expected, and what is found."""
    cards, files = foreign_cards(), results.result_files()
    named = {card.name: card.expected for card in cards}
    named |= {f"{path.parent.name}/{path.name}": results.expected_of(path) for path in files}
    return named, {**await expectations(cards), **await results.expectations(files)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
