package mlgate.rules.rollback_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.rollback

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in rollback.deny with input as document
	finding.code == code
}

# What is observed when one place below the rollback of the card holds another value.
observed(code, path, value) := {[finding.path, finding.observed] |
	some finding in found(code, fixtures.with_card_patch(array.concat(["rollback"], path), value))
}

test_the_passing_document_has_no_finding if {
	rollback.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	rollback.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

test_a_card_without_a_way_back_is_found if {
	found("rollback.plan_missing", fixtures.without_card(["rollback"])) == {{
		"code": "rollback.plan_missing",
		"path": "card.rollback.strategy",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "no strategy and no procedure",
		"required": "a strategy, a procedure and, for previousVersion, another version",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_rollback_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed("rollback.plan_missing", [], wrong) == {["card.rollback.strategy", "no strategy and no procedure"]}
	observed("rollback.too_slow", [], wrong) == {["card.rollback.maxMinutes", "an unknown number of"]}
	observed("rollback.test_overdue", [], wrong) == {["card.rollback.lastTestedAt", "at no stated time"]}
}

test_a_strategy_is_one_of_three[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["PreviousVersion", ["disable"]])
	observed("rollback.plan_missing", ["strategy"], wrong) == {["card.rollback.strategy", "no strategy"]}
}

test_a_procedure_is_a_word[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["x"], {}, {"a": null}]
	observed("rollback.plan_missing", ["procedure"], wrong) == {["card.rollback.procedure", "no procedure"]}
}

test_a_strategy_without_a_version_has_a_procedure_too[strategy] if {
	some strategy in ["fallbackProcess", "disable"]
	changes := [[["rollback", "strategy"], strategy], [["rollback", "targetVersion"], "4.0.2"], [["rollback", "procedure"], null]]
	{finding.observed | some finding in found("rollback.plan_missing", fixtures.with_card_patches(changes))} == {"no procedure"}
}

test_a_version_to_go_back_to_is_a_word[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["3.9.5"], {}, {"a": null}]
	observed("rollback.plan_missing", ["targetVersion"], wrong) == {["card.rollback.targetVersion", "no targetVersion"]}
}

test_the_version_itself_is_no_way_back[version] if {
	some version in ["4.0.2", " 4.0.2", "4.0.2\n", "4.0.2\u200b"]
	observed("rollback.plan_missing", ["targetVersion"], version) == {["card.rollback.targetVersion", "targetVersion is this version"]}
}

test_spaces_around_the_own_version_do_not_make_it_another if {
	changes := [[["model", "version"], "4.0.2 "], [["rollback", "targetVersion"], "4.0.2"]]
	{finding.observed | some finding in found("rollback.plan_missing", fixtures.with_card_patches(changes))} == {"targetVersion is this version"}
}

test_a_card_without_a_version_goes_back_to_another[note] if {
	some note, wrong in fixtures.wrong_values
	found("rollback.plan_missing", fixtures.with_card_patch(["model", "version"], wrong)) == set()
}

test_other_strategies_need_no_version[strategy] if {
	some strategy in ["fallbackProcess", "disable"]
	every version in [null, "4.0.2"] {
		changes := [[["rollback", "strategy"], strategy], [["rollback", "targetVersion"], version]]
		found("rollback.plan_missing", fixtures.with_card_patches(changes)) == set()
	}
}

test_a_way_back_that_takes_too_long_is_found if {
	found("rollback.too_slow", fixtures.with_card_patch(["rollback", "maxMinutes"], 16)) == {{
		"code": "rollback.too_slow",
		"path": "card.rollback.maxMinutes",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "16",
		"required": "15",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_time_up_to_the_limit_will_do[minutes] if {
	some minutes in [0, 0.5, 15, 15.0000000001]
	observed("rollback.too_slow", ["maxMinutes"], minutes) == set()
}

test_a_time_just_beyond_the_limit_is_shown_with_its_digits if {
	observed("rollback.too_slow", ["maxMinutes"], 15.0001) == {["card.rollback.maxMinutes", "15.0001"]}
}

test_a_time_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, "5", "", [], [5], {}, {"a": null}, -5]
	observed("rollback.too_slow", ["maxMinutes"], wrong) == {["card.rollback.maxMinutes", "an unknown number of"]}
}

test_a_rehearsal_long_ago_is_found if {
	found("rollback.test_overdue", fixtures.with_card_patch(["rollback", "lastTestedAt"], "2027-01-26T00:00:00Z")) == {{
		"code": "rollback.test_overdue",
		"path": "card.rollback.lastTestedAt",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "43 days ago",
		"required": "31",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_rehearsal_is_recent_and_past[time] if {
	some time, words in {
		"2027-02-06T23:59:59Z": {["card.rollback.lastTestedAt", "32 days ago"]},
		"2027-02-07T00:00:00Z": set(),
		"2027-03-10T23:59:59Z": set(),
		"2027-03-11T00:00:00Z": {["card.rollback.lastTestedAt", "on 2027-03-11, in the future"]},
	}
	observed("rollback.test_overdue", ["lastTestedAt"], time) == words
}

test_a_rehearsal_of_a_wrong_kind_is_none[note] if {
	some note, wrong in fixtures.wrong_values
	observed("rollback.test_overdue", ["lastTestedAt"], wrong) == {["card.rollback.lastTestedAt", "at no stated time"]}
}
