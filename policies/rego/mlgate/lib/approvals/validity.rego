package mlgate.lib.approvals

import data.mlgate.lib.dates
import data.mlgate.lib.people
import data.mlgate.lib.settings

# Parts of a valid sign-off. Each is a positive condition, so that what cannot be shown to hold fails.
parts := {
	"named", "sound", "assured", "signer", "version", "digest", "cardDigest",
	"recent", "lasting", "independent", "standing",
}

# METADATA
# title: relevant
# description: Sign-offs about the model of an entry, of whatever version.
relevant(entry) := {sign_off |
	name := entry.card.model.name
	is_string(name)
	some sign_off in input.signOffs
	sign_off.subject.model == name
}

# METADATA
# title: approving
# description: Relevant sign-offs that approve.
approving(entry) := {sign_off |
	some sign_off in relevant(entry)
	sign_off.decision == "approved"
}

# METADATA
# title: valid
# description: Sign-offs that count for an entry.
valid(entry) := {sign_off |
	some sign_off in approving(entry)
	count(failing(entry, sign_off)) == 0
}

# METADATA
# title: failing
# description: The parts of a valid sign-off that this one lacks.
failing(entry, sign_off) := {part |
	some part in parts
	not holds(part, entry, sign_off)
}

# METADATA
# title: standing_rejections
# description: Rejections of the version of an entry that who rejected has not taken back.
standing_rejections(entry) := {rejection |
	some rejection in relevant(entry)
	rejection.decision == "rejected"
	not rejection.assurance == "claimed"
	version_bound(entry, rejection)
	not taken_back(entry, rejection)
}

# METADATA
# title: holds
# description: A part of a valid sign-off holds for this one.
holds("named", _, sign_off) if people.key(sign_off.approver)

holds("sound", _, sign_off) if sign_off.problems == []

holds("assured", _, sign_off) if sign_off.assurance in settings.value.signOff.acceptedAssurance

holds("signer", _, sign_off) if signer_known(sign_off)

holds("version", entry, sign_off) if version_bound(entry, sign_off)

holds("digest", entry, sign_off) if digest_bound(entry, sign_off)

holds("cardDigest", entry, sign_off) if card_digest_bound(entry, sign_off)

holds("recent", _, sign_off) if recent(sign_off)

holds("lasting", _, sign_off) if lasting(sign_off)

holds("independent", entry, sign_off) if {
	provable(entry)
	count(ties(entry, sign_off)) == 0
}

holds("standing", entry, sign_off) if not superseded(entry, sign_off)

# A rejection whose time cannot be read counts as the last word.
superseded(entry, sign_off) if {
	some rejection in relevant(entry)
	rejection.decision == "rejected"
	same_case(rejection, sign_off)
	not earlier(rejection, sign_off)
}

# Only an approval worth its assurance takes a rejection back. A line in the card is no word of the approver.
taken_back(entry, rejection) if {
	some sign_off in approving(entry)
	same_case(rejection, sign_off)
	earlier(rejection, sign_off)
	not sign_off.assurance == "claimed"
	every part in {"sound", "assured", "signer"} {
		holds(part, entry, sign_off)
	}
}

same_case(one, other) if {
	people.same(one.approver, other.approver)
	one.role == other.role
	one.subject.version == other.subject.version
}

earlier(one, other) if dates.ns(one.issuedAt) < dates.ns(other.issuedAt)
