from __future__ import annotations

import base64
import csv
from pathlib import Path

import yaml
from cluster.people import PEOPLE, Person, new_tokens, person, write_kubeconfig, write_token_file


def test_every_person_has_a_context_a_name_and_a_token_of_their_own(tmp_path: Path) -> None:
    tokens = new_tokens(PEOPLE)
    assert len({entry.context for entry in PEOPLE}) == len(PEOPLE)
    assert len({entry.username for entry in PEOPLE}) == len(PEOPLE)
    assert len(set(tokens.values())) == len(PEOPLE)


def test_the_token_file_names_user_uid_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "tokens.csv"
    write_token_file(path, [Person("lead", "lee@example.com", ("a", "b"), "")], {"lead": "secret"})
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["secret", "lee@example.com", "lee@example.com", "a,b,system:authenticated"]]
    assert path.stat().st_mode & 0o077 == 0


def test_the_kubeconfig_has_one_context_per_person(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    write_kubeconfig(path, "https://127.0.0.1:1", b"authority", PEOPLE, new_tokens(PEOPLE))
    config = yaml.safe_load(path.read_text())
    assert [entry["name"] for entry in config["contexts"]] == [entry.context for entry in PEOPLE]
    assert config["current-context"] == "administrator"
    assert base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]) == b"authority"
    assert path.stat().st_mode & 0o077 == 0


def test_nobody_but_the_administrator_is_a_superuser() -> None:
    assert [entry.context for entry in PEOPLE if "system:masters" in entry.groups] == ["administrator"]
    assert person("engineer").groups == ("ml-engineers",)
