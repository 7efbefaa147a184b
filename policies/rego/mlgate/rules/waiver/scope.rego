package mlgate.rules.waiver

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show
import data.mlgate.lib.text
import data.mlgate.lib.waivers

# METADATA
# scope: rule
# title: A waiver is narrow and explained
# description: |
#   A Waiver lists no codes, or one that does not exist or cannot be waived in its namespace; names neither a
#   workload nor a digest nor a model with version; holds a part that cannot be read; or gives no reason or
#   ticket.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
#   description: Kubernetes, validating admission policies
# custom:
#   code: waiver.scope_invalid
#   controls: [P05]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [waiver]}
#   per: request
#   enforcement: {sandbox: deny, development: deny, staging: deny, production: deny}
#   settings: [waiver.neverWaivable, waiver.notWaivableIn]
#   alsoUses: [documentation.minTextLength, documentation.placeholderTexts]
#   message: "waiver {waiver} is not specific enough: {observed}."
#   fix: "Name exact codes, a workload, a digest or a model with version in spec.subject, a reason and a ticket."
deny contains finding if {
	"waiver" in facts.objects
	count(scope_flaws) > 0
	finding := result.candidate(rego.metadata.rule(), {
		"path": "spec",
		"observed": show.list(scope_flaws),
		"required": "exact codes, a subject, a reason and a ticket",
		"values": {"waiver": waiver_name},
	})
}

scope_flaws contains "spec.codes names no code" if not lists_codes

scope_flaws contains "spec.codes holds something that is no code" if {
	some code in stated("codes")
	not is_string(code)
}

scope_flaws contains sprintf("code %s does not exist", [show.cut(code)]) if {
	some code in stated("codes")
	is_string(code)
	not data.mlgate.catalog[code]
}

scope_flaws contains sprintf("code %s cannot be waived in profile %s", [show.cut(code), facts.profile]) if {
	some code in stated("codes")
	not waivers.waivable(code)
}

scope_flaws contains "spec.terms is no list of words" if not lists_terms

scope_flaws contains "spec.subject names no workload, digest or model with version" if {
	not waivers.sufficient(stated("subject"))
}

# A part of another type would be read as not given, and the waiver would be wider than it looks.
scope_flaws contains sprintf("spec.subject.%s cannot be read", [part]) if {
	some part in ["model", "version", "digest"]
	value := present.get(stated("subject"), part)
	value != null
	not is_string(value)
}

scope_flaws contains "spec.subject.workload needs kind and name" if {
	workload := present.get(stated("subject"), "workload")
	workload != null
	not waivers.sufficient({"workload": workload})
}

scope_flaws contains "spec.reason says nothing" if not explained

scope_flaws contains "spec.ticket is missing" if not ticketed

stated(key) := present.get(input, ["object", "spec", key])

lists_codes if {
	is_array(stated("codes"))
	count(stated("codes")) > 0
}

lists_terms if stated("terms") == null

lists_terms if {
	is_array(stated("terms"))
	every term in stated("terms") {
		is_string(term)
	}
}

explained if {
	is_string(stated("reason"))
	text.is_text(stated("reason"))
}

ticketed if {
	is_string(stated("ticket"))
	present.is_present(stated("ticket"))
}
