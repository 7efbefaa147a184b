# METADATA
# title: Soundness of the site's settings
# description: What a site put over the shipped settings must fit them; what does not fit is not used, and is told.
package mlgate.rules.settings

import data.mlgate.lib.result
import data.mlgate.lib.settings

# METADATA
# scope: rule
# title: Site settings are sound
# description: |
#   Every override has a known name and a value of the right type and range, names codes, profiles and
#   actions that exist, and lowers no locked code. Whoever builds a bundle with mlgate is refused earlier.
# related_resources:
# - ref: https://www.openpolicyagent.org/docs/external-data
#   description: Open Policy Agent, ways to load data
# custom:
#   code: settings.invalid
#   controls: [P02]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route, signOff, waiver]}
#   per: setting
#   enforcement: {sandbox: warn, development: warn, staging: deny, production: deny}
#   message: "site setting {key} is not valid: {observed}; the shipped value is used."
#   fix: "Correct or remove {key} in the site's policy settings."
deny contains finding if {
	settings.customised
	some override in settings.invalid
	finding := result.candidate(rego.metadata.rule(), {
		"path": concat(".", ["settings", override.key]),
		"term": override.key,
		"observed": override.observed,
		"required": "a known setting with a value of the shipped kind",
		"values": {"key": override.key},
	})
}
