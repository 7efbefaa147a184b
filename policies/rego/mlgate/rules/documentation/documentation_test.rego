package mlgate.rules.documentation_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.documentation

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in documentation.deny with input as document
	finding.code == code
}

# What is observed of one code when one value of the card is another.
observed(code, path, value) := {finding.observed | some finding in found(code, fixtures.with_card_patch(path, value))}

# The passing document with one value of its card and its tier set.
in_tier(tier, path, value) := fixtures.with_card_patches([[["risk", "tier"], tier], [path, value]])

reference := "modelcard/visit-triage-4.0.2"

test_the_passing_document_has_no_finding if {
	documentation.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_without_models[note] if {
	some note, workload in [null, {}]
	documentation.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_card_of_a_wrong_kind_documents_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	{finding.code | some finding in documentation.deny with input as fixtures.with_patch(["cards", 0, "card"], wrong)} == codes
}

test_a_card_without_content_documents_nothing if {
	{finding.code | some finding in documentation.deny with input as fixtures.without(["cards", 0, "card"])} == codes
}

codes := {sprintf("documentation.%s", [name]) |
	some name in [
		"intended_use_missing", "limitations_missing", "affected_population_missing", "assumptions_missing",
		"hyperparameters_missing", "training_run_missing", "decision_log_missing",
	]
}

test_every_model_of_a_card_has_its_finding[code] if {
	some code in codes
	document := json.patch(fixtures.passing, [
		{"op": "add", "path": "/workload/models/-", "value": object.union(fixtures.model, {"id": "worker"})},
		{"op": "add", "path": "/cards/0/models/-", "value": "worker"},
		{"op": "replace", "path": "/cards/0/card", "value": {}},
	])
	{finding.model | some finding in found(code, document)} == {"predictor", "worker"}
	{finding.term | some finding in found(code, document)} == {reference}
}

use(path, value) := observed("documentation.intended_use_missing", array.concat(["intendedUse"], path), value)

test_a_card_without_intended_use_is_found if {
	document := fixtures.without_card(["intendedUse"])
	found("documentation.intended_use_missing", document) == {{
		"code": "documentation.intended_use_missing",
		"path": "card.intendedUse",
		"term": reference,
		"model": "predictor",
		"observed": "no purposes, no users, no outOfScope",
		"required": "described purposes, users and uses that are out of scope",
		"values": {"card": reference},
	}}
}

test_an_intended_use_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	use([], wrong) == {"no purposes, no users, no outOfScope"}
}

test_each_part_of_the_use_is_needed[key] if {
	some key in ["purposes", "users", "outOfScope"]
	document := fixtures.without_card(["intendedUse", key])
	{finding.observed | some finding in found("documentation.intended_use_missing", document)} == {sprintf("no %s", [key])}
}

test_purposes_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "", "to order the waiting list of a clinic", [], {}, {"a": 1}]
	use(["purposes"], wrong) == {"no purposes"}
}

test_a_purpose_needs_a_description_that_says_something[note] if {
	some note, wrong in [null, true, 7, "", " ", "triage", "19 characters long.", "[More information needed] ", [], {}]
	use(["purposes", 0, "description"], wrong) == {"no description of purpose visit-urgency"}
}

test_every_purpose_needs_one if {
	vague := {"id": "billing", "description": "tbd"}
	clear := {"id": "b", "description": "20 characters long.."}
	use(["purposes"], [clear, vague, {"id": 7}, null]) == {concat(", ", [
		"no description of purpose billing", "no description of purpose (unnamed)",
		"no description of purpose (unnamed)",
	])}
	use(["purposes"], [clear]) == set()
}

test_lists_of_use_need_an_item_that_counts[note] if {
	some field in ["users", "outOfScope"]
	some note, wrong in [null, true, 7, "", "Nurses at the front desk", [], {}, {"a": "b"}, [""], [" "], ["TBD"], ["n/a "], [7], [null]]
	use([field], wrong) == {sprintf("no %s", [field])}
}

