package mlgate.rules.rollback

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Phased rollout
# description: |
#   A change of models sends all traffic to the new version at once, or more than the largest first step.
# related_resources:
# - ref: https://www.nist.gov/itl/ai-risk-management-framework
#   description: NIST AI RMF MANAGE 2.2
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.32
# - ref: https://www.iso.org/standard/42001
#   description: ISO/IEC 42001 A.6.2.5
# custom:
#   code: rollback.rollout_not_phased
#   controls: [C107]
#   severity: medium
#   priority: 2
#   appliesWhen: {objects: [serving], tiers: [high], when: an update changes the models of a kind in rollback.phasedKinds}
#   per: request
#   enforcement: {sandbox: "off", development: "off", staging: audit, production: warn}
#   settings: [rollback.phasedKinds, rollback.maxFirstPercent]
#   message: "{document} sends all traffic to a new model version at once: {observed}."
#   fix: "Start with a canary of at most {required} percent (KServe: spec.predictor.canaryTrafficPercent), a shadow or a blue/green rollout at {location}."
deny contains finding if {
	input.request.operation == "UPDATE"
	not input.change.models == false
	facts.kind_with_group in settings.value.rollback.phasedKinds
	not phased
	finding := result.candidate(rego.metadata.rule(), {
		"path": rollout_path,
		"observed": rollout_shown,
		"required": show.number(settings.value.rollback.maxFirstPercent),
		"values": {"location": rollout_path},
	})
}

phased if input.workload.rollout.strategy in {"shadow", "blueGreen"}

phased if {
	input.workload.rollout.strategy == "canary"
	present.amount(percent)
	percent <= settings.value.rollback.maxFirstPercent
}

percent := present.get(input.workload, ["rollout", "canaryPercent"])

rollout_path := input.workload.rollout.path if {
	present.stated(input.workload.rollout.path)
} else := "spec"

rollout_shown := sprintf("canary of %s percent", [show.number(percent)]) if {
	input.workload.rollout.strategy == "canary"
} else := "canary without a percentage" if {
	input.workload.rollout.strategy == "canary"
} else := sprintf("strategy %s", [show.cut(input.workload.rollout.strategy)]) if {
	present.stated(input.workload.rollout.strategy)
} else := "no strategy"
