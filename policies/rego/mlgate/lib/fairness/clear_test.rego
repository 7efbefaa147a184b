package mlgate.lib.fairness_test

import data.mlgate.lib.fairness
import data.mlgate.lib.fixtures_test as fixtures

counted(name, counts) := {
	"group": name,
	"truePositives": counts[0],
	"falsePositives": counts[1],
	"trueNegatives": counts[2],
	"falseNegatives": counts[3],
}

# Selection rates 0.5 and 0.52, recalls 0.9 and 0.9057, precisions 0.9 and 0.9230, accuracies 0.9 and 0.91.
level := {
	"groups": [counted("a", [450, 50, 450, 50]), counted("b", [480, 40, 430, 50])],
	"metrics": [
		{"name": "demographicParityRatio", "value": 0.962, "limit": 0.9},
		{"name": "equalOpportunityDifference", "value": 0.006, "limit": 0.05},
	],
}

asked := ["demographicParityRatio", "equalOpportunityDifference"]

# Whether nothing can be wrong with the table once these places of it are changed.
clear_with(changes) if {
	table := json.patch(level, [{"op": "add", "path": path, "value": value} | some path, value in changes])
	fairness.clear(table, asked) with input as fixtures.passing
}

test_a_table_far_from_every_limit_is_clear if {
	clear_with({})
	clear_with({"/groups/0/count": 1000, "/groups/1/count": 1000})
	clear_with({"/metrics": []})
	clear_with({"/metrics/0/value": null, "/metrics/0/limit": null})
	clear_with({"/metrics/0": {"name": "accuracyDifference", "value": 0.01}})
	fairness.clear(level, []) with input as fixtures.passing
}

test_its_groups_are_not_read if {
	card := {"model": {"version": "1"}, "fairness": {"evaluations": [level]}}
	[test] := fairness.evaluations(card) with input as fixtures.passing
	[test.groups, test.metrics, test.exceeded, test.wide, test.compared] == [[], [], [], [], true]
}

test_a_table_that_is_not_plain_is_read_in_full[note] if {
	some note, changes in {
		"no list": {"/groups": null},
		"names for a list": {"/groups": {"a": level.groups[0], "b": level.groups[1]}},
		"one group": {"/groups": [level.groups[0]]},
		"no object": {"/groups/1": [1]},
		"no count": {"/groups/1": object.remove(level.groups[1], ["falseNegatives"])},
		"null": {"/groups/1/falseNegatives": null},
		"a word": {"/groups/1/falseNegatives": "50"},
		"negative": {"/groups/1/falseNegatives": -50},
		"half a person": {"/groups/1/falseNegatives": 50.5},
		"ten digits": {"/groups/1/falseNegatives": 1000000000},
		"nobody found": {"/groups/1/truePositives": 0},
		"nobody refused": {"/groups/1/trueNegatives": 0},
		"a rate beside the counts": {"/groups/1/recall": 0.9},
		"other values": {"/groups/1/values": {"rmse": 1}},
		"one name": {"/groups/1/group": "a"},
		"one name in two spellings": {"/groups/1/group": " A"},
		"no name": {"/groups/1/group": null},
		"no first name": {"/groups/0/group": 7},
		"a blank name": {"/groups/1/group": " "},
		"the name of none": {"/groups/1/group": "(Unnamed)"},
		"few rows": {"/groups/1": counted("b", [13, 1, 14, 1])},
		"a count of its own": {"/groups/1/count": 999},
		"a count of its own beside a right one": {"/groups/0/count": 1000, "/groups/1/count": 999},
		"a count that is none": {"/groups/1/count": null},
	}
	not clear_with(changes)
}

test_a_table_near_a_limit_is_read_in_full[note] if {
	some note, changes in {
		"accuracy": {"/groups/1": counted("b", [500, 1, 498, 1])},
		"precision": {"/groups/1": counted("b", [400, 100, 450, 50])},
		"recall": {"/groups/1": counted("b", [400, 50, 450, 100])},
		"ratio": {"/groups/1": counted("b", [540, 60, 360, 60])},
		"a ratio the author limits": {"/metrics/0/limit": 0.9615},
		"a limit that is none": {"/metrics/0/limit": "0.9"},
		"a difference the author limits": {"/metrics/1/limit": 0.0056},
		"a limit of a difference that is none": {"/metrics/1/limit": []},
		"stated too low": {"/metrics/0/value": 0.956},
		"stated too high": {"/metrics/0/value": 0.967},
		"stated otherwise": {"/metrics/1/value": -0.006},
		"stated in words": {"/metrics/1/value": "0.006"},
		"an unknown metric": {"/metrics/0/name": "theilIndex"},
		"no metric": {"/metrics/0": null},
		"a metric without name": {"/metrics/0/name": null},
	}
	not clear_with(changes)
}

