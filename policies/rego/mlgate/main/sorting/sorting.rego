# METADATA
# title: Sorting
# description: The order in which findings and codes are told, so that one question has one answer.
package mlgate.main.sorting

import data.mlgate.lib.levels

# METADATA
# title: findings
# description: Findings by severity, code and term.
findings(found) := [last[4] |
	some last in sort([[levels.severity_rank[one.severity], one.code, one.term, one.model, one] | some one in found])
]

# METADATA
# title: codes
# description: Entries of an object by its keys.
codes(entries) := [entries[code] | some code in sort(object.keys(entries))]
