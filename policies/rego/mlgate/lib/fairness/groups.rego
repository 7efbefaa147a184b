package mlgate.lib.fairness

import data.mlgate.lib.present

columns := {"selectionRate", "accuracy", "precision", "recall", "falsePositiveRate", "count"}

cells := ["truePositives", "falsePositives", "trueNegatives", "falseNegatives"]

unnamed := "(unnamed)"

# METADATA
# title: label
# description: A name as given; `(unnamed)` for what is no name.
label(name) := name if {
	is_string(name)
	trim_space(name) != ""
} else := unnamed

# METADATA
# title: group
# description: |
#   One row of a group table: the name of the group, its six columns (null where they cannot be computed), and
#   the row as given. The first argument is its place in the table.
group(index, row) := {"name": label(object.get(row, "group", null)), "columns": counted, "given": row} if {
	counted := counted_columns(index, row)
} else := {"name": label(object.get(row, "group", null)), "columns": derived, "given": row} if {
	derived := derived_columns(index, row)
} else := {
	"name": label(object.get(fields, "group", null)),
	"columns": {name: stated(index, fields, name) | some name in columns},
	"given": row,
} if {
	fields := fields_of(index, row)
}

# All columns, where each of them can be computed from the four counts.
counted_columns(_, row) := {
	"count": total,
	"selectionRate": selected / total,
	"accuracy": (tp + tn) / total,
	"precision": tp / selected,
	"recall": tp / positive,
	"falsePositiveRate": fp / negative,
} if {
	tp := row.truePositives
	fp := row.falsePositives
	tn := row.trueNegatives
	fn := row.falseNegatives
	min([tp, fp, tn, fn]) >= 0
	is_number(max([tp, fp, tn, fn]))
	selected := tp + fp
	positive := tp + fn
	negative := fp + tn
	min([selected, positive, negative]) > 0
	total := positive + negative
}

# METADATA
# title: column
# description: |
#   The value of a group, of which the place in the table comes first, under the name of a column or of an entry of
#   `values`; null when it has none.
column(index, group_row, name) := value if {
	value := group_row.columns[name]
} else := n if {
	n := object.get(fields_of(index, group_row.given), ["values", name], null)
	is_number(n)
} else := null

# METADATA
# title: derived_columns
# description: |
#   The columns of a row with four counts; undefined when one of them is missing. Null has the lowest and a
#   string a higher rank than numbers, so two comparisons tell whether all four are counts. `group` does the
#   same by itself where no denominator is zero, which is the usual row.
derived_columns(_, row) := {
	"count": total,
	"selectionRate": share(tp + fp, total),
	"accuracy": share(tp + tn, total),
	"precision": share(tp, tp + fp),
	"recall": share(tp, tp + fn),
	"falsePositiveRate": share(fp, fp + tn),
} if {
	[tp, fp, tn, fn] := [row.truePositives, row.falsePositives, row.trueNegatives, row.falseNegatives]
	min([tp, fp, tn, fn]) >= 0
	is_number(max([tp, fp, tn, fn]))
	total := (tp + fp) + (tn + fn)
}

share(part, whole) := part / whole if {
	whole > 0
} else := null

# Four counts of which one is no count make the row worthless: what is stated beside them is not believed either.
stated(index, fields, name) := n if {
	n := object.get(fields, name, null)
	is_number(n)
	n >= 0
	credible(index, name, n)
	not all_cells(index, fields)
} else := null

credible(_, "count", _)

credible(_, _, n) if n <= 1

all_cells(_, row) if {
	every cell in cells {
		present.is_present(row[cell])
	}
}
