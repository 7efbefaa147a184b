package mlgate.lib.fairness

import data.mlgate.lib.present
import data.mlgate.lib.settings

# Most tables are far from every limit. That can be shown with whole numbers, in units of a ten-thousandth and as bounds
# of the values: a quotient has twenty digits, and to compare two of them costs as much as ten steps with whole numbers.
# Whatever is not shown to be clear of all limits is computed exactly and judged by that.

# METADATA
# title: clear
# description: |
#   A group table in which no rule can find anything: four counts for every group, enough rows, all gaps and all metrics,
#   those of the author and those asked for, well within their limits, and no stated value that differs.
# custom: {shortcut: true}
clear(test, required) if {
	rows := present.list(test, "groups")
	cells := [[row.truePositives, row.falsePositives, row.trueNegatives, row.falseNegatives] | some row in rows]
	count(cells) == count(rows)
	regex.match(usual_cells, json.marshal(cells))
	object.keys(object.union_n(rows)) - usual_keys == set()
	plainly_several(rows)
	enough_rows(rows, cells)
	spread := spread_of(cells)
	allowed := units.gap
	near := {column | some column in gap_columns; spread[column][1] - spread[column][0] < allowed}
	near == gap_columns
	listed := present.list(test, "metrics")
	names := {entry.name | some entry in listed} | {name | some name in required}
	values := {name: found | some name in names; found := within(name, spread)}
	count(values) == count(names)
	count([1 | some entry in listed; plainly_stated(entry, values[entry.name])]) == count(listed)
}

# Whole numbers, of which true positives and true negatives are none of them zero, so that there is no division by zero.
usual_cells := `^\[(\[[1-9]\d{0,8},\d{1,9},[1-9]\d{0,8},\d{1,9}\],?)+\]$`

usual_keys := {"group", "count", "truePositives", "falsePositives", "trueNegatives", "falseNegatives"}

gap_columns := {name | some name in settings.value.fairness.groupMetrics}

# Limits as the bounds are compared with them.
units := {
	"gap": settings.value.fairness.maxGroupGap * 10000,
	"tolerance": settings.value.fairness.tolerance * 10000,
	"ratio": policy_limits.ratio * 10000,
	"difference": policy_limits.difference * 10000,
} if {
	is_number(settings.value.fairness.maxGroupGap)
	is_number(settings.value.fairness.tolerance)
	is_number(policy_limits.ratio)
	is_number(policy_limits.difference)
}

# The first two differ, which is enough to be several.
plainly_several(rows) if {
	is_string(rows[0].group)
	is_string(rows[1].group)
	count({lower(trim_space(rows[0].group)), lower(trim_space(rows[1].group))} - {"", unnamed}) == 2
}

enough_rows(rows, cells) if {
	totals := [sum(row) | some row in cells]
	min(totals) >= settings.value.fairness.minGroupCount
	[object.get(row, "count", totals[index]) | some index, row in rows] == totals
}

# METADATA
# title: spread_of
# description: By column, the lowest and the highest value of all groups, each rounded down to ten-thousandths.
spread_of(cells) := {column: [min(values), max(values)] |
	shares := [row |
		some [tp, fp, tn, fn] in cells
		selected := tp + fp
		positive := tp + fn
		negative := fp + tn
		total := positive + negative
		chosen := selected * 10000
		right := (tp + tn) * 10000
		hits := tp * 10000
		alarms := fp * 10000
		row := [
			(chosen - (chosen % total)) / total,
			(right - (right % total)) / total,
			(hits - (hits % selected)) / selected,
			(hits - (hits % positive)) / positive,
			(alarms - (alarms % negative)) / negative,
		]
	]
	some index, column in ["selectionRate", "accuracy", "precision", "recall", "falsePositiveRate"]
	values := [value | value := shares[_][index]]
}

# METADATA
# title: within
# description: Bounds of a known metric, in ten-thousandths; undefined when they are not both within the policy's limit.
within(name, spread) := [value - 1, value + 1] if {
	known_metrics[name].aggregation == "difference"
	value := max([gap | some column in known_metrics[name].columns; [low, high] := spread[column]; gap := high - low])
	value + 1 <= units.difference
} else := [min(lowest), min(highest) + 1] if {
	known_metrics[name].aggregation == "ratio"
	ends := [spread[column] | some column in known_metrics[name].columns]
	lowest := [down |
		some [low, high] in ends
		part := low * 10000
		down := (part - (part % (high + 1))) / (high + 1)
	]
	highest := [down |
		some [low, high] in ends
		high > 0
		part := (low + 1) * 10000
		down := (part - (part % high)) / high
	]
	min(lowest) >= units.ratio
}

# What the author states of a metric agrees with its bounds, and so does a limit of the author's own.
plainly_stated(entry, [low, high]) if {
	near(object.get(entry, "value", null), low, high)
	beyond(object.get(entry, "limit", null), known_metrics[entry.name].aggregation, low, high)
}

near(null, _, _)

near(value, low, high) if {
	is_number(value)
	stated := value * 10000
	stated >= high - units.tolerance
	stated <= low + units.tolerance
}

beyond(null, _, _, _)

beyond(limit, "difference", _, high) if {
	is_number(limit)
	limit * 10000 >= high
}

beyond(limit, "ratio", low, _) if {
	is_number(limit)
	limit * 10000 <= low
}