test_one_item_is_enough[field] if {
	some field in ["users", "outOfScope"]
	use([field], ["tbd", "x"]) == set()
}

test_what_is_out_of_scope_is_not_asked_in_the_lowest_tier if {
	lowest := in_tier("minimal", ["intendedUse", "outOfScope"], [])
	found("documentation.intended_use_missing", lowest) == set()
	limited := in_tier("limited", ["intendedUse", "outOfScope"], [])
	{finding.observed | some finding in found("documentation.intended_use_missing", limited)} == {"no outOfScope"}
	users := in_tier("minimal", ["intendedUse", "users"], [])
	{[finding.observed, finding.required] | some finding in found("documentation.intended_use_missing", users)} == {["no users", "described purposes and users"]}
}

test_no_limitation_is_found if {
	found("documentation.limitations_missing", fixtures.without_card(["limitations"])) == {{
		"code": "documentation.limitations_missing",
		"path": "card.limitations",
		"term": reference,
		"model": "predictor",
		"observed": "no limitation in words",
		"required": "a limitation of at least 20 characters",
		"values": {"card": reference},
	}}
}

test_a_limitation_must_say_something[note] if {
	some note, wrong in [
		null, true, 7, "", "Visitors without any record get a wide range.", [], {}, {"a": "a sentence that is long enough"},
		["none"], [" "], ["19 characters long."], ["more information needed"], [7], [null],
	]
	count(observed("documentation.limitations_missing", ["limitations"], wrong)) == 1
}

test_one_limitation_among_others_is_enough if {
	observed("documentation.limitations_missing", ["limitations"], ["none", "20 characters long.."]) == set()
}

population(value) := observed("documentation.affected_population_missing", ["intendedUse", "affectedPopulations"], value)

test_nobody_named_is_found if {
	document := fixtures.without_card(["intendedUse", "affectedPopulations"])
	found("documentation.affected_population_missing", document) == {{
		"code": "documentation.affected_population_missing",
		"path": "card.intendedUse.affectedPopulations",
		"term": reference,
		"model": "predictor",
		"observed": "nobody named",
		"required": "the people outputs are about, or affectsPeople false",
		"values": {"card": reference},
	}}
}

test_people_must_be_named_in_a_list[note] if {
	some note, wrong in [null, true, 7, "", "Adults", [], {}, {"a": "Adults"}, [""], ["unknown"], [7], [null]]
	population(wrong) == {"nobody named"}
}

test_a_short_name_of_people_is_one if population(["Adults"]) == set()

test_only_a_card_that_denies_it_affects_nobody[note] if {
	some note, wrong in [null, true, 0, "false", "", [], {}]
	changes := [[["intendedUse", "affectedPopulations"], []], [["intendedUse", "affectsPeople"], wrong]]
	count(found("documentation.affected_population_missing", fixtures.with_card_patches(changes))) == 1
}

test_a_model_that_affects_nobody_need_name_nobody if {
	changes := [[["intendedUse", "affectedPopulations"], []], [["intendedUse", "affectsPeople"], false]]
	found("documentation.affected_population_missing", fixtures.with_card_patches(changes)) == set()
}

test_no_assumption_is_found if {
	found("documentation.assumptions_missing", fixtures.without_card(["assumptions"])) == {{
		"code": "documentation.assumptions_missing",
		"path": "card.assumptions",
		"term": reference,
		"model": "predictor",
		"observed": "no assumption",
		"required": "at least one assumption",
		"values": {"card": reference},
	}}
}

test_an_assumption_must_be_in_a_list[note] if {
	some note, wrong in [null, true, 7, "", "The share stays below half.", [], {}, {"a": "b"}, [""], ["todo"], [7], [null]]
	count(observed("documentation.assumptions_missing", ["assumptions"], wrong)) == 1
}

test_a_short_assumption_is_one if observed("documentation.assumptions_missing", ["assumptions"], ["none of it"]) == set()
