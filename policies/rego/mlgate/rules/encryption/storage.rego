package mlgate.rules.encryption

import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings

# METADATA
# scope: rule
# title: Model volumes on encrypted storage
# description: |
#   A claimed volume (of training every one, of serving those that hold a model) has no storage class, or one
#   that is not known to encrypt: by its name, by a provisioner that always does, or by a provisioner with the
#   parameter that proves it.
# related_resources:
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.24
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Article 32
# - ref: https://www.ecfr.gov/current/title-45/part-164
#   description: HIPAA 164.312(a)(2)(iv)
# custom:
#   code: encryption.storage_class_unencrypted
#   controls: [C58]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training]}
#   per: volume
#   needs: [cluster.storageClasses]
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [encryption.trustedStorageClasses, encryption.alwaysEncryptingProvisioners, encryption.storageClassProofs]
#   message: "volume {volume} of {document} holds model data on storage class {observed}, which is not known to encrypt."
#   fix: "Use a storage class that encrypts (for EBS: parameter encrypted: \"true\"), or have the class added to setting encryption.trustedStorageClasses by the platform team."
deny contains finding if {
	some volume in input.workload.volumes
	volume.kind in {"pvc", "ephemeral"}
	concerned(volume)
	class := present.get(volume, "storageClassName")
	not encrypts(class)
	finding := result.candidate(rego.metadata.rule(), {
		"path": volume.path,
		"term": volume.name,
		"observed": class_shown(class),
		"required": "a storage class that is known to encrypt",
		"values": {"volume": volume.name},
	})
}

concerned(_) if input.workload.trainsModel == true

concerned(volume) if volume.holdsModel == true

class_shown(class) := class if {
	is_string(class)
	present.is_present(class)
} else := "(none)"

# METADATA
# title: encrypts
# description: Whether a storage class is known to encrypt.
encrypts(class) if {
	present.is_present(class)
	class in settings.value.encryption.trustedStorageClasses
}

encrypts(class) if {
	definition := input.cluster.storageClasses[class]
	definition.provisioner in settings.value.encryption.alwaysEncryptingProvisioners
}

encrypts(class) if {
	definition := input.cluster.storageClasses[class]
	some proof in settings.value.encryption.storageClassProofs
	provided_by(definition.provisioner, proof.provisioner)
	lower(sprintf("%v", [definition.parameters[proof.parameter]])) == lower(sprintf("%v", [proof.value]))
}

provided_by(provisioner, name) if provisioner == name

provided_by(provisioner, name) if {
	is_string(provisioner)
	endswith(provisioner, concat("", [".", name]))
}
