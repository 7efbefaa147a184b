# METADATA
# title: Orders
# description: The orders of risk tiers, data classes, severities and enforcements.
package mlgate.lib.levels

profiles := ["sandbox", "development", "staging", "production"]

tiers := ["minimal", "limited", "high"]

classifications := ["public", "internal", "confidential", "restricted"]

# From the mildest to the strictest.
enforcements := ["off", "audit", "warn", "deny"]

# From the first to be shown to the last.
severities := ["critical", "high", "medium", "low"]

tier_rank := {"minimal": 0, "limited": 1, "high": 2}

classification_rank := {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}

enforcement_rank := {"off": 0, "audit": 1, "warn": 2, "deny": 3}

severity_rank := {"critical": 0, "high": 1, "medium": 2, "low": 3}

# METADATA
# title: max_tier
# description: |
#   The highest tier of a set or list; anything that is no tier counts as high. Undefined when it is empty.
max_tier(given) := "high" if {
	some x in given
	not x in {"minimal", "limited"}
} else := "limited" if {
	"limited" in given
} else := "minimal" if {
	"minimal" in given
}

# METADATA
# title: max_classification
# description: |
#   The highest data class of a set or list; anything that is none counts as restricted. Undefined when it
#   is empty.
max_classification(given) := "restricted" if {
	some x in given
	not x in {"public", "internal", "confidential"}
} else := "confidential" if {
	"confidential" in given
} else := "internal" if {
	"internal" in given
} else := "public" if {
	"public" in given
}

# METADATA
# title: strictest
# description: The strictest enforcement of a set or list; anything that is none counts as deny.
strictest(given) := "deny" if {
	some x in given
	not x in {"off", "audit", "warn"}
} else := "warn" if {
	"warn" in given
} else := "audit" if {
	"audit" in given
} else := "off" if {
	"off" in given
}

# METADATA
# title: at_least
# description: Whether one enforcement is as strict as another or stricter.
at_least(a, b) if enforcement_rank[a] >= enforcement_rank[b]
