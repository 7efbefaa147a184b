# METADATA
# title: Datasets
# description: |
#   The datasets of the cards, read once for all rules. What an author leaves out counts against the card: a dataset
#   is personal and used for training unless it says otherwise.
# schemas:
# - input: schema.input
package mlgate.lib.datasets

import data.mlgate.lib.facts
import data.mlgate.lib.fairness
import data.mlgate.lib.present

# METADATA
# title: reports
# description: The covering cards of lib facts, each with the datasets of its card as `entries` describes them.
reports := [object.union(report, {"datasets": entries(report.card)}) | some report in facts.covering_cards]

# METADATA
# title: entries
# description: |
#   The datasets of a card in its order: index, name for a message (`label`), where it stands (`path`), the dataset as
#   given, and whether it is `personal` and `training`. An item that is no object is a dataset that says nothing.
entries(card) := [entry |
	some index, dataset in present.list(card, "datasets")
	entry := {
		"index": index,
		"label": fairness.label(present.get(dataset, "name")),
		"path": sprintf("card.datasets[%d]", [index]),
		"given": dataset,
		"personal": personal(dataset),
		"training": training(dataset),
	}
]

default personal(_) := true

personal(dataset) := false if dataset.personalData in {"none", "anonymized"}

default training(_) := true

training(dataset) := false if dataset.role in {"validation", "test"}
