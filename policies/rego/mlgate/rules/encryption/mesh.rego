package mlgate.rules.encryption

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.show

# METADATA
# scope: rule
# title: The mesh encrypts
# description: The mesh of the namespace accepts plain calls, or there is none.
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
# custom:
#   code: encryption.mesh_not_strict
#   controls: [C61]
#   severity: high
#   priority: 2
#   appliesWhen: {objects: [serving], classifications: [confidential, restricted]}
#   per: request
#   needs: [cluster.peerAuthentication]
#   enforcement: {sandbox: "off", development: "off", staging: warn, production: warn}
#   raise:
#     - {classifications: [restricted], to: {production: deny}}
#   message: "calls inside namespace {namespace} may travel unencrypted: mesh TLS is {observed}."
#   fix: "Apply a PeerAuthentication with mtls.mode STRICT to namespace {namespace}."
deny contains finding if {
	facts.is_workload
	mode := present.get(input, ["cluster", "peerAuthentication", "mode"])
	mode != "STRICT"
	finding := result.candidate(rego.metadata.rule(), {
		"path": "metadata.namespace",
		"observed": show.text(mode),
		"required": "STRICT",
	})
}
