package mlgate.lib.approvals

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: artifact_digests
# description: Digests of the artifacts of an entry.
artifact_digests(entry) := {digest |
	some artifact in present.list(entry.card, ["model", "artifacts"])
	digest := artifact.digest
	is_string(digest)
	present.is_present(digest)
}

# METADATA
# title: version_bound
# description: A sign-off names the version of the card.
version_bound(entry, sign_off) if {
	version := entry.card.model.version
	is_string(version)
	sign_off.subject.version == version
}

# METADATA
# title: digest_bound
# description: A sign-off names an artifact of the card, or none while no artifact has a digest.
digest_bound(entry, sign_off) if sign_off.subject.digest in artifact_digests(entry)

digest_bound(entry, sign_off) if {
	present.get(sign_off, ["subject", "digest"]) == null
	count(artifact_digests(entry)) == 0
}

# METADATA
# title: card_digest_bound
# description: A sign-off names the card as it is now, or no card in a tier that does not demand it.
card_digest_bound(entry, sign_off) if {
	is_string(entry.digest)
	sign_off.subject.cardDigest == entry.digest
}

card_digest_bound(_, sign_off) if {
	present.get(sign_off, ["subject", "cardDigest"]) == null
	is_string(facts.tier)
	demanding := settings.value.signOff.cardDigestTiers
	is_array(demanding)
	not facts.tier in demanding
}
