package mlgate.rules.governance_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.governance

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in governance.deny with input as document
	finding.code == code
}

# What is observed when one place of the card holds another value.
observed(code, path, value) := {finding.observed | some finding in found(code, fixtures.with_card_patch(path, value))}

test_the_passing_document_has_no_finding if {
	governance.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	governance.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_role_without_an_owner_is_found if {
	document := fixtures.with_card_patch(["owners"], [owner | some owner in fixtures.card.owners; owner.role != "dataSteward"])
	found("governance.owner_missing", document) == {{
		"code": "governance.owner_missing",
		"path": "card.owners",
		"term": "dataSteward",
		"model": "predictor",
		"observed": "named: businessOwner, modelOwner, onCall",
		"required": "dataSteward",
		"values": {"card": "modelcard/visit-triage-4.0.2", "role": "dataSteward"},
	}}
}

roles(path, value) := {finding.term |
	some finding in found("governance.owner_missing", fixtures.with_card_patch(array.concat(["owners"], path), value))
}

all_roles := {"modelOwner", "businessOwner", "dataSteward", "onCall"}

test_owners_of_a_wrong_kind_are_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, [{"0": fixtures.card.owners[0]}])
	roles([], wrong) == all_roles
	observed("governance.owner_missing", ["owners"], wrong) == {"named: none"}
}

test_a_card_without_the_key_owners_names_none if {
	count(found("governance.owner_missing", fixtures.without_card(["owners"]))) == 4
}

test_an_owner_needs_name_and_contact[field] if {
	some field in ["name", "contact"]
	every wrong in [null, true, 7, "", " ", [], ["x"], {}] {
		roles([0, field], wrong) == {"modelOwner"}
	}
}

test_a_role_of_a_wrong_kind_is_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["ModelOwner", ["modelOwner"]])
	roles([0, "role"], wrong) == {"modelOwner"}
}

test_name_and_contact_have_to_be_of_one_owner if {
	halves := [{"role": "onCall", "name": "Triage on-call"}, {"role": "onCall", "contact": "https://pager.example.org/triage"}]
	roles([], array.concat(array.slice(fixtures.card.owners, 0, 3), halves)) == {"onCall"}
}

test_the_tier_says_which_roles_are_asked_for[tier] if {
	some tier, asked in {"minimal": {"modelOwner"}, "limited": {"modelOwner", "businessOwner"}, "high": all_roles}
	document := fixtures.with_card_patches([[["owners"], []], [["risk", "tier"], tier]])
	{finding.term | some finding in found("governance.owner_missing", document)} == asked
}

test_a_card_without_a_tier_is_found if {
	found("governance.risk_tier_missing", fixtures.without_card(["risk", "tier"])) == {{
		"code": "governance.risk_tier_missing",
		"path": "card.risk.tier",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "none in the card",
		"required": "minimal, limited, high",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_tier_that_does_not_exist_is_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["Minimal", "extreme", ["minimal"], " high"])
	observed("governance.risk_tier_missing", ["risk", "tier"], wrong) == {"none in the card"}
}

test_a_risk_of_a_wrong_kind_has_no_tier[note] if {
	some note, wrong in fixtures.wrong_values
	observed("governance.risk_tier_missing", ["risk"], wrong) == {"none in the card"}
}

test_each_tier_there_is_will_do[tier] if {
	some tier in ["minimal", "limited", "high"]
	observed("governance.risk_tier_missing", ["risk", "tier"], tier) == set()
	labelled(["workload"], tier) == set()
	labelled(["cluster", "namespace"], tier) == set()
}

tier_label := "mlgate.dev/risk-tier"

labelled(holder, tier) := {[finding.path, finding.observed] |
	some finding in found("governance.risk_tier_missing", fixtures.with_patch(array.concat(holder, ["labels", tier_label]), tier))
}

test_a_label_with_another_tier_is_found[note] if {
	some note, wrong in ["none", "High", "low", 7, true, ["high"], {"a": "high"}]
	words := {true: wrong, false: json.marshal(wrong)}[is_string(wrong)]
	path := "metadata.labels[mlgate.dev/risk-tier]"
	labelled(["workload"], wrong) == {[path, sprintf("label %s of the workload", [words])]}
	labelled(["cluster", "namespace"], wrong) == {[path, sprintf("label %s of the namespace", [words])]}
}

test_a_blank_label_is_none[note] if {
	some note, blank in [null, "", " ", [], {}]
	labelled(["workload"], blank) == set()
	labelled(["cluster", "namespace"], blank) == set()
}

test_a_namespace_that_is_not_known_has_no_label[note] if {
	some note, wrong in fixtures.wrong_values
	found("governance.risk_tier_missing", fixtures.with_patch(["cluster", "namespace"], wrong)) == set()
}

test_card_and_labels_are_told_of_together if {
	document := json.patch(fixtures.without_card(["risk"]), [
		{"op": "add", "path": ["workload", "labels", tier_label], "value": "low"},
		{"op": "add", "path": ["cluster", "namespace", "labels", tier_label], "value": "none"},
	])
	{[finding.path, finding.observed] | some finding in found("governance.risk_tier_missing", document)} == {["card.risk.tier", "none in the card and label none of the namespace and label low of the workload"]}
}
