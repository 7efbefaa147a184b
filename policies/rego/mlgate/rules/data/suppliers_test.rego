package mlgate.rules.data_test

import data.mlgate.lib.fixtures_test as fixtures

terms := {
	"name": "harbour-labs",
	"license": "Apache-2.0",
	"contract": "https://records.example.org/contracts/8",
	"privacyTerms": true,
	"usageLimits": "none",
	"auditRight": true,
}

# A document in which Harbour Labs supplied the first dataset, on these terms.
supplied(entries) := fixtures.with_card_patches([
	[["datasets", 0, "supplier"], "harbour-labs"],
	[["suppliers"], entries],
])

# The same for data about nobody.
supplied_open(entries) := fixtures.with_card_patches([
	[["datasets", 0, "supplier"], "harbour-labs"],
	[["datasets", 0, "personalData"], "none"],
	[["suppliers"], entries],
])

lacking(document) := {[finding.path, finding.term, finding.observed] |
	some finding in found("data.supplier_terms_missing", document)
}

test_complete_terms_are_enough if {
	lacking(supplied([terms])) == set()
	lacking(supplied([object.union(terms, {"name": "another"}), terms])) == set()
}

test_a_supplier_without_an_entry_is_found if {
	found("data.supplier_terms_missing", supplied([])) == {{
		"code": "data.supplier_terms_missing",
		"path": "card.suppliers",
		"term": "harbour-labs",
		"model": "predictor",
		"observed": "no entry",
		"required": "license, usageLimits, contract, privacyTerms, auditRight",
		"values": {"card": "modelcard/visit-triage-4.0.2", "supplier": "harbour-labs"},
	}}
}

test_entries_of_a_wrong_kind_are_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, [[object.union(terms, {"name": 7})], [object.union(terms, {"name": "Harbour-Labs"})]])
	lacking(supplied(wrong)) == {["card.suppliers", "harbour-labs", "no entry"]}
}

test_each_word_of_the_terms_is_asked_for[field] if {
	some field in ["license", "usageLimits", "contract"]
	every wrong in [null, true, 7, "", " ", [], ["MIT"], {}, {"a": null}] {
		lacking(supplied([object.union(terms, {field: wrong})])) == {["card.suppliers[0]", "harbour-labs", sprintf("no %s", [field])]}
	}
}

test_each_right_has_to_be_true[field] if {
	some field in ["privacyTerms", "auditRight"]
	every wrong in [null, false, "true", 1, [], [true], {}] {
		lacking(supplied([object.union(terms, {field: wrong})])) == {["card.suppliers[0]", "harbour-labs", sprintf("no %s", [field])]}
	}
}

test_data_about_nobody_needs_license_and_limits_alone if {
	lacking(supplied_open([{"name": "harbour-labs", "license": "MIT", "usageLimits": "none"}])) == set()
	[finding] := [finding | some finding in found("data.supplier_terms_missing", supplied_open([{"name": "harbour-labs"}]))]
	finding.observed == "no license, usageLimits"
	finding.required == "license, usageLimits"
}

test_the_supplier_of_the_model_needs_terms if {
	document := fixtures.with_card_patches([
		[["model", "supplier"], "harbour-labs"],
		[["suppliers"], [{"name": "harbour-labs", "license": "MIT"}]],
	])
	lacking(document) == {["card.suppliers[0]", "harbour-labs", "no usageLimits"]}
}

test_the_supplier_of_model_and_personal_data_needs_all_terms if {
	document := fixtures.with_card_patches([
		[["model", "supplier"], "harbour-labs"],
		[["datasets", 1, "supplier"], "harbour-labs"],
		[["suppliers"], [{"name": "harbour-labs", "license": "MIT", "usageLimits": "none"}]],
	])
	lacking(document) == {["card.suppliers[0]", "harbour-labs", "no contract, privacyTerms, auditRight"]}
}

test_each_supplier_is_told_of if {
	document := fixtures.with_card_patches([
		[["model", "supplier"], "one"],
		[["datasets", 0, "supplier"], "two"],
		[["datasets", 1, "supplier"], "internal"],
	])
	{term | some [_, term, _] in lacking(document)} == {"one", "two"}
}

test_no_supplier_is_nobody_else[note] if {
	some note, nobody in [null, "", " ", [], {}, "internal"]
	lacking(fixtures.with_card_patch(["datasets", 0, "supplier"], nobody)) == set()
	lacking(fixtures.with_card_patch(["model", "supplier"], nobody)) == set()
}

test_a_supplier_that_is_no_name_is_found[note] if {
	some note, wrong in [true, 7, [null], {"a": null}]
	lacking(fixtures.with_card_patch(["datasets", 0, "supplier"], wrong)) == {["card.suppliers", "(unnamed)", "no entry"]}
	lacking(fixtures.with_card_patch(["model", "supplier"], wrong)) == {["card.suppliers", "(unnamed)", "no entry"]}
}

test_an_entry_that_names_nobody_is_nobody_s[note] if {
	some note, wrong in [true, 7, [null], {"a": null}]
	document := fixtures.with_card_patches([
		[["datasets", 0, "supplier"], wrong],
		[["suppliers"], [object.union(terms, {"name": wrong})]],
	])
	lacking(document) == {["card.suppliers", "(unnamed)", "no entry"]}
}

test_a_second_entry_does_not_make_up_for_an_incomplete_one if {
	incomplete := object.union(terms, {"auditRight": false})
	lacking(supplied([incomplete, terms])) == {["card.suppliers[0]", "harbour-labs", "no auditRight"]}
	lacking(supplied([terms, incomplete])) == {["card.suppliers[1]", "harbour-labs", "no auditRight"]}
}

test_datasets_of_a_wrong_kind_have_no_supplier[note] if {
	some note, wrong in fixtures.wrong_values
	lacking(fixtures.with_card_patch(["datasets"], wrong)) == set()
}
