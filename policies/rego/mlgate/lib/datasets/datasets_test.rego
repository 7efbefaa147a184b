package mlgate.lib.datasets_test

import data.mlgate.lib.datasets
import data.mlgate.lib.fixtures_test as fixtures

read(path, value) := entries if {
	[report] := datasets.reports with input as fixtures.with_card_patch(array.concat(["datasets"], path), value)
	entries := report.datasets
}

test_the_datasets_of_a_card_are_read_in_its_order if {
	[report] := datasets.reports with input as fixtures.passing
	report.reference == "modelcard/visit-triage-4.0.2"
	[model.id | some model in report.models] == ["predictor"]
	[entry.training | some entry in report.datasets] == [true, false]
	report.datasets[1] == {
		"index": 1,
		"label": "visits-holdout-2026",
		"path": "card.datasets[1]",
		"given": fixtures.card.datasets[1],
		"personal": true,
		"training": false,
	}
}

test_a_card_that_covers_no_model_is_not_read if {
	datasets.reports == [] with input as fixtures.with_patch(["cards", 0, "models"], [])
}

test_only_two_words_say_that_a_dataset_is_not_personal[word] if {
	some word, personal in {
		"none": false, "anonymized": false, "pseudonymized": true,
		"personal": true, "special": true, "None": true, " none": true, "": true,
	}
	read([0, "personalData"], word)[0].personal == personal
}

test_only_two_words_say_that_a_dataset_is_not_for_training[word] if {
	some word, training in {
		"validation": false, "test": false, "training": true,
		"tuning": true, "Test": true, "other": true, "": true,
	}
	read([0, "role"], word)[0].training == training
}

test_a_dataset_that_does_not_say_is_personal_and_for_training[note] if {
	some note, wrong in fixtures.wrong_values
	read([0, "personalData"], wrong)[0].personal
	read([0, "role"], wrong)[0].training
	[entry] := [entry | some entry in read([1], wrong); entry.index == 1]
	entry.personal
	entry.training
	entry.label == "(unnamed)"
}

test_a_list_of_words_is_no_word if {
	read([0, "personalData"], ["none"])[0].personal
	read([0, "role"], ["test"])[0].training
}

test_datasets_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "visits", [], {}, {"0": {"name": "visits"}}]
	read([], wrong) == []
}
