# METADATA
# title: Result
# description: |
#   What a rule says when it is violated: a candidate. The entrypoint adds severity, enforcement, message,
#   fix and address of the documentation from the catalogue.
package mlgate.lib.result

# METADATA
# title: candidate
# description: |
#   A candidate from the rule's own annotation (`rego.metadata.rule()`) and its fields: path, term, model,
#   observed, required, and values, which holds the placeholders of message and fix that are not generic.
#   A field that is left out is null; values that are left out are empty.
candidate(annotation, fields) := object.union_n([
	{"path": "", "term": null, "model": null, "observed": "", "required": "", "values": {}},
	fields,
	{"code": annotation.custom.code},
])
