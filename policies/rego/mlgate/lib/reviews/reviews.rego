# METADATA
# title: Reviews
# description: |
#   The reviews of the cards, read once for all rules, and what keeps the newest one of a kind from counting.
# schemas:
# - input: schema.input
package mlgate.lib.reviews

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present

# METADATA
# title: reports
# description: The covering cards of lib facts, each with the reviews of its card by kind.
reports := [object.union(report, {"reviews": object.get(by_report, index, {})}) |
	some index, report in facts.covering_cards
]

# METADATA
# title: lack
# description: |
#   Why a report has no current review of a kind: where to look (`path`) and what was found (`observed`). Undefined if
#   it has one. `days` is how old the review may be; `traits` are fields of it that have to be true, each with what to
#   say if it is not, as in {"independent": "not independent"}. Reviews of one day are equally new and all of them must
#   be good, so that a failure cannot be outdone by a second opinion of the same day.
lack(report, kind, days, traits) := fault(report, kind, days, traits) if not accepted(report, kind, days, traits)

fault(report, kind, _, _) := {"path": "card.reviews", "observed": "none"} if not report.reviews[kind]

fault(report, kind, days, traits) := {"path": path(first), "observed": concat(" and ", problems(first, days, traits))} if {
	reviews := report.reviews[kind]
	last := max({day(review.given) | some review in reviews})
	faulty := [review |
		some review in reviews
		day(review.given) == last
		count(problems(review, days, traits)) > 0
	]
	first := faulty[0]
}

# The only review of its kind has no problem, which is the usual case and takes no words.
accepted(report, kind, days, traits) if {
	reviews := report.reviews[kind]
	count(reviews) == 1
	some review in reviews
	given := review.given
	given.outcome in {"passed", "accepted"}
	dates.within_days(given.date, days)
	is_string(given.by)
	trim(given.by, present.unseen) != ""
	is_string(given.report)
	trim(given.report, present.unseen) != ""
	object.subset(given, all_true(traits))
	validity(given) == ""
}

all_true(traits) := {trait: true | some trait, _ in traits}

# METADATA
# title: path
# description: Where a review stands.
path(review) := sprintf("card.reviews[%d]", [review.at])

# Filled in one pass over all reviews, however many kinds they are of; asked for one kind it would be a pass for each.
by_report := grouped

grouped[index][kind] contains {"at": at, "given": given} if {
	some index, report in facts.covering_cards
	some at, given in present.list(report.card, "reviews")
	kind := given.kind
}

# A review without a date may be the newest of all, and is taken for it.
day(given) := found if {
	found := dates.day(given.date)
} else := undated

# A day after all that are possible.
undated := 1000000

problems(review, days, traits) := array.concat(
	[words | some words in [outcome(review.given), age(review.given, days), validity(review.given)]; words != ""],
	array.concat(gaps(review.given), [words | some trait, words in traits; not review.given[trait] == true]),
)

# METADATA
# title: outcome
# description: What speaks against the outcome of a review; an empty string if nothing does.
outcome(given) := "" if {
	given.outcome in {"passed", "accepted"}
} else := "failed" if {
	given.outcome == "failed"
} else := "no outcome"

age(given, days) := sprintf("done %s", [when]) if {
	when := dates.overdue(present.get(given, "date"), days)
} else := ""

# METADATA
# title: validity
# description: What speaks against the end of a review's validity; an empty string if nothing does.
validity(given) := "" if {
	object.get(given, "validUntil", null) == null
} else := "" if {
	dates.ahead(given.validUntil)
} else := "" if {
	present.absent(given.validUntil)
} else := sprintf("valid until %s", [day_shown]) if {
	day_shown := dates.date(given.validUntil)
} else := "no possible end of validity"

gaps(given) := [words |
	some field, words in {"by": "nobody is named", "report": "no report"}
	not answered(given, field)
]

answered(given, field) if present.stated(given[field])
