"""All attacks on one server side by side, each begun anew when it was ended, in a process of their own.

Usage: python attackers.py PORT SECONDS

Prints, as JSON, the seconds each connection was open, by attack.
"""

from __future__ import annotations

import json
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from siege.attacks import ATTACKS, Attack, Closed, Victim

_FAILED_PAUSE = 0.1


def _repeat(attack: Attack, victim: Victim, until: float) -> Closed:
    """Attack until the time is up; an attack that is under way then is seen to its end."""
    closed: Closed = []
    while time.monotonic() < until:
        try:
            closed += attack(victim)
        except OSError:  # ended before it began; as an attacker would, try again
            time.sleep(_FAILED_PAUSE)
    return closed


def main(port: int, seconds: float) -> None:
    """Attack, and print for how long each connection was open."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    victim, until = Victim(port, trust), time.monotonic() + seconds
    with ThreadPoolExecutor(len(ATTACKS)) as attackers:
        under_way = {attack.__name__: attackers.submit(_repeat, attack, victim, until) for attack in ATTACKS}
        print(json.dumps({name: attack.result() for name, attack in under_way.items()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
