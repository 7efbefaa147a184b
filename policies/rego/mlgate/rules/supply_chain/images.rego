package mlgate.rules.supply_chain

import data.mlgate.lib.addresses
import data.mlgate.lib.containers
import data.mlgate.lib.present
import data.mlgate.lib.result
import data.mlgate.lib.settings
import data.mlgate.lib.show
import data.mlgate.lib.signers

# METADATA
# scope: rule
# title: Images are pinned by digest
# description: |
#   A container runs an image that is named without its digest, so it can change after it was approved. Images the
#   platform itself adds are left alone.
# related_resources:
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.5.1
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.9 and A.8.19
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0010.004
# custom:
#   code: supply_chain.image_not_pinned
#   controls: [C83]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime]}
#   per: container
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [supplyChain.platformImages]
#   message: "image {image} of container {container} is not pinned by digest ({location})."
#   fix: "Write the image as <repository>@sha256:<digest> at {location}; `crane digest {image}` prints it."
deny contains finding if {
	some container in containers.judged
	not pinned(container)
	finding := result.candidate(rego.metadata.rule(), {
		"path": container.path,
		"term": container.name,
		"observed": image(container),
		"required": "an image with its digest",
		"values": container_values(container),
	})
}

pinned(container) if present.stated(container.image.digest)

# METADATA
# scope: rule
# title: Images come from trusted registries
# description: |
#   A container runs an image from outside the registries the site lists, or one whose registry cannot be told.
#   Images the platform itself adds are left alone.
# related_resources:
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.5.1
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.9 and A.8.19
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0010.004
# custom:
#   code: supply_chain.image_registry_not_trusted
#   controls: [C83]
#   severity: high
#   priority: 1
#   appliesWhen: {objects: [serving, training, runtime]}
#   configuredBy: [supplyChain.trustedRegistries]
#   per: container
#   enforcement: {sandbox: audit, development: warn, staging: warn, production: deny}
#   settings: [supplyChain.trustedRegistries]
#   alsoUses: [supplyChain.platformImages]
#   message: "image {image} of container {container} comes from a registry that is not trusted."
#   fix: "Copy the image to one of {required}."
deny contains finding if {
	trusted := settings.value.supplyChain.trustedRegistries
	trusted != []
	some container in containers.judged
	not addresses.under_any(source(container), trusted)
	finding := result.candidate(rego.metadata.rule(), {
		"path": container.path,
		"term": container.name,
		"observed": image(container),
		"required": show.list(trusted),
		"values": container_values(container),
	})
}

source(container) := found if {
	found := addresses.repository(container.image)
} else := null

# METADATA
# scope: rule
# title: Images are signed
# description: |
#   No signature of the image of a container verified that was made by somebody the site trusts. Images the platform
#   itself adds are left alone.
# related_resources:
# - ref: https://www.cisecurity.org/benchmark/kubernetes
#   description: CIS Kubernetes Benchmark 5.5.1
# - ref: https://www.iso.org/standard/27001
#   description: ISO/IEC 27001 A.8.9 and A.8.19
# - ref: https://atlas.mitre.org
#   description: MITRE ATLAS AML.T0010.004
# custom:
#   code: supply_chain.image_signature_not_verified
#   controls: [C83]
#   severity: high
#   priority: 3
#   appliesWhen: {objects: [serving, training, runtime]}
#   needs: [evidence.imageSignatures]
#   configuredBy: [supplyChain.trustedSigners]
#   per: container
#   enforcement: {sandbox: "off", development: "off", staging: warn, production: warn}
#   alsoUses: [supplyChain.trustedSigners, supplyChain.platformImages]
#   message: "image {image} of container {container} carries no verified signature of a trusted signer."
#   fix: "Sign the image with cosign using an identity listed in setting supplyChain.trustedSigners."
deny contains finding if {
	trusted_signers != []
	some container in containers.judged
	not image_signed(container)
	finding := result.candidate(rego.metadata.rule(), {
		"path": container.path,
		"term": container.name,
		"observed": signers.found(image_signatures(container)),
		"required": "a verified signature of a trusted signer",
		"values": container_values(container),
	})
}

image_signed(container) if {
	some signature in image_signatures(container)
	signature.status == "verified"
	signers.trusted(signature, trusted_signers)
}

image_signatures(container) := object.get(signatures_by_image, [container.image.raw], set()) if {
	is_string(container.image.raw)
} else := set()

signatures_by_image[entry.image] contains entry if some entry in present.list(input.evidence, "imageSignatures")

image(container) := show.digests(show.text(given)) if {
	given := present.get(container, ["image", "raw"])
	present.is_present(given)
} else := "(none)"

container_values(container) := {
	"image": image(container),
	"container": container.name,
	"location": container.path,
}
