# METADATA
# title: Decision
# description: One answer to one question. There is no other entrypoint.
package mlgate.main

import data.mlgate.lib.facts
import data.mlgate.lib.judgement
import data.mlgate.lib.settings
import data.mlgate.main.completion
import data.mlgate.main.sorting

# METADATA
# scope: document
# title: decision
# description: |
#   May the object be stored, and why not. Undefined when the rules that are loaded are not those of the
#   catalogue; whoever asks takes that for an engine that does not answer.
# entrypoint: true
decision := verdict if {
	count(malformed) == 0
	judgement.complete
	verdict := {
		"allow": count(standing.deny) == 0,
		"profile": facts.profile,
		"tier": facts.tier,
		"classification": facts.classification,
		"mode": mode,
		"unchanged": unchanged,
		"violations": sorting.findings(standing.deny),
		"warnings": sorting.findings(standing.warn),
		"audited": sorting.findings(standing.audit),
		"waived": sorting.findings(lifted),
		"suppressed": count(hidden),
		"skipped": sorting.codes(judgement.skipped),
		"evaluated": judgement.evaluated,
		"revision": revision,
	}
}

decision := verdict if {
	some finding in malformed
	verdict := {
		"allow": false,
		"profile": settings.value.decision.defaultProfile,
		"tier": null,
		"classification": null,
		"mode": settings.value.decision.mode[settings.value.decision.defaultProfile],
		"unchanged": false,
		"violations": [completion.complete(finding)],
		"warnings": [],
		"audited": [],
		"waived": [],
		"suppressed": 0,
		"skipped": [{"code": code, "reason": "invalidInput", "detail": finding.code} |
			some code in data.mlgate.indexes.codes
			not code == finding.code
		],
		"evaluated": [finding.code],
		"revision": revision,
	}
}

# A question in an unknown form is refused before a rule reads it.
malformed contains finding if {
	some candidate in data.mlgate.rules.input.deny
	finding := object.union(candidate, {
		"severity": data.mlgate.catalog[candidate.code].severity,
		"enforcement": "deny",
	})
}

# The bundle build writes it. Without it the answer is no complete decision.
default revision := ""

revision := data.mlgate.revision
