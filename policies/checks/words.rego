# METADATA
# title: Words of the annotations
# description: The keys METADATA may have under `custom`, and the lists its values are chosen from.
package checks.words

# METADATA
# title: required
# description: Keys that every rule has.
required := {
	"code", "controls", "severity", "priority", "appliesWhen", "per",
	"enforcement", "message", "fix",
}

# METADATA
# title: keys
# description: Keys that a rule may have.
keys := required | {
	"needs", "configuredBy", "raise", "effectiveOn", "topLevelOnly",
	"pair", "settings", "alsoUses",
}

# METADATA
# title: known
# description: By what is chosen, the words there are.
known := {
	"severity": ["critical", "high", "medium", "low"],
	"priority": [1, 2, 3],
	"profile": ["sandbox", "development", "staging", "production"],
	"action": ["deny", "warn", "audit", "off"],
	"object": [
		"any", "serving", "training", "runtime", "route", "modelCard",
		"signOff", "waiver", "namespace", "cloudIam",
	],
	"tier": ["minimal", "limited", "high"],
	"classification": ["public", "internal", "confidential", "restricted"],
	"lookup": [
		"request.userInfo", "cluster.namespace", "cluster.references", "cluster.serviceAccounts",
		"cluster.storageClasses", "cluster.secrets", "cluster.configMaps", "cluster.peerAuthentication",
		"cluster.networkPolicies", "cluster.authorizationPolicies", "cluster.region", "signOffs", "waivers",
		"evidence.modelSignatures", "evidence.imageSignatures", "evidence.attestations", "evidence.registry",
	],
	"granularity": [
		"request", "model", "card", "artifact", "dataset", "attribute", "metric", "group", "container", "env",
		"location", "volume", "pod", "reference", "label", "requirement", "signOff", "waiver", "signal",
		"supplier", "credential", "role", "alert", "incident", "finding", "certificate", "setting", "rule",
	],
	"placeholder": [
		"alert", "approver", "artifact", "attribute", "card", "classification", "code", "container",
		"credential", "dataset", "date", "document", "env", "group", "image", "incident", "key", "kind",
		"location", "metric", "model", "name", "namespace", "observed", "profile", "region", "required", "role",
		"signoff", "supplier", "tier", "uri", "user", "value", "version", "volume", "waiver",
	],
}
