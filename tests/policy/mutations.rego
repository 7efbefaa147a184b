# Every change of one place of a document, and what is decided then. Read by test_mutations.py.
package mutations

import data.mlgate.lib.fixtures_test as fixtures
import data.mlgate.main

# Parts of the document that shipped rules read.
parts := array.concat(
	[["cards", 0, "card", key] |
		some key in ["model", "risk", "intendedUse", "training", "encryption", "logging", "monitoring", "privacy"]
	],
	[
		["cards", 0, "card", "datasets", 0], ["cards", 0, "card", "fairness", "evaluations", 0],
		["cards", 0, "card", "fairness", "agreement"], ["cards", 0, "card", "fairness", "mitigations"],
		["cards", 0, "source"], ["cards", 0, "status"], ["cards", 0, "problems"], ["cards", 0, "digest"],
		["cards", 0, "pinnedDigest"], ["cards", 0, "models"], ["signOffs", 0], ["workload", "labels"],
		["workload", "models"], ["workload", "endpoints"], ["workload", "exposure"], ["workload", "servesModel"],
		["workload", "owner"], ["workload", "features", "confidential"], ["cluster", "namespace"],
		["workload", "features", "requestLogging"],
		["cluster", "peerAuthentication"], ["unavailable"], ["request"], ["change"], ["evaluatedAt"], ["origin"],
		["schemaVersion"],
	],
)

# Each place is taken away, emptied and given a wrong type, one at a time.
mutations := [change |
	some part in parts
	[below, value] := walk(fixtures.passing)
	array.slice(below, 0, count(part)) == part
	some change in [
		{"op": "remove", "path": below},
		{"op": "replace", "path": below, "value": null},
		{"op": "replace", "path": below, "value": mistyped(value)},
	]
]

mistyped(value) := 7 if not is_number(value)

mistyped(value) := "7" if is_number(value)

# Refused for one reason, far from what is changed.
refused := fixtures.with_patch(["workload", "problems"], [{"path": "spec.predictor", "message": "not read"}])

answer(document) := {"allow": decision.allow, "evaluated": count(decision.evaluated)} if {
	decision := main.decision with input as document with data.mlgate.revision as "v1"
} else := null

answers[name] := {"whole": answer(document), "broken": broken} if {
	some name, document in {"allowed": fixtures.passing, "refused": refused}
	broken := [[change.op, change.path, answer(json.patch(document, [change]))] | some change in mutations]
}
