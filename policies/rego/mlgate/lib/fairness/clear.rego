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
	is_array(test.groups)
	rows := plain_rows(test.groups)
	count(rows) == count(test.groups)
	regex.match(usual_rows, sprintf("%v", [rows]))
	count({lower(trim_space(rows[0][0])), lower(trim_space(rows[1][0]))}) == 2 # which is enough to be several
	spread := spread_of(rows)
	allowed := units.gap
	narrow := [1 | some column in gap_columns; [low, high] := spread[column]; (high - low) + 1 <= allowed]
	count(narrow) == count(gap_columns)
	count([1 | some name in required; within(name, spread)]) == count(required)
	listed := present.list(test, "metrics")
	plain := [1 |
		some index, entry in listed
		[low, high] := within(entry.name, spread)
		near(index, object.get(entry, "value", null), low, high)
		beyond(index, object.get(entry, "limit", null), known_metrics[entry.name].aggregation, low, high)
	]
	count(plain) == count(listed)
}

# METADATA
# title: plain_rows
# description: |
#   The rows of groups that state four counts and maybe their sum: name, true and false positives, true and false
#   negatives, and the sum. To take a row apart by all its keys tells at once that it has no others.
plain_rows(groups) := [[name, tp, fp, tn, fn, total] |
	some {
		"group": name, "count": total,
		"truePositives": tp, "falsePositives": fp, "trueNegatives": tn, "falseNegatives": fn,
	} in groups
] if {
	groups[0].count
} else := [[name, tp, fp, tn, fn, sum(counts)] |
	some {
		"group": name,
		"truePositives": tp, "falsePositives": fp, "trueNegatives": tn, "falseNegatives": fn,
	} in groups
	counts := [tp, fp, tn, fn]
	is_number(min(counts)) # Null ranks below the numbers, and text above them, and of these there is no sum.
	is_number(max(counts))
]

# As text, a name that begins with neither a blank nor what stands for no name, and whole numbers, of which true
# positives and true negatives are none of them zero, so that there is no division by zero.
usual_rows := `^\[(\["[^" (\\][^"\\]*", [1-9]\d{0,8}, \d{1,9}, [1-9]\d{0,8}, \d{1,9}, \d{1,10}\](, )?)+\]$`

gap_columns := settings.value.fairness.groupMetrics

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

# METADATA
# title: spread_of
# description: |
#   By column, the lowest and the highest value of all groups, each rounded down to ten-thousandths; undefined when
#   a group has too few rows or states another sum.
spread_of(rows) := {column: [min(values), max(values)] |
	some index, column in ["selectionRate", "accuracy", "precision", "recall", "falsePositiveRate"]
	values := [value | value := shares[_][index]]
} if {
	fewest := settings.value.fairness.minGroupCount
	shares := [row |
		some [_, tp, fp, tn, fn, stated] in rows
		selected := tp + fp
		positive := tp + fn
		negative := fp + tn
		total := positive + negative
		total == stated
		total >= fewest
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
	count(shares) == count(rows)
}

# METADATA
# title: within
# description: Bounds of a known metric, in ten-thousandths; undefined when they are not both within the policy's limit.
within(name, spread) := bounds(metric.aggregation, spread[column]) if {
	metric := known_metrics[name]
	[column] := metric.columns
} else := [max(lows), max(highs)] if {
	known_metrics[name].aggregation == "difference"
	[lows, highs] := both(known_metrics[name], spread)
} else := [min(lows), min(highs)] if {
	[lows, highs] := both(known_metrics[name], spread)
}

both(metric, spread) := [[first[0], second[0]], [first[1], second[1]]] if {
	first := bounds(metric.aggregation, spread[metric.columns[0]])
	second := bounds(metric.aggregation, spread[metric.columns[1]])
}

bounds("difference", [low, high]) := [gap - 1, gap + 1] if {
	gap := high - low
	gap + 1 <= units.difference
}

bounds("ratio", [low, high]) := [lowest, highest + 1] if {
	part := low * 10000
	whole := high + 1
	lowest := (part - (part % whole)) / whole
	lowest >= units.ratio
	high > 0
	more := part + 10000
	highest := (more - (more % high)) / high
}

# What the author states of a metric agrees with its bounds, and so does a limit of the author's own.
near(_, null, _, _)

near(_, value, low, high) if {
	is_number(value)
	stated := value * 10000
	stated >= high - units.tolerance
	stated <= low + units.tolerance
}

beyond(_, null, _, _, _)

beyond(_, limit, "difference", _, high) if {
	is_number(limit)
	limit * 10000 >= high
}

beyond(_, limit, "ratio", low, _) if {
	is_number(limit)
	limit * 10000 <= low
}
