package mlgate.lib.facts

import data.mlgate.lib.levels
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: profile
# description: |
#   The profile the namespace declares, if it exists and the namespace may use it; else the default one.
profile := declared_profile if {
	profile_permitted
} else := settings.value.decision.defaultProfile

declared_profile := input.cluster.namespace.labels["mlgate.dev/profile"]

profile_permitted if declared_profile == "production"

profile_permitted if {
	declared_profile in levels.profiles
	some pattern in settings.value.environment.relaxedNamespaces[declared_profile]
	matches(pattern, input.cluster.namespace.name)
}

# METADATA
# title: matches
# description: Whether a name matches a pattern in which `*` stands for any run of characters.
matches("*", _)

matches(pattern, name) if {
	is_string(name)
	escaped := regex.replace(pattern, `[^a-zA-Z0-9*]`, `\$0`)
	regex.match(concat("", ["^", replace(escaped, "*", ".*"), "$"]), name)
}

# METADATA
# title: tier
# description: |
#   The highest risk tier of the labels and of every usable card about the object; a card without one counts as high. Null
#   for objects that start no model.
tier := null if {
	not is_workload
} else := highest if {
	highest := levels.max_tier(stated_tiers)
} else := settings.value.decision.defaultTier

is_workload if is_object(input.workload)

stated_tiers contains input.workload.labels["mlgate.dev/risk-tier"]

stated_tiers contains input.cluster.namespace.labels["mlgate.dev/risk-tier"]

stated_tiers contains present.get(card.card, ["risk", "tier"]) if some card in telling_cards

# METADATA
# title: classification
# description: |
#   The highest data class of the label and of the datasets of every usable card about the object; a dataset without one
#   counts as restricted. Null for objects that start no model.
classification := null if {
	not is_workload
} else := highest if {
	highest := levels.max_classification(stated_classifications)
} else := settings.value.decision.defaultClassification

stated_classifications contains input.workload.labels["mlgate.dev/data-classification"]

stated_classifications contains present.get(dataset, "classification") if {
	some card in telling_cards
	some dataset in present.list(card.card, "datasets")
}
