# METADATA
# title: Fairness
# description: |
#   Bias tests of the cards, read once for all rules: the values of each group, the metrics computed from
#   them, the limits in force, and which evaluations are judged.
# schemas:
# - input: schema.input
package mlgate.lib.fairness

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.text

# METADATA
# title: reports
# description: |
#   One entry per usable card that covers a model and is not exempt: those models, the card's reference and
#   content, its evaluations as the rules need them, those of them in whose table something may be found (`amiss`), the
#   attributes of all and of those that are judged.
reports := [report |
	some given in facts.covering_cards
	card := given.card
	not exempt(card)
	tests := evaluations(card)
	report := object.union(given, {
		"evaluations": tests,
		"amiss": [test | some test in tests; not test.clear],
		"attributes": {test.attribute | some test in tests},
		"judged": {test.attribute | some test in tests; test.judged},
	})
]

# METADATA
# title: exempt
# description: |
#   The tier allows it, the card says in so many words that the model affects nobody, and gives a reason why
#   no bias test applies.
exempt(card) if {
	facts.tier in settings.value.fairness.exemptTiers
	present.get(card, ["intendedUse", "affectsPeople"]) == false
	text.is_text(present.get(card, ["fairness", "notApplicableReason"]))
}

# METADATA
# title: task
# description: What the model does; a card that does not say counts as classification.
task(card) := given if {
	given := present.get(card, ["model", "task"])
	is_string(given)
	present.is_present(given)
} else := "classification"

# METADATA
# title: tabled
# description: Whether the task of the card is one whose group table and metrics the policy prescribes.
tabled(card) if task(card) in settings.value.fairness.requiredMetricsTasks

# METADATA
# title: below
# description: |
#   The first number is smaller than the second; closer than a billionth is equal. Nothing that is no number is
#   smaller or larger than anything.
below(a, b) if {
	a < b
	is_number(a)
	is_number(b)
	b - a >= 0.000000001
}

# METADATA
# title: below_at
# description: The same of one of many pairs, with its place among them, as `number_at` of the library show tells.
below_at(_, a, b) if {
	a < b
	is_number(a)
	is_number(b)
	b - a >= 0.000000001
}

# METADATA
# title: shown
# description: |
#   A number as shown beside another one: with three decimals, and with ten when the two would look the same
#   and are not. A whole number has no decimals that could tell it from another one.
shown(value, other) := shown_at("", value, other)

# METADATA
# title: shown_at
# description: The same of one of many numbers, with its place among them, as `number_at` of the library show tells.
shown_at(place, value, other) := short if {
	short := show.number_at(place, value)
	short != show.number_at(place, other)
} else := trim_right(sprintf("%.10f", [value]), "0") if {
	is_number(value)
	is_number(other)
	abs(value - other) >= 0.000000001
	floor(value) != value
} else := show.number_at(place, value)
