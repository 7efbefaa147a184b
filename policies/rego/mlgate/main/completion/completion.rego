# METADATA
# title: Completion
# description: |
#   The words of a finding: message, fix and documentation from the catalogue, with what was found filled
#   in. Values are cut and escaped, because an author of a manifest or a card may have written them.
package mlgate.main.completion

import data.mlgate.lib.facts
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# title: complete
# description: A weighed candidate as the finding that is shown.
complete(finding) := {
	"code": finding.code,
	"severity": finding.severity,
	"enforcement": finding.enforcement,
	"message": show.shorten(strings.replace_n(patterns, words.message), 400),
	"path": show.shorten(finding.path, 400),
	"observed": shown(finding.observed),
	"required": shown(finding.required),
	"fix": show.shorten(strings.replace_n(patterns, words.fix), 1000),
	"docs": docs(finding.code),
	"term": named(finding.term),
	"model": named(finding.model),
} if {
	rule := data.mlgate.catalog[finding.code]
	words := told(finding, rule)
	patterns := {sprintf("{%s}", [name]): word(finding, name) | some name in rule.placeholders}
}

# METADATA
# title: subject
# description: The part of a code before the dot.
subject(code) := split(code, ".")[0]

# The words of a rule are about what it saw. Where a lookup failed it saw nothing.
told(finding, rule) := {
	"message": sprintf("this could not be decided: %s could not be read%s.", [lookup, why(lookup)]),
	"fix": sprintf("Try again when the source of %s answers; nothing is said about the object.", [lookup]),
} if {
	lookup := finding.lookup
} else := rule

why(lookup) := sprintf(" (%s)", [show.cut(reason)]) if {
	reason := [entry.message | some entry in input.unavailable; entry.lookup == lookup; is_string(entry.message)][0]
} else := ""

# What the rule says, else what can be said about any finding.
word(finding, name) := shown(value) if {
	value := finding.values[name]
} else := shown(common(finding, name))

common(finding, name) := finding[name] if name in {"code", "observed", "required"}

common(finding, "model") := model_name(finding.model)

common(_, name) := found if {
	found := generic[name]
} else := "unknown" if {
	not name in {"code", "observed", "required", "model"}
}

generic["namespace"] := facts.namespace if is_string(facts.namespace)

generic["namespace"] := "(none)" if not is_string(facts.namespace)

generic["profile"] := facts.profile

generic["tier"] := facts.tier

generic["classification"] := facts.classification

generic["document"] := facts.document

generic["user"] := facts.requester if is_string(facts.requester)

model_name(id) := show.model(model) if {
	model := models[id]
} else := id if {
	is_string(id)
} else := "the model"

models := {model.id: model | some model in input.workload.models}

shown(value) := show.list(value) if {
	is_array(value)
} else := show.cut(value)

named(value) := show.shorten(value, 253) if {
	is_string(value)
} else := null

docs(code) := sprintf("%s/%s%s#%s", [pages.base, parts[0], pages.suffix, parts[1]]) if {
	parts := split(code, ".")
}

pages := {"base": "docs/rules", "suffix": ".md"} if {
	settings.value.decision.docsBaseUrl == ""
} else := {"base": trim_right(settings.value.decision.docsBaseUrl, "/"), "suffix": ""}
