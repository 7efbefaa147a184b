"""`signoff verify`: whether an approval counts, as policy judges it, and every reason why not."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mlgate.cli import counting, uncounted
from mlgate.domain.evidence import Card, CardSource, SignOff, SignOffSource, StatementSignature
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.evidence.files import FileCluster
from mlgate.policy.workbench import approvals

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
Object = dict[str, Any]
ROOT = Path(__file__).parents[3]
GUARDS = ROOT / "charts" / "mlgate" / "files" / "guards" / "signoffs.yaml"
DIGEST, OTHER = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32
NOW = "2026-11-02T12:00:00Z"
OURS: Object = {"authors": ["ana@bank.example"], "artifacts": [{"uri": "s3://b/m", "digest": DIGEST}]}
OTHERS: Object = {"model": {"name": "debit", "version": "1.0", "artifacts": [{"uri": "s3://b/d"}]}}


def card(name: str = "credit-1.0", *, tier: str = "limited", sign_offs: Any = None, **model: Any) -> Object:
    spec: Object = {"model": {"name": "credit", "version": "1.0"} | OURS | model, "risk": {"tier": tier}}
    spec |= {"training": {"runId": "7", "initiatedBy": "tom@bank.example"}}
    spec |= {"signOffs": sign_offs} if sign_offs else {}
    metadata = {"name": name, "namespace": "bank"}
    return {"apiVersion": "mlgate.dev/v1alpha1", "kind": "ModelCard", "metadata": metadata, "spec": spec}


def write(folder: Path, name: str, *documents: Any) -> Path:
    file = folder / name
    file.write_text(yaml.safe_dump_all(documents))
    return file


@pytest.fixture
def approve(mlgate: Program, tmp_path: Path) -> Callable[..., Object]:
    """A SignOff as `signoff new` makes it, of what its card is now."""

    def made(about: Object, **spec: Any) -> Object:
        file = write(tmp_path, "approved.yaml", about)
        who = ("--role", "businessOwner", "--user", "bo@bank.example")
        done = mlgate("signoff", "new", "--card", file, *who, "-o", "json")
        found: Object = json.loads(done.out)
        given = {key: value for key, value in (found["spec"] | spec).items() if value is not None}
        return found | {"spec": given}

    return made


def verify(mlgate: Program, target: object, *more: object) -> Any:
    return mlgate("signoff", "verify", target, "--at", NOW, *more)


def assumed(mlgate: Program, folder: Path, about: Object, *sign_offs: Object, more: Any = ()) -> Any:
    """What would be so, had the approvers created them."""
    file, approvals = write(folder, "card.yaml", about), write(folder, "approvals.yaml", *sign_offs)
    return verify(mlgate, approvals, "--card", file, "--assume-authenticated", "-o", "json", *more)


def only(done: Any) -> Object:
    (found,) = json.loads(done.out)
    entry: Object = found
    return entry


def test_an_approval_of_this_card_would_count_once_it_is_created(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    file = write(tmp_path, "card.yaml", card())
    approval = write(tmp_path, "approval.yaml", approve(card()))

    before = verify(mlgate, approval, "--card", file)
    after = verify(mlgate, approval, "--card", file, "--assume-authenticated")

    assert before.code == 1
    assert (
        f"✗ {approval}#0 does not count: credit 1.0 approved as businessOwner by bo@bank.example"
        in before.out
    )
    assert "it is only claimed, as anybody can write a file" in before.out
    assert "once bo@bank.example has created it (`kubectl create -f`)" in before.out
    assert after.code == 0
    assert f"✓ {approval}#0 counts" in after.out
    assert "it is assumed that each approver has created" in after.err


def test_card_and_approval_may_be_in_one_file(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    both = write(tmp_path, "both.yaml", card(), approve(card()))

    assert verify(mlgate, both, "--assume-authenticated").code == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": "0.9"}, "it is about version 0.9, and the card about 1.0"),
        ({"digest": OTHER}, f"it names {OTHER} of the model, and the card {DIGEST}"),
        ({"digest": None}, f"it names no digest of the model, and the card {DIGEST}"),
        ({"cardDigest": OTHER}, f"it approves the card with {OTHER}, and this one has sha256:"),
        ({"cardDigest": None}, "it approves the card with no digest, and this one has sha256:"),
        ({"expiresAt": "2026-11-01"}, "it ended on 2026-11-01T00:00:00Z"),
        ({"expiresAt": "2026-02-30"}, "spec.expiresAt: "),
        ({"approver": None}, "it names no approver"),
        ({"approver": "Ana@Bank.example"}, "Ana@Bank.example is in spec.model.authors; somebody independent"),
        ({"approver": "tom@bank.example"}, "tom@bank.example is the one in spec.training.initiatedBy; some"),
        ({"approver": "system:serviceaccount:ci:bot"}, "is a service account that setting sign"),
        ({"role": "boss"}, "spec.role: "),
        ({"model": "debit"}, "it is about model debit, and the card about credit"),
    ],
)  # fmt: skip
def test_what_keeps_an_approval_from_counting_is_told(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object], change: Object, reason: str
) -> None:
    done = assumed(mlgate, tmp_path, card(), approve(card(), **change))

    found = only(done)
    assert (done.code, found["counts"]) == (1, False)
    assert [text for text in found["reasons"] if reason in text], found["reasons"]


def test_every_reason_is_told_and_the_others_are_not_hidden(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    bad = approve(card(), version="0.9", cardDigest=OTHER, expiresAt="2026-01-01")

    done = assumed(mlgate, tmp_path, card(), bad, approve(card()))

    first, second = json.loads(done.out)
    assert done.code == 1
    assert (len(first["reasons"]), second["counts"]) == (3, True)


def test_a_change_of_the_card_after_the_approval_is_told(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    found = only(assumed(mlgate, tmp_path, card(authors=["eve@bank.example"]), approve(card())))

    assert found["reasons"][0].endswith("it was changed since, or another one was read")


def test_an_approval_of_its_time_ends_with_its_tier(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    old = approve(card(tier="high"))
    old["metadata"]["creationTimestamp"] = "2026-04-01T00:00:00Z"

    found = only(assumed(mlgate, tmp_path, card(tier="high"), old))

    told = "it was given on 2026-04-01T00:00:00Z; in tier high an approval counts for 180 days"
    assert (found["tier"], found["reasons"]) == ("high", [told])


def test_a_card_without_authors_shows_nobodys_independence(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    nameless = card(authors=[])

    (reason,) = only(assumed(mlgate, tmp_path, nameless, approve(nameless)))["reasons"]

    assert "the card names no authors (spec.model.authors)" in reason


def test_a_rejection_counts_until_who_gave_it_approves(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    rejection, approval = approve(card(), decision="rejected"), approve(card())
    rejection["metadata"]["creationTimestamp"] = "2026-11-01T00:00:00Z"
    approval["metadata"]["creationTimestamp"] = "2026-10-01T00:00:00Z"

    standing = assumed(mlgate, tmp_path, card(), rejection, approval)
    approval["metadata"]["creationTimestamp"] = "2026-11-02T00:00:00Z"
    taken_back = assumed(mlgate, tmp_path, card(), rejection, approval)

    assert [entry["reasons"] for entry in json.loads(standing.out)] == [
        [],
        ["bo@bank.example has rejected this version in the same role since"],
    ]
    assert [entry["reasons"] for entry in json.loads(taken_back.out)] == [
        ["who rejected has approved this version in the same role since"],
        [],
    ]


def test_a_rejection_in_a_file_and_of_another_version_counts_for_nothing(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    file = write(tmp_path, "no.yaml", approve(card(), decision="rejected", version="0.9"), card())

    found = only(verify(mlgate, file, "-o", "json"))

    assert len(found["reasons"]) == 2
    assert "it is about version 0.9" in found["reasons"][0]


def test_the_settings_of_the_site_say_what_is_worth_enough(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("signOff: {acceptedAssurance: [signed]}\n")

    found = only(assumed(mlgate, tmp_path, card(), approve(card()), more=("--settings", site)))

    assert found["reasons"] == ["it is authenticated, and setting signOff.acceptedAssurance takes signed"]


def test_an_approval_that_lies_in_another_namespace_is_none_of_this_card(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    elsewhere = approve(card())
    elsewhere["metadata"]["namespace"] = "insurance"

    found = only(assumed(mlgate, tmp_path, card(), elsewhere))

    assert found["reasons"] == ["it lies in namespace insurance, and the card in bank"]


def test_a_card_in_another_format_is_approved_by_the_digest_of_its_bytes(
    mlgate: Program, tmp_path: Path
) -> None:
    foreign = ROOT / "examples" / "cards" / "spdx" / "ticket-router.json"
    made = mlgate("signoff", "new", "--card", foreign, "--role", "legal", "--user", "lars@bank.example")
    approval = tmp_path / "approval.yaml"
    approval.write_text(made.out)

    found = only(verify(mlgate, approval, "--card", foreign, "--assume-authenticated", "-o", "json"))

    assert found["subject"]["cardDigest"] == "sha256:" + hashlib.sha256(foreign.read_bytes()).hexdigest()
    assert [reason for reason in found["reasons"] if "approves the card" in reason] == []


@pytest.mark.parametrize(
    ("documents", "more", "told"),
    [
        ([card()], (), "holds no SignOff; `mlgate signoff new` makes one"),
        ([card(), card("b")], ("--card", "CARDS"), "holds no SignOff"),
        (["text"], (), "a manifest is an object"),
    ],
)
def test_files_that_hold_nothing_to_verify_are_told(
    mlgate: Program, tmp_path: Path, documents: list[Any], more: tuple[str, ...], told: str
) -> None:
    done = verify(mlgate, write(tmp_path, "x.yaml", *documents), *more)

    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_file_of_sign_offs_alone_needs_the_card(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    done = verify(mlgate, write(tmp_path, "approval.yaml", approve(card())))

    assert (done.code, "does not hold the one card that was approved; name it with --card" in done.err) == (
        2,
        True,
    )


def test_a_file_that_is_not_there_is_told(mlgate: Program) -> None:
    done = verify(mlgate, "nowhere.yaml", "--card", "card.yaml")

    assert (done.code, "nowhere.yaml#0: No such file" in done.err) == (2, True)


class Live(FileCluster):
    """A cluster that holds these objects; `broken` says which kind it does not tell."""

    source = "cluster"
    broken: str | None = None

    def stop(self) -> None:
        """Holds nothing open."""

    async def list(self, api_version: str, kind: str, *args: Any, **named: Any) -> list[Object]:
        if kind == self.broken:
            raise EvidenceUnavailable("the API server answered 403")
        return await super().list(api_version, kind, *args, **named)


def stored(item: Object, name: str, created: str = "2026-10-02T00:00:00Z") -> Object:
    """The object as the API server has it."""
    return item | {"metadata": {"name": name, "namespace": "bank", "creationTimestamp": created}}


def guards(since: str) -> list[Object]:
    found = [entry for entry in yaml.safe_load_all(GUARDS.read_text()) if entry]
    return [
        entry | {"metadata": entry["metadata"] | {"creationTimestamp": since, "generation": 1}}
        for entry in found
    ]


Connect = Callable[..., type[Live]]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Connect:
    def holding(*objects: Object, since: str = "2026-01-01T00:00:00Z") -> type[Live]:
        live = Live([*objects, *guards(since)])
        monkeypatch.setattr(KubernetesCluster, "connect", lambda *_, **__: live)
        monkeypatch.setattr(Live, "broken", None)
        return Live

    return holding


def test_every_approval_of_a_card_in_the_cluster_is_told(
    mlgate: Program, cluster: Connect, approve: Callable[..., Object]
) -> None:
    entry = {"role": "legal", "approver": "lars@bank.example", "decision": "approved"}
    about = card(sign_offs=[entry])
    cluster(
        about, stored(approve(about), "by-bo"), stored(approve(card("other") | {"spec": OTHERS}), "of-other")
    )

    done = verify(mlgate, "modelcard/credit-1.0", "-n", "bank")

    assert done.code == 1
    first, second, reason, *_ = done.out.splitlines()
    assert first.startswith("✓ signoff/by-bo counts: credit 1.0 approved as businessOwner by bo@bank.example")
    assert second.startswith("✗ modelcard/credit-1.0#0 does not count: credit 1.0 approved as legal by lars")
    assert reason.strip().startswith("a line in the card is only a claim")


@pytest.mark.parametrize(
    ("since", "counts"),
    [("2026-01-01T00:00:00Z", True), ("2026-10-02T00:00:00Z", False), ("2026-10-01T23:59:01Z", False)],
    ids=["older", "as old", "59 s older"],
)
def test_a_guard_that_did_not_stand_before_makes_it_a_claim(
    mlgate: Program, cluster: Connect, approve: Callable[..., Object], since: str, *, counts: bool
) -> None:
    cluster(card(), stored(approve(card()), "by-bo"), since=since)

    found = only(verify(mlgate, "signoff/by-bo", "-n", "bank", "-o", "json"))

    assert found["counts"] is counts
    told = "it is only claimed: the guard signoffs.mlgate.dev (a ValidatingAdmissionPolicy and its binding)"
    assert [told in reason for reason in found["reasons"]] == ([] if counts else [True])


def test_of_several_cards_the_one_it_approves_is_found(
    mlgate: Program, cluster: Connect, approve: Callable[..., Object]
) -> None:
    other = card("credit-1.0-b", authors=["eve@bank.example"])
    cluster(other, card(), card("credit-0.9", version="0.9"), stored(approve(card()), "by-bo"))

    assert only(verify(mlgate, "signoff/by-bo", "-n", "bank", "-o", "json"))["counts"]


def test_which_card_is_meant_must_be_told_where_it_cannot_be_seen(
    mlgate: Program, cluster: Connect, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    approval = approve(card(), cardDigest=OTHER)
    cluster(card("a"), card("b"), stored(approval, "by-bo"))

    several = verify(mlgate, "signoff/by-bo", "-n", "bank")
    named = verify(mlgate, "signoff/by-bo", "-n", "bank", "--card", "modelcard/a")
    from_file = verify(mlgate, "signoff/by-bo", "-n", "bank", "--card", write(tmp_path, "c.yaml", card()))
    cluster(stored(approval, "by-bo"), stored(card() | {"spec": []}, "broken"))
    none = verify(mlgate, "signoff/by-bo", "-n", "bank")

    assert (
        "several ModelCards (a, b) are about model credit in namespace bank; name it with --card"
        in several.err
    )
    assert [done.code for done in (several, named, from_file, none)] == [2, 1, 1, 2]
    assert "it approves the card with" in named.out
    assert "it approves the card with" in from_file.out
    assert "no ModelCard is about model credit in namespace bank" in none.err


def test_an_approval_that_names_no_model_is_of_no_card_that_names_none(
    mlgate: Program, cluster: Connect, approve: Callable[..., Object]
) -> None:
    cluster(stored(approve(card(), model=None), "by-bo"), stored(card() | {"spec": []}, "broken"))

    done = verify(mlgate, "signoff/by-bo", "-n", "bank")

    assert (done.code, "no ModelCard is about" in done.err) == (2, True)


def test_a_file_may_be_held_against_a_card_of_the_cluster(
    mlgate: Program, cluster: Connect, tmp_path: Path, approve: Callable[..., Object]
) -> None:
    file = write(tmp_path, "approval.yaml", approve(card()))
    cluster(card())
    how = ("--card", "modelcard/credit-1.0", "-n", "bank")

    assert verify(mlgate, file, *how, "--assume-authenticated").code == 0
    assert verify(mlgate, file, *how).code == 1


def test_approvals_that_cannot_be_read_are_not_told_to_count_for_nothing(
    mlgate: Program, cluster: Connect, approve: Callable[..., Object], monkeypatch: pytest.MonkeyPatch
) -> None:
    live = cluster(card(), stored(approve(card()), "by-bo"))
    monkeypatch.setattr(live, "broken", "SignOff")

    done = verify(mlgate, "modelcard/credit-1.0", "-n", "bank")

    assert (done.code, done.out) == (2, "")
    assert "the approvals, or what guards them, cannot be read: the API server answered 403" in done.err


def test_a_card_nobody_approved_has_nothing_to_verify(mlgate: Program, cluster: Connect) -> None:
    cluster(card())

    done = verify(mlgate, "modelcard/credit-1.0", "-n", "bank")

    assert (done.code, "nobody has approved or rejected modelcard/credit-1.0" in done.err) == (2, True)


def test_an_object_that_is_not_there_is_told(mlgate: Program, cluster: Connect) -> None:
    cluster()

    done = verify(mlgate, "signoff/by-bo")

    assert (done.code, "there is no SignOff by-bo in namespace default" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("signoff/x", "--assume-authenticated"), "the cluster says what is authentic"),
        (("modelcard/x", "--card", "y.yaml"), "modelcard/x is the card already"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    mlgate: Program, arguments: tuple[str, ...], told: str
) -> None:
    done = verify(mlgate, *arguments)

    assert (done.code, told in done.err) == (2, True)


def test_a_signed_approval_counts_where_its_signer_is_trusted(
    mlgate: Program, cluster: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Ed25519PrivateKey.generate()
    private, public = tmp_path / "ines.pem", tmp_path / "ines.pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    file = write(tmp_path, "card.yaml", card())
    how = ("--card", str(file), "--role", "modelRisk", "--user", "ines@bank.example")
    done = mlgate("sign", "--key", private, *how)
    key_id = done.err.split("signed by key ")[1].split()[0]
    cluster(card(sign_offs=yaml.safe_load(done.out)))
    site = tmp_path / "site.yaml"
    entry = {"keyId": key_id, "approver": "ines@bank.example", "roles": ["modelRisk"]}
    site.write_text(yaml.safe_dump({"signOff": {"trustedSigners": [entry]}}))
    others = tmp_path / "others.yaml"
    of_lea = entry | {"approver": "lea@bank.example"}
    others.write_text(yaml.safe_dump({"signOff": {"trustedSigners": [of_lea]}}))
    left = tmp_path / "left.yaml"
    gone = {"trustedSigners": [entry], "inactiveApprovers": ["ines@bank.example"]}
    left.write_text(yaml.safe_dump({"signOff": gone}))
    asked = ("signoff", "verify", "modelcard/credit-1.0", "-n", "bank", "-o", "json", "--settings")
    later = ("modelcard/credit-1.0", "-n", "bank", "-o", "json", "--at", "2036-01-01")

    unknown = only(mlgate("signoff", "verify", *later))
    monkeypatch.setenv("MLGATE_SIGNATURES__KEYS", json.dumps([str(public)]))
    stranger = only(mlgate("signoff", "verify", *later))
    trusted, of_another, of_the_past = (only(mlgate(*asked, file)) for file in (site, others, left))

    assert "its signature does not verify with what setting signatures.keys" in unknown["reasons"][0]
    assert (
        f"it is signed by {key_id}, whom setting signOff.trustedSigners does not trust at all"
        in stranger["reasons"]
    )
    (told,) = of_another["reasons"]
    assert told.startswith(f"it is signed by {key_id}, whom setting signOff.trustedSigners does not trust as")
    assert told.endswith("modelRisk in the name of ines@bank.example; it is known as lea@bank.example")
    assert of_the_past["reasons"] == [
        "ines@bank.example has left (setting signOff.inactiveApprovers); somebody else has to approve"
    ]
    assert (trusted["counts"], trusted["assurance"]) == (True, "signed")


def test_what_cannot_be_read_in_time_is_told(
    mlgate: Program, cluster: Connect, approve: Callable[..., Object], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster(card(), stored(approve(card()), "by-bo"))
    monkeypatch.setattr(counting, "SECONDS_EACH", 0.0)

    done = verify(mlgate, "modelcard/credit-1.0", "-n", "bank")

    assert (done.code, "could not be read in time" in done.err) == (2, True)


def test_a_card_that_goes_meanwhile_is_told(
    mlgate: Program, cluster: Connect, approve: Callable[..., Object], monkeypatch: pytest.MonkeyPatch
) -> None:
    live = cluster(card(), stored(approve(card()), "by-bo"))
    real, reads = live.get, []

    async def get(self: Live, api_version: str, kind: str, *args: Any, **named: Any) -> Object | None:
        reads.append(kind)
        gone = kind == "ModelCard" and reads.count("ModelCard") > 1
        return None if gone else await real(self, api_version, kind, *args, **named)

    monkeypatch.setattr(live, "get", get)

    done = verify(mlgate, "modelcard/credit-1.0", "-n", "bank")

    assert (done.code, "cannot be read as the gate reads it (missing)" in done.err) == (2, True)


def test_a_policy_that_judges_approvals_otherwise_is_told(
    mlgate: Program, tmp_path: Path, approve: Callable[..., Object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approvals, "STANDING", "answers := 7")

    done = assumed(mlgate, tmp_path, card(), approve(card()))

    assert (done.code, "does not say what it makes of an approval" in done.err) == (2, True)


def test_there_are_words_for_every_part_of_a_valid_approval_and_for_others() -> None:
    rego = (ROOT / "policies" / "rego" / "mlgate" / "lib" / "approvals" / "validity.rego").read_text()
    (listed,) = re.findall(r"^parts := \{(.*?)\}", rego, re.DOTALL | re.MULTILINE)
    parts = set(re.findall(r'"(\w+)"', listed))
    standing = approvals.Standing(
        index=0,
        valid=False,
        stands=False,
        failing=("notarised",),
        holders=(),
        ties=(),
        tier="high",
        max_age_days=1,
        accepted_assurance=("signed",),
    )
    source = CardSource(type="file", reference="file/card")
    given = SignOff(assurance="claimed", source=SignOffSource(type="signOff", reference="bank/a"))

    found = uncounted.reasons(
        uncounted.Held(given, Card(source=source, status="found"), standing, in_file=True)
    )

    assert uncounted.PARTS.keys() == parts
    assert found == ("policy finds this wanting: notarised",)


def test_a_signer_is_told_by_key_or_by_identity() -> None:
    by_name = StatementSignature(
        method="sigstore", identity="ines@bank.example", issuer="https://login.example"
    )

    assert uncounted.signer(None) == "nobody who is known"
    assert uncounted.signer(by_name) == "ines@bank.example (https://login.example)"
