# METADATA
# title: Signals
# description: |
#   What the cards say is watched in production, read once for all rules. A limit counts only as a number, so that a
#   signal whose limit is a word or was left out watches nothing.
# schemas:
# - input: schema.input
package mlgate.lib.signals

import data.mlgate.lib.facts
import data.mlgate.lib.present

# METADATA
# title: reports
# description: |
#   The covering cards of lib facts, each with the signals of its card as given and the kinds of them that have a `baseline`,
#   that are `limited`, and that are `measured`, which takes a limit and a metric it is about.
reports := [object.union(report, {
	"signals": signals,
	"baseline": {given.kind | some given in signals; is_number(given.baseline)},
	"limited": {given.kind | some given in limited},
	"measured": {given.kind | some given in limited; is_string(given.metric); trim(given.metric, present.unseen) != ""},
}) |
	some report in facts.covering_cards
	signals := given(report.card)
	limited := [given | some given in signals; is_number(given.limit)]
]

# METADATA
# title: given
# description: The signals of a card, in its order.
given(card) := present.list(card, ["monitoring", "signals"])

# METADATA
# title: fair
# description: The attributes by which a signal of kind fairness that has a limit is split.
fair(card) := {attribute |
	some signal in given(card)
	signal.kind == "fairness"
	is_number(signal.limit)
	some attribute in present.list(signal, "attributes")
	present.stated(attribute)
}
