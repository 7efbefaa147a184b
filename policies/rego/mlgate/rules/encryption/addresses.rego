package mlgate.rules.encryption

import data.mlgate.lib.addresses
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings

# METADATA
# scope: rule
# title: No insecure URI
# description: |
#   A model, a dataset or an endpoint is reached under a scheme without encryption, or an endpoint without TLS.
#   Loopback hosts may be, and hosts inside the cluster while its mesh demands mutual TLS.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24 and A.5.14
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(e)(1) and 164.312(e)(2)(ii)
# - ref: https://www.pcisecuritystandards.org/document_library/
#   description: PCI DSS 4.2.1
# - ref: https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2
#   description: SOC 2 CC6.7
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0010.003
# custom:
#   code: encryption.insecure_uri
#   controls: [C62]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime, route]}
#   per: location
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [encryption.insecureSchemes]
#   message: "{uri} at {location} is reached without encryption."
#   fix: "Use an encrypted scheme (https, s3, gs, hf, oci) at {location}; for a service in the cluster turn on strict mesh TLS."
deny contains finding if {
	some kind in ["models", "datasets", "endpoints"]
	some place in input.workload[kind]
	weakness := unencrypted(place)
	not excused(place)
	finding := result.candidate(rego.metadata.rule(), {
		"path": place.path,
		"term": place.path,
		"model": model_of(kind, place),
		"observed": weakness,
		"required": "an encrypted scheme",
		"values": {"uri": addresses.without_user(present.get(place, "uri")), "location": place.path},
	})
}

model_of("models", place) := place.id

model_of(kind, _) := null if kind != "models"

unencrypted(place) := sprintf("scheme %s", [place.scheme]) if {
	place.scheme in settings.value.encryption.insecureSchemes
} else := "no TLS" if {
	place.tls == false
}

excused(place) if addresses.loopback(host(place))

excused(place) if {
	input.cluster.peerAuthentication.mode == "STRICT"
	inside_cluster(place)
}

# The reader says it of endpoints; of models and datasets the address does.
inside_cluster(place) if place.clusterLocal == true

inside_cluster(place) if {
	not is_boolean(object.get(place, "clusterLocal", null))
	cluster_local(host(place))
}

# METADATA
# title: host
# description: |
#   The host of an address in lower case; undefined when it cannot be told beyond doubt. A backslash, a blank or a
#   percent sign is read in more than one way, so none of them may name a host that is trusted.
host(place) := lower(place.host) if {
	is_string(place.host)
} else := lower(name) if {
	is_string(place.uri)
	[_, name] := regex.find_all_string_submatch_n(
		`^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#\\\s%@]*@)?([a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]*)?(?:[/?#]|$)`,
		place.uri,
		1,
	)[0]
}

# METADATA
# title: cluster_local
# description: |
#   A host without a dot, or one of the cluster's own domain. A name begins with a letter, so that an IPv4 address
#   written as one number is not taken for one.
cluster_local(name) if regex.match(`^[a-z]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\.(svc|cluster\.local)$`, name)

cluster_local(name) if regex.match(`^[a-z]([-a-z0-9]*[a-z0-9])?$`, name)
