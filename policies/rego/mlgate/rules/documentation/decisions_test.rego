package mlgate.rules.documentation_test

import data.mlgate.lib.fixtures_test as fixtures

# Of the passing card, the first decision on algorithm and the one on fairness.
choices := array.slice(fixtures.card.decisions, 0, 2)

missing(decisions) := {[finding.observed, finding.required] |
	some finding in found("documentation.decision_log_missing", fixtures.with_card_patch(["decisions"], decisions))
}

choice(keys) := [choices[0], object.union(choices[1], keys)]

test_a_card_without_log_is_found if {
	found("documentation.decision_log_missing", fixtures.without_card(["decisions"])) == {{
		"code": "documentation.decision_log_missing",
		"path": "card.decisions",
		"term": reference,
		"model": "predictor",
		"observed": "topics none",
		"required": "algorithm and fairness",
		"values": {"card": reference},
	}}
}

test_a_log_of_a_wrong_kind_holds_nothing[note] if {
	some note, wrong in fixtures.wrong_values
	missing(wrong) == {["topics none", "algorithm and fairness"]}
}

test_the_topics_of_the_policy_are_enough if missing(choices) == set()

test_a_choice_counts_with_topic_date_and_reasons[note] if {
	some note, keys in {
		"other topic": {"topic": "data"},
		"other case": {"topic": "Fairness"},
		"no topic": {"topic": null},
		"topics": {"topic": ["fairness"]},
		"no date": {"date": null},
		"impossible date": {"date": "2027-02-30T00:00:00Z"},
		"number as date": {"date": 7},
		"no rationale": {"rationale": null},
		"short rationale": {"rationale": "19 characters long."},
		"placeholder": {"rationale": "More information needed"},
		"number as rationale": {"rationale": 7},
	}
	{row[1] | some row in missing(choice(keys))} == {"fairness"}
}

test_a_choice_without_one_of_the_keys_does_not_count[key] if {
	some key in ["topic", "date", "rationale"]
	missing([choices[0], object.remove(choices[1], [key])]) == {["topics algorithm", "fairness"]}
}

test_what_is_no_topic_is_not_shown_as_one[note] if {
	some note, wrong in [null, 7, true, ["fairness"], {"a": 1}]
	missing(choice({"topic": wrong})) == {["topics algorithm", "fairness"]}
}

test_another_choice_on_the_topic_is_enough if {
	missing(array.concat(choice({"rationale": "tbd"}), [choices[1]])) == set()
}

test_other_topics_are_asked_for_when_the_policy_names_them if {
	findings := found("documentation.decision_log_missing", fixtures.with_card_patch(["decisions"], choices)) with data.mlgate.settings.documentation.requiredDecisionTopics as ["data", "fairness", "tradeoff"]
	{[finding.observed, finding.required] | some finding in findings} == {["topics algorithm, fairness", "data and tradeoff"]}
}

test_without_topics_in_the_policy_no_log_is_needed if {
	found("documentation.decision_log_missing", fixtures.without_card(["decisions"])) == set() with data.mlgate.settings.documentation.requiredDecisionTopics as []
}
