package mlgate.main

import data.mlgate.lib.facts
import data.mlgate.lib.judgement
import data.mlgate.lib.levels
import data.mlgate.lib.settings
import data.mlgate.lib.waivers
import data.mlgate.main.completion

# The waiver that lifts each finding: the first that does.
applied[finding] := applying[0] if {
	waivers.given
	some finding in judgement.judged
	applying := waivers.lifting(finding)
}

remaining contains finding if {
	some finding in judgement.judged
	not applied[finding]
}

# Waivers are spoken of last, when it is known which were used.
remaining contains finding if {
	some candidate in data.mlgate.rules.waiver.late
	judgement.counts(candidate)
	finding := judgement.weigh(candidate)
}

hidden := implied | surplus

# One message that a card is missing stands for all that the card would have had to say, as long as it
# weighs as much.
implied contains finding if {
	some finding in remaining
	finding.path == "card"
	finding.observed == "no usable card"
	some action in told_without_card[finding.model]
	levels.at_least(action, finding.enforcement)
}

# Of one code no more is told than anybody reads; the rest is counted. What is left of it denies as much.
surplus contains finding if {
	count(in_order) > most_told
	some at, [code, finding] in in_order
	in_order[at - most_told][0] == code
}

# All that is told goes into one answer, so that of very many findings fewer of each code are told.
most_told := 10 if {
	count(in_order) > 1000
} else := 100

# Those of one code stand together: counted by their places, for a group of its own for each code costs far more.
in_order := sort([[finding.code, finding] | some finding in (remaining - implied)])

# How strictly each model is told that it has no usable card. All of them at once: asked for one model, the rule
# below would read every finding again.
told_without_card := without_card

without_card[finding.model] contains finding.enforcement if {
	some finding in remaining
	finding.code in {"model_card.missing", "model_card.unavailable", "model_card.invalid"}
}

standing := {action: told |
	some action in ["deny", "warn", "audit"]
	told := {completion.complete(finding) |
		some finding in lowered
		finding.enforcement == action
	}
}

lowered := remaining - hidden if {
	as_weighed
} else := {lower(finding) | some finding in (remaining - hidden)}

# Everything is enforced as it was weighed, so that no finding need be asked.
as_weighed if {
	mode == "enforce"
	unchanged == false
	not "runtime" in facts.objects
}

lifted contains object.union(completion.complete(lower(finding)), {"waiver": waiver}) if {
	some finding, waiver in applied
}

# METADATA
# title: unchanged
# description: The update changes nothing that the rules can see.
default unchanged := false

unchanged if {
	is_object(input.workload)
	input.request.operation == "UPDATE"
	input.change.any == false
}

# METADATA
# title: mode
# description: What the gate does with denials in the profile in force.
mode := settings.value.decision.mode[facts.profile]

lower(finding) := object.union(finding, {"enforcement": in_mode(finding, of_template(finding, at_rest(finding)))})

at_rest(finding) := settings.value.decision.unchangedUpdate if {
	unchanged
	finding.enforcement == "deny"
} else := finding.enforcement

of_template(finding, action) := settings.value.decision.runtimeObjects if {
	action == "deny"
	"runtime" in facts.objects
	not of_manifest(finding)
} else := action

# About the template itself, which nothing judges again.
of_manifest(finding) if completion.subject(finding.code) in {"input", "workload", "secrets"}

in_mode(finding, action) := capped if {
	not fixed(finding)
	ceiling := {"enforce": 3, "warn": 2, "audit": 1}[mode]
	capped := levels.enforcements[min([levels.enforcement_rank[action], ceiling])]
} else := action

# Never lowered by the mode: records would keep what a trial let in.
fixed(finding) if completion.subject(finding.code) in {"input", "settings"}

fixed(_) if count(facts.objects & {"signOff", "waiver"}) > 0
