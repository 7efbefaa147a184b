package mlgate.rules.documentation_test

import data.mlgate.lib.fixtures_test as fixtures

tuning(value) := observed("documentation.hyperparameters_missing", ["training", "hyperparameters"], value)

run(path, value) := observed("documentation.training_run_missing", array.concat(["training"], path), value)

# Findings of one code when the card has no training and this supplier.
untrained(code, supplier) := found(code, fixtures.with_card_patches([
	[["training"], null],
	[["model", "supplier"], supplier],
]))

test_no_hyperparameters_are_found if {
	found("documentation.hyperparameters_missing", fixtures.without_card(["training", "hyperparameters"])) == {{
		"code": "documentation.hyperparameters_missing",
		"path": "card.training.hyperparameters",
		"term": reference,
		"model": "predictor",
		"observed": "no hyperparameters",
		"required": "the hyperparameters of the training run",
		"values": {"card": reference},
	}}
}

test_hyperparameters_are_a_map_that_holds_something[note] if {
	some note, wrong in fixtures.wrong_values
	tuning(wrong) == {"no hyperparameters"}
}

test_one_hyperparameter_is_enough if tuning({"depth": "5", "rounds": null}) == set()

test_a_list_of_hyperparameters_is_none if tuning(["depth 5"]) == {"no hyperparameters"}

test_only_a_named_supplier_is_spared_the_training_run[code] if {
	some code in ["documentation.hyperparameters_missing", "documentation.training_run_missing"]
	untrained(code, "Harbour Models") == set()
	every supplier in [null, true, 7, "", " ", "internal", "Internal ", [], ["x"], {}, {"name": "x"}] {
		count(untrained(code, supplier)) == 1
	}
}

test_no_training_run_is_found if {
	found("documentation.training_run_missing", fixtures.without_card(["training"])) == {{
		"code": "documentation.training_run_missing",
		"path": "card.training",
		"term": reference,
		"model": "predictor",
		"observed": "no runId, no initiatedBy, no completedAt",
		"required": "runId, initiatedBy and a completedAt that is past",
		"values": {"card": reference},
	}}
}

test_a_training_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	run([], wrong) == {"no runId, no initiatedBy, no completedAt"}
}

test_each_part_of_the_run_is_needed[key] if {
	some key in ["runId", "initiatedBy", "completedAt"]
	document := fixtures.without_card(["training", key])
	{finding.observed | some finding in found("documentation.training_run_missing", document)} == {sprintf("no %s", [key])}
}

test_a_name_is_a_string_that_is_not_blank[note] if {
	some key in ["runId", "initiatedBy"]
	some note, wrong in [null, true, 7, "", " ", [], ["run-1"], {}, {"a": null}]
	run([key], wrong) == {sprintf("no %s", [key])}
}

test_the_end_of_the_run_is_a_date_that_exists[note] if {
	some note, wrong in fixtures.wrong_values
	run(["completedAt"], wrong) == {"no completedAt"}
	run(["completedAt"], "2027-02-30T00:00:00Z") == {"no completedAt"}
}

test_a_run_must_have_ended if {
	run(["completedAt"], "2027-03-10T23:59:59Z") == set()
	run(["completedAt"], "2027-03-11T00:00:00Z") == {"completedAt in the future (2027-03-11)"}
}

test_without_a_time_of_the_question_no_run_has_ended if {
	{finding.observed | some finding in found("documentation.training_run_missing", fixtures.without(["evaluatedAt"]))} == {"completedAt in the future (2027-02-14)"}
}