test_a_metric_of_the_policy_near_its_limit_is_computed[name] if {
	some name in ["selectionRate", "recall"]
	required := {"selectionRate": "demographicParityRatio", "recall": "equalOpportunityDifference"}[name]
	table := {"groups": {
		"selectionRate": [counted("a", [500, 50, 450, 50]), counted("b", [340, 40, 590, 42])],
		"recall": [counted("a", [900, 100, 900, 100]), counted("b", [790, 90, 900, 210])],
	}[name]}
	fairness.clear(table, []) with input as fixtures.passing with data.mlgate.settings.fairness.maxGroupGap as 0.3
	not fairness.clear(table, [required]) with input as fixtures.passing
		with data.mlgate.settings.fairness.maxGroupGap as 0.3
}

test_settings_decide_what_is_clear[note] if {
	some note, change in {
		"smaller gaps": {"maxGroupGap": 0.005},
		"a gap between two whole units": {"maxGroupGap": 0.00565},
		"closer values": {"tolerance": 0.0001},
		"more rows": {"minGroupCount": 1001},
		"another column": {"groupMetrics": ["rmse"]},
		"smaller differences": {"maxDifference": {"high": 0.005}},
		"higher ratios": {"minRatio": {"high": 0.9616}},
		"a gap that is none": {"maxGroupGap": null},
		"a tolerance that is none": {"tolerance": "0.005"},
		"no difference": {"maxDifference": null},
		"no ratio": {"minRatio": {"high": []}},
	}
	given := object.union(data.mlgate.settings.fairness, {"groupMetrics": ["recall"]})
	broken := json.patch(given, [{"op": "replace", "path": [key], "value": value} | some key, value in change])
	fairness.clear(level, asked) with input as fixtures.passing with data.mlgate.settings.fairness as given
	not fairness.clear(level, asked) with input as fixtures.passing with data.mlgate.settings.fairness as broken
}

test_bounds_hold_every_known_metric[name] if {
	some name, _ in fairness.known_metrics
	cells := [[17, 3, 29, 5], [31, 2, 23, 7], [11, 1, 19, 2]]
	spread := fairness.spread_of([["a", tp, fp, tn, fn, sum([tp, fp, tn, fn])] | some [tp, fp, tn, fn] in cells]) with input as fixtures.passing
	[low, high] := fairness.within(name, spread) with input as fixtures.passing
		with data.mlgate.lib.fairness.policy_limits as {"ratio": 0, "difference": 1}
	value := measured({"name": name}, [counted(sprintf("%d", [index]), row) | some index, row in cells]).value * 10000 with input as fixtures.passing
	value > low
	value < high
	high - low < 60
}

test_a_ratio_of_next_to_nothing_has_no_bounds if {
	spread := {"falsePositiveRate": [0, 0]}
	not fairness.within("falsePositiveRateRatio", spread) with input as fixtures.passing
		with data.mlgate.lib.fairness.policy_limits as {"ratio": 0, "difference": 1}
}

# Tables around all the limits, in the order of their numbers.
tables := [table |
	some i in numbers.range(1, 60)
	table := {
		"groups": [counted("a", [450, 50, 450, 50]), counted("b", [400 + ((i * 37) % 160), (i * 17) % 90, 400 + ((i * 23) % 100), (i * 29) % 80])],
		"metrics": [{"name": "equalizedOddsDifference", "value": ((i * 7) % 20) / 100}],
	}
]

test_no_clear_table_has_anything_to_find if {
	settled := [i | some i, table in tables; fairness.clear(table, asked)] with input as fixtures.passing
	count(settled) > 3
	amiss := [i |
		some i in settled
		table := fairness.table(tables[i], asked)
		[table.exceeded, table.wide] != [[], []]
	] with input as fixtures.passing
	amiss == []
	far := [i |
		some i in settled
		metric := fairness.table(tables[i], asked).metrics[0]
		abs(metric.stated - metric.value) > 0.005
	] with input as fixtures.passing
	far == []
}
