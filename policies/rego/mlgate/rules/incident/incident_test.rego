package mlgate.rules.incident_test

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.rules.incident

# Findings of one code about a document.
found(code, document) := {finding |
	some finding in incident.deny with input as document
	finding.code == code
}

test_the_passing_document_has_no_finding if {
	incident.deny == set() with input as fixtures.passing
}

test_nothing_is_said_of_an_object_that_starts_no_model[note] if {
	some note, workload in [null, {}]
	incident.deny == set() with input as fixtures.with_patch(["workload"], workload)
}

# What is said of the plan when one place of it holds another value.
lacks(path, value) := {[finding.observed, finding.required] |
	document := fixtures.with_card_patch(array.concat(["incidentResponse"], path), value)
	some finding in found("incident.plan_incomplete", document)
}

test_a_plan_without_a_place_is_found if {
	found("incident.plan_incomplete", fixtures.without_card(["incidentResponse", "plan"])) == {{
		"code": "incident.plan_incomplete",
		"path": "card.incidentResponse",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "no plan",
		"required": "plan",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_a_place_of_a_wrong_kind_is_none[note] if {
	some note, wrong in [null, true, 7, "", " ", [], ["x"], {}, {"a": "x"}]
	lacks(["plan"], wrong) == {["no plan", "plan"]}
}

test_contacts_are_a_list_with_a_word_in_it[note] if {
	some note, wrong in [null, true, 7, "", "pager", [], [null], [" "], [7], {}, {"a": "pager"}]
	lacks(["contacts"], wrong) == {["no contacts", "contacts"]}
}

test_severity_levels_of_a_wrong_kind_are_none[note] if {
	some note, wrong in [null, true, 7, "", "high", [], {}, {"0": {"respondWithinMinutes": 7}}]
	lacks(["severityLevels"], wrong) == {["no severity levels", "severityLevels"]}
}

test_every_level_has_a_response_time[note] if {
	some note, wrong in [null, true, "15", "", [], [15], {}, -1]
	lacks(["severityLevels", 1, "respondWithinMinutes"], wrong) == {["no response time of level low", "respondWithinMinutes of every severity level"]}
}

test_a_level_that_says_nothing_of_it_has_no_response_time if {
	levels := [{"name": "high", "respondWithinMinutes": 15}, {"name": "low"}]
	lacks(["severityLevels"], levels) == {["no response time of level low", "respondWithinMinutes of every severity level"]}
}

test_a_tier_without_a_list_asks_for_no_scenario if {
	found("incident.plan_incomplete", fixtures.passing) == set() with data.mlgate.lib.facts.tier as null
}

test_levels_that_are_none_have_no_response_time if {
	lacks(["severityLevels"], [null, {"name": 7}]) == {["no response time of level (unnamed), (unnamed)", "respondWithinMinutes of every severity level"]}
}

test_a_response_at_once_is_a_response if {
	lacks(["severityLevels"], [{"name": "high", "respondWithinMinutes": 0}]) == set()
}

test_the_time_to_notify_is_a_number[note] if {
	some note, wrong in [null, true, "48", "", [], [48], {}, -1]
	lacks(["notifyWithinHours"], wrong) == {["no time to notify", "notifyWithinHours of at most 72"]}
}

test_the_time_to_notify_is_limited if {
	lacks(["notifyWithinHours"], 0) == set()
	lacks(["notifyWithinHours"], 72) == set()
	lacks(["notifyWithinHours"], 72.0000000001) == set()
	lacks(["notifyWithinHours"], 73) == {["notification within 73 hours", "notifyWithinHours of at most 72"]}
	lacks(["notifyWithinHours"], 72.0001) == {["notification within 72.0001 hours", "notifyWithinHours of at most 72"]}
}

test_the_tier_says_which_scenarios_are_asked_for[tier] if {
	some tier, missing in {
		"minimal": set(),
		"limited": {"no scenario wrongDecisions"},
		"high": {"no scenario dataTheft, fairnessBreach, wrongDecisions"},
	}
	document := fixtures.with_card_patches([[["risk", "tier"], tier], [["incidentResponse", "scenarios"], ["evasion"]]])
	{finding.observed | some finding in found("incident.plan_incomplete", document)} == missing
}

test_one_scenario_too_few_is_found if {
	lacks(["scenarios"], ["wrongDecisions", "dataTheft"]) == {["no scenario fairnessBreach", "scenarios with fairnessBreach"]}
}

test_scenarios_of_a_wrong_kind_are_none[note] if {
	some note, wrong in array.concat(fixtures.wrong_values, ["wrongDecisions", [["wrongDecisions", "fairnessBreach", "dataTheft"]]])
	all := "dataTheft, fairnessBreach, wrongDecisions"
	lacks(["scenarios"], wrong) == {[sprintf("no scenario %s", [all]), sprintf("scenarios with %s", [all])]}
}

test_a_plan_of_a_wrong_kind_lacks_everything[note] if {
	some note, wrong in fixtures.wrong_values
	lacks([], wrong) == {[
		"no plan, no contacts, no severity levels, no time to notify, no scenario dataTheft, fairnessBreach, wrongDecisions",
		"plan, contacts, severityLevels, notifyWithinHours of at most 72, scenarios with dataTheft, fairnessBreach, wrongDecisions",
	]}
}

test_a_card_without_a_plan_is_found if {
	count(found("incident.plan_incomplete", fixtures.without_card(["incidentResponse"]))) == 1
}

# The passing document with some keys of the exercise changed.
exercised(keys) := fixtures.with_card_patch(["reviews"], [object.union(fixtures.accepted_review("incidentExercise", "Triage on-call"), keys)])

test_a_plan_that_was_never_practised_is_found if {
	found("incident.exercise_overdue", fixtures.with_card_patch(["reviews"], [])) == {{
		"code": "incident.exercise_overdue",
		"path": "card.reviews",
		"term": "modelcard/visit-triage-4.0.2",
		"model": "predictor",
		"observed": "none",
		"required": "an incident exercise within 365 days",
		"values": {"card": "modelcard/visit-triage-4.0.2"},
	}}
}

test_reviews_of_a_wrong_kind_are_no_exercise[note] if {
	some note, wrong in fixtures.wrong_values
	count(found("incident.exercise_overdue", fixtures.with_card_patch(["reviews"], wrong))) == 1
}

test_a_review_of_another_kind_is_no_exercise if {
	{finding.observed | some finding in found("incident.exercise_overdue", exercised({"kind": "risk"}))} == {"none"}
}

test_an_exercise_lasts_a_year if {
	found("incident.exercise_overdue", exercised({"date": "2026-03-10T00:00:00Z"})) == set()
	[finding] := [finding | some finding in found("incident.exercise_overdue", exercised({"date": "2026-03-09T00:00:00Z"}))]
	finding.observed == "done 366 days ago"
	finding.path == "card.reviews[0]"
}
