package mlgate.lib.fairness

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: evaluations
# description: |
#   Every evaluation of a card, in its order: index, attribute, the evaluation as given, its day if it is of the
#   card's version, groups, metrics, and of these what is out of bounds. Groups and metrics are left out where nothing
#   can be wrong with any of them, which is `clear`. Judged are, for each attribute, the evaluations of the card's own version
#   with the newest day; all of them if there are several.
evaluations(card) := [evaluation |
	tests := present.list(card, ["fairness", "evaluations"])
	version := present.get(card, ["model", "version"])
	days := [own_day(test, version) | some test in tests]
	attributes := [label(present.get(test, "attribute")) | some test in tests]
	newest := newest_days(attributes, days)
	required := required_metrics(card)
	some index, test in tests
	attribute := attributes[index]
	evaluation := object.union(read(test, required), {
		"index": index,
		"attribute": attribute,
		"given": test,
		"day": days[index],
		"judged": judged(days[index], newest, attribute),
	})
]

# METADATA
# title: own_day
# description: Day of an evaluation of the given version; null for another version or without a date.
own_day(test, version) := day if {
	test.modelVersion == version
	present.is_present(version)
	day := dates.day(object.get(test, "date", null))
} else := null

newest_days(attributes, days) := {attribute: max(object.keys(seen)) |
	some attribute, seen in object.union_n([{attributes[index]: {day: true}} |
		some index, day in days
		is_number(day)
	])
}

default judged(_, _, _) := false

judged(day, newest, attribute) if day == newest[attribute]

read(test, required) := nothing_amiss if {
	clear(test, required)
} else := table(test, required)

nothing_amiss := {"clear": true, "groups": [], "compared": true, "metrics": [], "exceeded": [], "wide": []}

# METADATA
# title: table
# description: |
#   The group table of an evaluation and what follows from it: `groups`; `compared`, whether there are two to
#   compare; `metrics`, those the author lists and those of the policy beside them; `exceeded`, the metrics outside
#   their limit; `wide`, the columns whose gap between groups is too large.
table(test, required) := {
	"groups": groups,
	"compared": count(extremes) > 0,
	"metrics": metrics,
	"exceeded": exceeded,
	"wide": wide,
} if {
	groups := [group(index, row) | some index, row in present.list(test, "groups")]
	extremes := table_extremes(groups)
	listed := [metric(index, entry, extremes) | some index, entry in present.list(test, "metrics")]
	names := {row.name | some row in listed}
	added := [metric(name, {"name": name}, extremes) | some name in required; not name in names]
	metrics := array.concat(listed, added)
	exceeded := [row | some index, row in metrics; outside(index, row)]
	allowed := settings.value.fairness.maxGroupGap
	near := {name |
		some name in settings.value.fairness.groupMetrics
		is_number(extremes[name].lowest) # null where no group has the column: to subtract it is an error
		extremes[name].highest - extremes[name].lowest <= allowed
	}
	wide := [row |
		some name in settings.value.fairness.groupMetrics
		not name in near
		row := excess(name, extremes, groups)
	]
}

# METADATA
# title: required_metrics
# description: Metrics the policy computes for the card's tier and task, whether or not the author reports them.
required_metrics(card) := object.get(settings.value.fairness.requiredMetrics, facts.tier, []) if {
	tabled(card)
} else := []

# METADATA
# title: excess
# description: |
#   A column that differs more between the groups than the settings allow, with the difference, the lowest and
#   the highest value; undefined when it does not. Groups whose value cannot be computed are left out.
excess(name, extremes, groups) := gap(name, extremes[name].lowest, extremes[name].highest) if {
	is_number(extremes[name].lowest)
} else := gap(name, min(numbers), max(numbers)) if {
	numbers := [n | some index, row in groups; n := column(index, row, name); is_number(n)]
}

gap(name, lowest, highest) := {"name": name, "value": value, "lowest": lowest, "highest": highest} if {
	value := highest - lowest
	below(settings.value.fairness.maxGroupGap, value)
}
