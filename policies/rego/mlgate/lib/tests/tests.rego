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
#   The covering cards of lib facts, each with its version as shown, the end of its training, and by kind the tests of
#   its own version (`own`).
reports := [object.union(entry, {"version": version_shown(version), "trained": trained, "own": own}) |
	some index, entry in facts.covering_cards
	version := present.get(entry.card, ["model", "version"])
	trained := present.get(entry.card, ["training", "completedAt"])
	own := object.get(by_report, index, {})
]

# METADATA
# title: scanned
# description: Whether the scan of a kind that counts passed, is young enough and left no critical finding open.
scanned(report, kind, max_days) if not scan_flaw(report, kind, max_days)

# METADATA
# title: flaw
# description: |
#   What keeps a card from having a passed test of a kind, as `observed`, and where it stands, as `path`; undefined
#   when there is a passed one.
flaw(report, kind, max_days) := lack(report, kind, max_days) if not passed(report, kind, max_days)

# The only run of its kind passed, which is the usual case and takes no words.
passed(report, kind, max_days) if {
	runs := report.own[kind]
	count(runs) == 1
	some run in runs
	test := run.test
	test.result == "passed"
	is_string(test.report)
	trim(test.report, present.unseen) != ""
	dates.within_days(test.date, max_days)
	after_training(test.date, report.trained)
}

# METADATA
# title: scan_flaw
# description: The same of a scan, which must have left no critical finding open.
scan_flaw(report, kind, max_days) := found if {
	found := flaw(report, kind, max_days)
} else := flaws[0] if {
	flaws := [at(run.at, left_open(run.test)) |
		some run in newest(report.own[kind])
		not run.test.openCritical == 0
	]
}

# METADATA
# title: required
# description: In words, a passed test of a kind that is at most so many days old.
required(kind, max_days) := sprintf("a passed test of kind %s within %v days", [kind, max_days])

# Filled in one pass over all tests, however many kinds they are of.
by_report := grouped

grouped[index][kind] contains {"at": at, "test": test} if {
	some index, entry in facts.covering_cards
	version := present.get(entry.card, ["model", "version"])
	present.is_present(version)
	some at, test in present.list(entry.card, "tests")
	test.modelVersion == version
	kind := test.kind
}

# The newest run; several if they are of one day, for nobody knows which was the last. An entry whose date is missing
# may be the newest of all, and is taken for it.
newest(runs) := runs if {
	count(runs) == 1
} else := {run | some run in runs; day(run.test) == last} if {
	last := max({day(run.test) | some run in runs})
}

day(test) := given if {
	given := dates.day(test.date)
} else := 1000000

after_training(date, trained) if dates.on_or_after(date, trained)

after_training(_, trained) if present.absent(trained)

lack(report, kind, max_days) := flaws[0] if {
	flaws := [at(run.at, words) |
		some run in newest(report.own[kind])
		words := failing(run.test, report.trained, max_days)
	]
} else := at(others[count(others) - 1], "other version") if {
	not report.own[kind]
	others := [index | some index, test in present.list(report.card, "tests"); test.kind == kind]
} else := {"path": "card.tests", "observed": "absent"} if {
	not report.own[kind]
}

at(index, observed) := {"path": sprintf("card.tests[%d]", [index]), "observed": observed}

# What keeps a run from having passed; undefined when nothing does.
failing(test, trained, max_days) := unsuccessful(test) if {
	not test.result == "passed"
} else := "no report" if {
	not present.stated(present.get(test, "report"))
} else := words if {
	words := misdated(present.get(test, "date"), trained)
} else := sprintf("too old (of %s, %d days ago)", [dates.date(test.date), dates.age(test.date)]) if {
	not recent(test, max_days)
}

recent(test, max_days) if dates.within_days(test.date, max_days)

# METADATA
# title: misdated
# description: |
#   What is wrong with the date something was measured on, beside the end of training; undefined when nothing is.
misdated(date, trained) := "no date" if {
	not dates.valid(date)
} else := "dated in the future" if {
	not past(date)
} else := sprintf("too old (before training ended on %s)", [ended(trained)]) if {
	not after_training(date, trained)
}

past(date) if dates.on_or_after(input.evaluatedAt, date)

ended(trained) := date if {
	date := dates.date(trained)
} else := "a day that cannot be read"

unsuccessful(test) := "failed" if {
	test.result == "failed"
} else := "failed (inconclusive)" if {
	test.result == "inconclusive"
} else := "failed (no result)"

left_open(test) := "critical findings not counted" if {
	not is_number(present.get(test, "openCritical"))
} else := sprintf("%s critical findings open", [show.number(test.openCritical)])

version_shown(version) := show.cut(version) if {
	present.is_present(version)
} else := "(none)"
