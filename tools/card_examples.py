"""Write what is expected of the model cards in other formats, or say where that differs.

Usage: python tools/card_examples.py --check | --renew

Read the difference after --renew: it is what a change of a mapping means to those who use the format.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

import yaml
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
    cards = foreign_cards()
    found = asyncio.run(expectations(cards))
    if given.renew:
        for card in cards:
            text = yaml.safe_dump(found[card.name], sort_keys=False, allow_unicode=True, width=110)
            card.expected.write_text("# Written by tools/card_examples.py --renew.\n" + text)
        return 0
    different = [card.name for card in cards if read_one(card.expected) != found[card.name]]
    for name in different:
        print(f"{name}: what is expected of it is not what is found")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
