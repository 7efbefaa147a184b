package mlgate.rules.monitoring_test

import data.mlgate.lib.fixtures_test as fixtures

fair_signal(keys) := object.union(
	object.union(fixtures.signal("fairness", "gap", 0.01, 0.05, 0.1), {"attributes": ["sex", "ageBand"]}),
	keys,
)

# Attributes that are not watched when these are the signals of the card.
unwatched(signals) := {finding.term | some finding in watching("monitoring.fairness_signal_missing", ["signals"], signals)}

test_a_tested_attribute_that_is_not_watched_is_found if {
	watching("monitoring.fairness_signal_missing", ["signals", 2, "attributes"], ["sex"]) == {{
		"code": "monitoring.fairness_signal_missing",
		"path": "card.monitoring.signals",
		"term": "ageBand",
		"model": "predictor",
		"observed": "no fairness signal with a limit for ageBand",
		"required": "a signal of kind fairness with a limit and ageBand among its attributes",
		"values": {"card": reference, "attribute": "ageBand"},
	}}
}

test_attributes_may_be_watched_by_several_signals if {
	unwatched([fair_signal({"attributes": ["sex"]}), fair_signal({"attributes": ["ageBand"]})]) == set()
}

test_an_attribute_is_watched_by_fairness_signals_with_a_limit_alone[note] if {
	some note, keys in {
		"other kind": {"kind": "performance"},
		"kind null": {"kind": null},
		"limit null": {"limit": null},
		"limit word": {"limit": "0.1"},
		"attributes null": {"attributes": null},
		"attributes word": {"attributes": "sex"},
		"attributes object": {"attributes": {"a": "sex", "b": "ageBand"}},
		"other attributes": {"attributes": ["Sex", "age"]},
	}
	unwatched([fair_signal(keys)]) == {"sex", "ageBand"}
}

test_an_intersection_is_watched_as_one if {
	document := fixtures.with_card_patch(["fairness", "evaluations", 0, "attribute"], "sex|ageBand")
	[finding.term | some finding in found("monitoring.fairness_signal_missing", document)] == ["sex|ageBand"]
}

test_an_attribute_without_a_name_is_never_watched[note] if {
	some note, wrong in [null, 7, "", [], {}]
	document := fixtures.with_card_patches([
		[["fairness", "evaluations", 0, "attribute"], wrong],
		[["monitoring", "signals"], [fair_signal({"attributes": ["(unnamed)", "ageBand"]})]],
	])
	[finding.term | some finding in found("monitoring.fairness_signal_missing", document)] == ["(unnamed)"]
}

test_a_card_that_tested_nothing_must_watch_any_attribute[note] if {
	some note, evaluations in [null, [], {}, "none"]
	changes := [[["fairness", "evaluations"], evaluations], [["monitoring", "signals"], []]]
	[finding] := [one | some one in found("monitoring.fairness_signal_missing", fixtures.with_card_patches(changes))]
	finding.term == null
	finding.observed == "no fairness signal with a limit for any attribute"
	finding.values.attribute == "any attribute"
	other := [changes[0], [["monitoring", "signals"], [fair_signal({"attributes": ["origin"]})]]]
	found("monitoring.fairness_signal_missing", fixtures.with_card_patches(other)) == set()
}

test_a_tested_attribute_cannot_be_traded_for_another if {
	unwatched([fair_signal({"attributes": ["origin", "sex"]})]) == {"ageBand"}
}

test_a_card_that_is_exempt_from_fairness_need_not_watch_it if {
	document := fixtures.with_card_patches([
		[["risk", "tier"], "minimal"],
		[["intendedUse", "affectsPeople"], false],
		[["fairness", "notApplicableReason"], "The model sorts parcels by their size and weight."],
		[["monitoring", "signals"], []],
	])
	found("monitoring.fairness_signal_missing", document) == set()
}

abuse(tier, signals) := {finding.term |
	changes := [[["risk", "tier"], tier], [["monitoring", "signals"], signals]]
	some finding in found("monitoring.abuse_signal_missing", fixtures.with_card_patches(changes))
}

bulk := fixtures.signal("bulkQueries", "calls", 1, 2, 3)

test_a_kind_of_abuse_that_is_not_watched_is_found if {
	found("monitoring.abuse_signal_missing", fixtures.without_card(["monitoring", "signals", 3])) == {{
		"code": "monitoring.abuse_signal_missing",
		"path": "card.monitoring.signals",
		"term": "bulkQueries",
		"model": "predictor",
		"observed": "no signal of kind bulkQueries with a limit",
		"required": "a signal of kind bulkQueries with a limit",
		"values": {"card": reference, "kind": "bulkQueries"},
	}}
}

test_the_tier_says_which_abuse_is_watched_for if {
	abuse("minimal", []) == set()
	abuse("limited", []) == {"bulkQueries"}
	abuse("limited", [bulk]) == set()
	abuse("high", [bulk]) == {"outOfRangeInputs", "unexpectedSource"}
	abuse(null, [bulk]) == {"outOfRangeInputs", "unexpectedSource"}
}

test_a_signal_of_abuse_needs_a_limit_and_nothing_else[note] if {
	some note, wrong in [null, "3", true, [], {}]
	abuse("limited", [object.union(bulk, {"limit": wrong})]) == {"bulkQueries"}
	abuse("limited", [object.remove(bulk, ["limit"])]) == {"bulkQueries"}
	abuse("limited", [{"kind": "bulkQueries", "limit": 0}]) == set()
}

test_a_site_may_watch_for_other_abuse if {
	kinds := {"monitoring": {"requiredAbuseSignals": {"high": ["outOfRangeInputs"]}}}
	document := fixtures.with_card_patch(["monitoring", "signals"], [])
	rows := {finding.term |
		some finding in found("monitoring.abuse_signal_missing", document) with data.mlgate.overrides as kinds
	}
	rows == {"outOfRangeInputs"}
}
