package mlgate.lib.levels_test

import data.mlgate.lib.levels

test_the_highest_tier_wins if {
	levels.max_tier({"minimal", "limited"}) == "limited"
	levels.max_tier(["minimal"]) == "minimal"
}

test_what_is_no_tier_counts_as_high[sprintf("%v", [value])] if {
	some value in [null, "", "HIGH", 1, {}]
	levels.max_tier(["minimal", value]) == "high"
}

test_the_highest_classification_wins if {
	levels.max_classification({"public", "confidential", "internal"}) == "confidential"
}

test_what_is_no_classification_counts_as_restricted[sprintf("%v", [value])] if {
	some value in [null, "", "secret", 1, []]
	levels.max_classification(["public", value]) == "restricted"
}

test_the_strictest_enforcement_wins if {
	levels.strictest(["off", "audit", "warn"]) == "warn"
	levels.strictest(["off"]) == "off"
}

test_what_is_no_enforcement_counts_as_deny if levels.strictest(["off", "block"]) == "deny"

test_enforcements_are_compared if {
	levels.at_least("deny", "warn")
	levels.at_least("warn", "warn")
	not levels.at_least("audit", "warn")
}

test_nothing_has_no_highest if {
	not levels.max_tier([])
	not levels.max_classification([])
	not levels.strictest([])
}

test_every_list_has_its_ranks if {
	{tier | some tier in levels.tiers} == object.keys(levels.tier_rank)
	{class | some class in levels.classifications} == object.keys(levels.classification_rank)
	{action | some action in levels.enforcements} == object.keys(levels.enforcement_rank)
	{severity | some severity in levels.severities} == object.keys(levels.severity_rank)
	levels.profiles[3] == "production"
}
