# METADATA
# title: Tests
# description: |
#   The automated tests a card lists, read once for all rules that ask for one. Of a kind only the newest of the
#   card's own version counts: what passed earlier says nothing once a later run has failed.
# schemas:
# - input: schema.input
package mlgate.lib.tests

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.show

# METADATA
# title: reports
# description: |
#   One entry per usable card that covers a model: those models, the card's reference, content and version, by kind
#   of test the one that counts (`counting`), and by kind where a test of another version stands (`others`).
reports := [report |
	some entry in facts.covering_cards
	version := present.get(entry.card, ["model", "version"])
	trained := present.get(entry.card, ["training", "completedAt"])
	rows := [row | some index, test in present.list(entry.card, "tests"); row := read(index, test, version)]
	report := {
		"models": entry.models,
		"reference": entry.reference,
		"card": entry.card,
		"version": version_shown(version),
		"counting": {kind: counting(runs, trained) | some kind, runs in own(rows)},
		"others": object.union_n([{row.kind: row.index} | some row in rows; not row.own]),
	}
]

# METADATA
# title: passed
# description: Whether the test of a kind that counts passed and is at most so many days old.
passed(report, kind, max_days) if {
	test := report.counting[kind]
	is_null(test.flaw)
	test.age <= max_days
}

# METADATA
# title: scanned
# description: Whether the scan of a kind that counts passed, is young enough and left no critical finding open.
scanned(report, kind, max_days) if {
	passed(report, kind, max_days)
	is_null(report.counting[kind].open)
}

# METADATA
# title: flaw
# description: |
#   What keeps a card from having a passed test of a kind, as `observed`, and where it stands, as `path`; undefined
#   when there is a passed one.
flaw(report, kind, max_days) := lack(report, kind) if not passed(report, kind, max_days)

# METADATA
# title: scan_flaw
# description: The same of a scan, which must have left no critical finding open.
scan_flaw(report, kind, max_days) := lack(report, kind) if {
	not passed(report, kind, max_days)
} else := report.counting[kind].open if {
	not scanned(report, kind, max_days)
}

# METADATA
# title: required
# description: In words, a passed test of a kind that is at most so many days old.
required(kind, max_days) := sprintf("a passed test of kind %s within %v days", [kind, max_days])

lack(report, kind) := report.counting[kind].flaw if {
	is_object(report.counting[kind].flaw)
} else := at(test.index, sprintf("too old (of %s, %d days ago)", [date, test.age])) if {
	test := report.counting[kind]
	date := dates.date(report.card.tests[test.index].date)
} else := at(report.others[kind], "other version") if {
	report.others[kind] >= 0
} else := {"path": "card.tests", "observed": "absent"}

at(index, observed) := {"path": sprintf("card.tests[%d]", [index]), "observed": observed}

# An entry whose date is missing may be the newest of all, and is taken for it.
read(index, test, version) := {
	"index": index,
	"kind": test.kind,
	"day": day(object.get(test, "date", null)),
	"own": is_own(test, version),
	"given": test,
} if {
	is_string(test.kind)
}

undated := 1000000

# METADATA
# title: day
# description: The day of a date; one that is missing or cannot be read lies after all others.
day(date) := dates.day(date) if {
	dates.valid(date)
} else := undated

default is_own(_, _) := false

is_own(test, version) if {
	test.modelVersion == version
	present.is_present(version)
}

# Runs of the card's own version by kind and place.
own(rows) := object.union_n([{row.kind: {row.index: row}} | some row in rows; row.own])

# The newest run; of several of one day the first that has a flaw, for nobody knows which was the last.
counting(runs, trained) := {
	"index": last[0].index,
	"age": dates.today - newest,
	"flaw": first([at(row.index, what) | some row in last; what := failing(row.given, row.day, trained)]),
	"open": first([at(row.index, what) | some row in last; what := left_open(row.given)]),
} if {
	newest := max({row.day | some row in runs})
	last := [row | some row in runs; row.day == newest]
}

first(list) := list[0] if {
	count(list) > 0
} else := null

# What is wrong with a run whatever age is allowed; undefined when nothing is.
failing(test, on, trained) := unsuccessful(test) if {
	not test.result == "passed"
} else := "no report" if {
	not reported(test)
} else := misdated(on, trained)

# METADATA
# title: misdated
# description: |
#   What is wrong with the day something was measured, beside the end of training; undefined when nothing is.
misdated(on, trained) := "no date" if {
	on == undated
} else := "dated in the future" if {
	not past(on)
} else := sprintf("too old (before training ended on %s)", [ended(trained)]) if {
	not after_training(on, trained)
}

unsuccessful(test) := "failed" if {
	test.result == "failed"
} else := "failed (inconclusive)" if {
	test.result == "inconclusive"
} else := "failed (no result)"

reported(test) if {
	is_string(test.report)
	present.is_present(test.report)
}

past(day) if day <= dates.today

after_training(_, trained) if present.absent(trained)

after_training(day, trained) if day >= dates.day(trained)

ended(trained) := dates.date(trained) if {
	dates.valid(trained)
} else := "a day that cannot be read"

left_open(test) := "critical findings not counted" if {
	not is_number(present.get(test, "openCritical"))
} else := sprintf("%s critical findings open", [show.number(test.openCritical)]) if {
	not test.openCritical == 0
}

version_shown(version) := show.cut(version) if {
	present.is_present(version)
} else := "(none)"
