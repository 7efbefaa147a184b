package mlgate.lib.facts

import data.mlgate.lib.present

# METADATA
# title: deploys_artifact
# description: |
#   A model is an artifact of a card: by its digest, or by its address where its digest is not known.
deploys_artifact(model, entry) if {
	artifacts := entry.card.model.artifacts
	is_array(artifacts)
	some artifact in artifacts
	artifact.digest == model.digest
	present.is_present(model.digest)
}

deploys_artifact(model, entry) if {
	present.absent(present.get(model, "digest"))
	some artifact in present.list(entry.card, ["model", "artifacts"])
	same_address(artifact, model)
}

# METADATA
# title: same_address
# description: An artifact of a card is where a model is served from, with the revision or digest the address has.
same_address(artifact, model) if {
	is_string(artifact.uri)
	is_string(model.uri)
	trim_suffix(artifact.uri, "/") == trim_suffix(model.uri, "/")
}
