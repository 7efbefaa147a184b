package mlgate.rules.data_test

import data.mlgate.lib.fixtures_test as fixtures

test_a_dataset_without_a_retention_period_is_found if {
	document := fixtures.without_card(["datasets", 1, "retentionDays"])
	found("data.retention_missing", document) == {{
		"code": "data.retention_missing",
		"path": "card.datasets[1].retentionDays",
		"term": "visits-holdout-2026",
		"model": "predictor",
		"observed": "none",
		"required": "3650",
		"values": {"card": "modelcard/visit-triage-4.0.2", "dataset": "visits-holdout-2026"},
	}}
}

test_a_period_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, "", "30", [], [30], {}, {"a": null}, -1]
	observed("data.retention_missing", [0, "retentionDays"], wrong) == {["visits-2020-2026", "none"]}
}

test_a_period_up_to_the_limit_will_do[days] if {
	some days in [0, 1, 3650]
	observed("data.retention_missing", [0, "retentionDays"], days) == set()
}

test_a_period_beyond_the_limit_is_found if {
	observed("data.retention_missing", [0, "retentionDays"], 3651) == {["visits-2020-2026", "3651 days"]}
}

# What is said of a dataset without a period, by whether it is personal and how it is classified.
unlimited(personal, classification) := {finding.observed |
	changes := [
		[["datasets", 0, "retentionDays"], null],
		[["datasets", 0, "personalData"], personal],
		[["datasets", 0, "classification"], classification],
	]
	some finding in found("data.retention_missing", fixtures.with_card_patches(changes))
}

test_data_that_is_neither_personal_nor_confidential_may_be_kept[class] if {
	some class in ["public", "internal"]
	unlimited("none", class) == set()
	unlimited("anonymized", class) == set()
	unlimited("personal", class) == {"none"}
	unlimited(null, class) == {"none"}
}

test_data_that_is_not_stated_to_be_open_may_not[note] if {
	some note, class in array.concat(fixtures.wrong_values, ["confidential", "restricted", "Public", ["public"]])
	unlimited("none", class) == {"none"}
}

test_deletion_by_hand_is_found if {
	document := fixtures.without_card(["datasets", 0, "deletion"])
	found("data.deletion_not_automated", document) == {{
		"code": "data.deletion_not_automated",
		"path": "card.datasets[0].deletion",
		"term": "visits-2020-2026",
		"model": "predictor",
		"observed": "not automated and last run at no stated time",
		"required": "a job that ran within 31 days",
		"values": {"dataset": "visits-2020-2026"},
	}}
}

test_a_deletion_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed("data.deletion_not_automated", [0, "deletion"], wrong) == {["visits-2020-2026", "not automated and last run at no stated time"]}
}

test_only_true_means_automated[note] if {
	some note, wrong in [null, false, "true", 1, [], [true], {}]
	observed("data.deletion_not_automated", [0, "deletion", "automated"], wrong) == {["visits-2020-2026", "not automated"]}
}

test_a_last_run_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed("data.deletion_not_automated", [0, "deletion", "lastRunAt"], wrong) == {["visits-2020-2026", "last run at no stated time"]}
}

test_the_last_run_is_recent_and_past[time] if {
	some time, words in {
		"2027-02-06T23:59:59Z": {["visits-2020-2026", "last run 32 days ago"]},
		"2027-02-07T00:00:00Z": set(),
		"2027-03-10T23:59:59Z": set(),
		"2027-03-11T00:00:00Z": {["visits-2020-2026", "last run on 2027-03-11, in the future"]},
	}
	observed("data.deletion_not_automated", [0, "deletion", "lastRunAt"], time) == words
}

test_test_data_about_people_is_deleted_too if {
	observed("data.deletion_not_automated", [1, "deletion", "automated"], false) == {["visits-holdout-2026", "not automated"]}
}

test_data_about_nobody_need_not_be_deleted if {
	changes := [[["datasets", 0, "personalData"], "anonymized"], [["datasets", 0, "deletion"], null]]
	found("data.deletion_not_automated", fixtures.with_card_patches(changes)) == set()
}
