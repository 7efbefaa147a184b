package mlgate.rules.secrets

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: Credentials are rotated
# description: |
#   A Secret the workload refers to was rotated too long ago, as the cluster says or, where it is not asked, the
#   card; or neither says when. Every other credential of the card is judged by its own date.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.5.17
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 8.3.9 and 8.6.3
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.1
# custom:
#   code: secrets.rotation_overdue
#   controls: [C55]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving]}
#   per: credential
#   enforcement: {sandbox: "off", development: audit, staging: warn, production: deny}
#   settings: [secrets.maxAgeDays]
#   message: "credential {credential} was last rotated {observed}; at most {required} days are allowed."
#   fix: "Rotate it and record the date in spec.credentials of the card."
deny contains finding if {
	some credential in unrotated
	finding := result.candidate(rego.metadata.rule(), {
		"path": credential.path,
		"term": credential.name,
		"model": credential.model,
		"observed": rotation(credential.date),
		"required": show.text(settings.value.secrets.maxAgeDays),
		"values": {"credential": credential.name},
	})
}

rotated(date) if dates.within_days(date, settings.value.secrets.maxAgeDays)

rotation(date) := sprintf("%d days ago", [dates.age(date)]) if {
	dates.age(date) >= 0
} else := sprintf("in the future (%s)", [day]) if {
	day := dates.date(date)
} else := "unknown"

# A Secret the cluster was asked for.
unrotated contains {"name": name, "model": null, "date": date, "path": place_named(name)} if {
	some name, _ in references
	date := present.get(cluster_secrets[name], "rotatedAt")
	not rotated(date)
}

# A Secret of which nobody says anything.
unrotated contains {"name": name, "model": null, "date": null, "path": place_named(name)} if {
	some name, _ in references
	not name in object.keys(cluster_secrets)
	not name in declared_secrets
}

# What the card says, of Secrets only where the cluster does not.
unrotated contains {
	"name": name,
	"model": model.id,
	"date": date,
	"path": sprintf("card.credentials[%d].rotatedAt", [index]),
} if {
	some report in facts.covering_cards
	some index, entry in present.list(report.card, "credentials")
	date := present.get(entry, "rotatedAt")
	not rotated(date)
	name := named(entry, "name")
	not told_by_cluster(bare(name))
	some model in report.models
}

told_by_cluster(name) if {
	references[name]
	name in object.keys(cluster_secrets)
}

declared_secrets := {bare(named(entry, "name")) |
	some report in facts.covering_cards
	some entry in present.list(report.card, "credentials")
}

# A card may name a Secret together with its namespace, and then means that of the object alone.
bare(name) := trim_prefix(name, concat("", [facts.namespace, "/"])) if {
	is_string(facts.namespace)
} else := name

default cluster_secrets := {}

cluster_secrets := input.cluster.secrets if is_object(input.cluster.secrets)

# Where the manifest names a Secret; a part that its owner does not answer for goes first.
place_named(name) := min({[rank, path] | some [rank, path] in references[name]})[1]

# METADATA
# title: references
# description: The Secrets that containers and volumes refer to, each with its places.
references[name] contains [rank(container), named(variable, "path")] if {
	some container in input.workload.containers
	some variable in container.env
	variable.from == "secretKey"
	name := named(variable, "fromName")
}

references[name] contains [rank(container), named(source, "path")] if {
	some container in input.workload.containers
	some source in container.envFrom
	source.kind == "secret"
	name := named(source, "name")
}

references[name] contains [rank(volume), named(volume, "path")] if {
	some volume in input.workload.volumes
	volume.kind == "secret"
	name := named(volume, "secretName")
}

rank(part) := 1 if {
	part.inOwner == true
} else := 0
