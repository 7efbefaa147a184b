package mlgate.lib.fairness

import data.mlgate.lib.facts
import data.mlgate.lib.settings

# METADATA
# title: known_metrics
# description: Metrics with a fixed meaning, which columns they compare and how.
known_metrics := {
	"demographicParityDifference": {"aggregation": "difference", "columns": ["selectionRate"]},
	"demographicParityRatio": {"aggregation": "ratio", "columns": ["selectionRate"]},
	"equalOpportunityDifference": {"aggregation": "difference", "columns": ["recall"]},
	"equalOpportunityRatio": {"aggregation": "ratio", "columns": ["recall"]},
	"equalizedOddsDifference": {"aggregation": "difference", "columns": ["recall", "falsePositiveRate"]},
	"equalizedOddsRatio": {"aggregation": "ratio", "columns": ["recall", "falsePositiveRate"]},
	"predictiveParityDifference": {"aggregation": "difference", "columns": ["precision"]},
	"predictiveParityRatio": {"aggregation": "ratio", "columns": ["precision"]},
	"falsePositiveRateDifference": {"aggregation": "difference", "columns": ["falsePositiveRate"]},
	"falsePositiveRateRatio": {"aggregation": "ratio", "columns": ["falsePositiveRate"]},
	"accuracyDifference": {"aggregation": "difference", "columns": ["accuracy"]},
	"accuracyRatio": {"aggregation": "ratio", "columns": ["accuracy"]},
}

# METADATA
# title: metric
# description: |
#   A metric of an evaluation: name, aggregation (null when the name says nothing and neither does the author),
#   columns and the extremes of the table, value and limit (null when there is none), and the value the author
#   states. The first argument is its place in the list: among entries that differ in fractions alone, what was computed
#   of one is found again by nothing else in reasonable time.
metric(index, entry, extremes) := {
	"name": name,
	"aggregation": definition.aggregation,
	"columns": definition.columns,
	"extremes": extremes,
	"value": combined(definition.aggregation, definition.columns, extremes),
	"limit": metric_limit(index, definition.aggregation, object.get(entry, "limit", null), true),
	"stated": object.get(entry, "value", null),
} if {
	name := entry.name
	definition := known_metrics[name]
} else := custom_metric(index, fields_of(index, entry), extremes)

fields_of(_, entry) := entry if {
	is_object(entry)
} else := {}

# A name outside the table is what the author says it compares.
custom_metric(index, fields, extremes) := {
	"name": label(object.get(fields, "name", null)),
	"aggregation": aggregation,
	"columns": [measure],
	"extremes": extremes,
	"value": combined(aggregation, [measure], extremes),
	"limit": metric_limit(index, aggregation, object.get(fields, "limit", null), measure in columns),
	"stated": object.get(fields, "value", null),
} if {
	aggregation := object.get(fields, "aggregation", null) # of another one nothing is combined, and this is undefined
	measure := object.get(fields, "measure", null)
	label(measure) == measure
} else := {
	"name": label(object.get(fields, "name", null)),
	"aggregation": null,
	"columns": [],
	"extremes": extremes,
	"value": null,
	"limit": null,
	"stated": object.get(fields, "value", null),
}

# METADATA
# title: table_extremes
# description: |
#   Lowest and highest value of each column, and of each entry of `values` that every group has, over all groups,
#   however small. Null ranks below every number, so the lowest is null when a group lacks a column. Of fewer than
#   two groups nothing can be compared. Taken once, so that many metrics over many groups cost no more than both.
table_extremes(groups) := object.union(measure_extremes(groups), {name: {"lowest": ordered[0], "highest": ordered[last]} |
	last := count(groups) - 1
	some name, ordered in {
		"selectionRate": sort([row.columns.selectionRate | some row in groups]),
		"accuracy": sort([row.columns.accuracy | some row in groups]),
		"precision": sort([row.columns.precision | some row in groups]),
		"recall": sort([row.columns.recall | some row in groups]),
		"falsePositiveRate": sort([row.columns.falsePositiveRate | some row in groups]),
		"count": sort([row.columns.count | some row in groups]),
	}
}) if {
	several(groups)
} else := {}

measure_extremes(groups) := {name: {"lowest": lowest, "highest": highest} |
	some name in intersection({names | some names in named})
	numbers := [row.given.values[name] | some row in groups]
	lowest := min(numbers)
	highest := max(numbers)
	is_number(lowest)
	is_number(highest)
} if {
	named := [object.keys(values) | some row in groups; values := row.given.values; is_object(values)]
	count(named) == count(groups)
} else := {}

# METADATA
# title: several
# description: Whether a group table has two groups of different names.
several(groups) if count({lower(trim_space(row.name)) | some row in groups} - {unnamed}) > 1

# A column without extremes, or with a group that lacks the value, leaves one spread out: then nothing is
# computed from the rest.
combined("difference", names, extremes) := max(spreads) if {
	spreads := [spread |
		some name in names
		found := extremes[name]
		is_number(found.lowest)
		spread := found.highest - found.lowest
	]
	count(spreads) == count(names)
} else := null

combined("ratio", names, extremes) := min(spreads) if {
	spreads := [spread |
		some name in names
		found := extremes[name]
		found.lowest >= 0
		found.highest > 0
		spread := found.lowest / found.highest
	]
	count(spreads) == count(names)
} else := null

# The author's limit can only tighten the policy's. Only where the policy has none, for differences of
# measures it does not know, the author's stands alone.
metric_limit(_, "ratio", author, _) := max([n | some n in [policy_limits.ratio, author]; is_number(n)])

metric_limit(_, "difference", author, true) := min([n | some n in [policy_limits.difference, author]; is_number(n)])

metric_limit(_, "difference", author, false) := author

policy_limits := {
	"ratio": object.get(settings.value.fairness, ["minRatio", facts.tier], null),
	"difference": object.get(settings.value.fairness, ["maxDifference", facts.tier], null),
}

# METADATA
# title: outside
# description: |
#   Whether a metric with a value and a limit is beyond the limit; equal is within. The first argument is its place in
#   the list.
outside(index, row) if {
	row.aggregation == "ratio"
	row.value < row.limit
	below_at(index, row.value, row.limit)
}

outside(index, row) if {
	row.aggregation == "difference"
	row.limit < row.value
	below_at(index, row.limit, row.value)
}
