"""What the matrix says: who asks for what, and what becomes of it."""

from __future__ import annotations

from mlgate.policy.workbench.matrix.build import NO_REQUIREMENT
from mlgate.policy.workbench.matrix.model import Cell, Framework, Mapped, Matrix, Raised


def framework(matrix: Matrix, key: str) -> Framework:
    return next(found for found in matrix.frameworks if found.key == key)


def mapped(matrix: Matrix, key: str, reference: str, control: str) -> Mapped:
    found = next(each for each in framework(matrix, key).references if each.reference == reference)
    return next(entry for entry in found.mapped if entry.control == control)


def test_a_reference_leads_to_requirements_and_their_codes(matrix: Matrix) -> None:
    found = mapped(matrix, "gdpr", "Article 32", "C58")

    assert found.codes == ("encryption.storage_class_unencrypted",)
    assert (found.sure, found.decided_by, found.covered_by) == (True, None, None)
    assert found.title
    assert found.statement
    assert framework(matrix, "gdpr").checked == "from memory"


def test_references_stand_in_the_order_of_their_numbers(matrix: Matrix) -> None:
    names = [each.reference for each in framework(matrix, "gdpr").references]

    assert names.index("Article 5(2)") < names.index("Article 6") < names.index("Article 13")
    assert len(names) == len(set(names))


def test_a_mapping_that_nobody_is_sure_of_says_so(matrix: Matrix) -> None:
    assert mapped(matrix, "nist-ai-rmf", "GOVERN 1.3", "C111").sure is False


def test_a_requirement_that_others_speak_for_has_their_codes(matrix: Matrix) -> None:
    found = mapped(matrix, "nist-ai-rmf", "GOVERN 3.1", "C46")

    assert found.covered_by == "C38"
    assert "signoff.approval_missing" in found.codes


def test_a_requirement_that_no_rule_serves_says_who_decides_it(matrix: Matrix) -> None:
    found = next(entry for each in matrix.frameworks for entry in each.mapped if entry.control == "C102")

    assert found.codes == ()
    assert found.instead.startswith("decided by mlgate itself")
    assert Mapped("C1", "", "", None, (), None, None).instead == "no rule"


def test_every_code_and_every_requirement_is_in_it(matrix: Matrix) -> None:
    shown = [*matrix.unmapped, *(entry for found in matrix.frameworks for entry in found.mapped)]

    assert {code for entry in shown for code in entry.codes} == matrix.codes.keys()
    assert len(matrix.codes) == 160
    assert {entry.control for entry in shown} >= {f"C{number:02}" for number in range(1, 118)}
    assert any("scan" not in each.matter and each.decided_by for each in matrix.outside)


def test_a_rule_of_no_requirement_is_shown(matrix: Matrix) -> None:
    found = next(entry for entry in matrix.unmapped if entry.title == NO_REQUIREMENT)

    assert found.codes == ("ours.name_long",)
    assert matrix.codes["ours.name_long"].own
    assert not matrix.codes["model_card.missing"].own


def test_overrides_and_modes_are_shown_with_what_they_replace(matrix: Matrix) -> None:
    cells = matrix.codes["encryption.at_rest_missing"].cells

    assert cells["sandbox"] == Cell("audit", (), "warn")
    assert cells["development"] == Cell("deny", (), "warn")
    assert cells["staging"] == Cell("warn", (), "deny")
    assert cells["production"].text == "warn (the policy says deny)"
    off = matrix.codes["fairness.metrics_not_agreed"].cells["production"]
    assert (off, off.enforced) == (Cell("off", (), "warn"), False)
    assert matrix.lowered == ("sandbox", "staging")
    assert "enforcement.overrides" in matrix.changed


def test_no_mode_lowers_what_keeps_the_gate_sound(matrix: Matrix) -> None:
    for code in ("input.invalid", "waiver.scope_invalid", "signoff.spec_changed"):
        assert matrix.codes[code].cells["sandbox"] == Cell("deny")


def test_raises_are_shown_by_tier_and_class(later: Matrix) -> None:
    cell = later.codes["fairness.metrics_not_agreed"].cells["production"]

    assert cell == Cell("warn", (Raised("deny", "tier high"),))
    assert (cell.text, cell.strictest) == ("warn; deny for tier high", "deny")


def test_what_is_not_configured_is_told_by_profile(matrix: Matrix, later: Matrix) -> None:
    words = [cell.word for cell in matrix.codes["access.deployer_not_permitted"].cells.values()]

    assert words == ["not configured", "not configured", "warn", "deny"]
    row = later.codes["access.deployer_not_permitted"]
    assert {cell.word for cell in row.cells.values()} == {"not configured"}
    assert "judged only with a value in access.deployerGroups" in row.notes
    assert {row.code for row in matrix.resting} >= {
        "access.deployer_not_permitted",
        "fairness.metrics_not_agreed",
    }
    assert "fairness.metrics_not_agreed" not in {row.code for row in later.resting}


def test_a_rule_says_where_when_and_on_what_it_hangs(matrix: Matrix, later: Matrix) -> None:
    row = matrix.codes["ours.name_long"]

    assert row.notes == (
        "only tier high",
        "skipped where nobody looks up SignOffs",
        "warns until 2031-01-01T01:00:00+01:00",
    )
    assert row.cells["sandbox"] == Cell("not here")
    assert row.cells["staging"] == Cell("audit", (Raised("warn", "classification restricted"),))
    assert row.cells["production"] == Cell("warn", (), "deny")
    assert later.codes["ours.name_long"].cells["production"] == Cell("deny")


def test_a_code_links_to_its_page_where_one_is_published(matrix: Matrix, later: Matrix) -> None:
    docs = matrix.codes["model_card.missing"].docs

    assert docs is not None
    assert docs.endswith("/model_card#missing")
    assert later.codes["model_card.missing"].docs is None


def test_what_the_settings_do_to_denials_in_general_is_told(matrix: Matrix) -> None:
    assert matrix.instead["a template that model servers are started from"] == "warn"
