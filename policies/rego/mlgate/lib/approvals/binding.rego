package mlgate.lib.approvals

import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: artifact_digests
# description: Digests of the artifacts of an entry.
artifact_digests(entry) := {digest |
	artifacts := entry.card.model.artifacts
	is_array(artifacts)
	some artifact in artifacts
	digest := artifact.digest
	present.stated(digest)
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
digest_bound(entry, sign_off) if present.get(sign_off, ["subject", "digest"]) in artifacts_to_name(entry)

artifacts_to_name(entry) := digests if {
	digests := artifact_digests(entry)
	count(digests) > 0
} else := {null}

# METADATA
# title: card_digest_bound
# description: A sign-off names the card as it is now, or no card in a tier that does not demand it.
card_digest_bound(entry, sign_off) if present.get(sign_off, ["subject", "cardDigest"]) in cards_to_name(entry)

cards_to_name(entry) := {entry.digest | is_string(entry.digest)} | {null | no_card_demanded}

no_card_demanded if {
	is_string(facts.tier)
	demanding := settings.value.signOff.cardDigestTiers
	is_array(demanding)
	not facts.tier in demanding
}
