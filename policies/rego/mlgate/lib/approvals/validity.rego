package mlgate.lib.approvals

import data.mlgate.lib.dates
import data.mlgate.lib.people
import data.mlgate.lib.settings

# Parts of a valid sign-off. Each is a positive condition, so that what cannot be shown to hold fails.
parts := {
	"named", "sound", "assured", "signer", "version", "digest", "cardDigest",
	"recent", "lasting", "independent", "active", "standing",
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

rejecting(entry) := {sign_off |
	some sign_off in relevant(entry)
	sign_off.decision == "rejected"
}

# METADATA
# title: valid
# description: |
#   Sign-offs that count for an entry: those in which all parts hold. Most do, and nobody asks which part of them
#   fails, so what the entry demands is read once and the parts are compared in place.
valid(entry) := {sign_off |
	provable(entry)
	version := entry.card.model.version
	is_string(version)
	digests := artifacts_to_name(entry)
	card_digests := cards_to_name(entry)
	insiders := tied(entry)
	approvals := approving(entry)
	withdrawn := superseded(entry, approvals)
	some sign_off in approvals
	sign_off.problems == []
	sign_off.assurance in settings.value.signOff.acceptedAssurance
	sign_off.subject.version == version
	object.get(sign_off.subject, "digest", null) in digests
	object.get(sign_off.subject, "cardDigest", null) in card_digests
	person := people.bare(sign_off.approver)
	not insiders[person]
	not gone[person]
	personal(person)
	not withdrawn[sign_off]
	dates.within_days(sign_off.issuedAt, max_age)
	lasting(sign_off)
	signer_known(sign_off)
}

# METADATA
# title: gone
# description: People who have left, as setting signOff.inactiveApprovers says; what they approved does not count.
gone := {people.bare(name) | some name in settings.value.signOff.inactiveApprovers}

left(sign_off) if gone[people.bare(sign_off.approver)]

# That a sign-off is the word of whoever it names, who is still there.
trusted(sign_off) if {
	not left(sign_off)
	sign_off.problems == []
	sign_off.assurance in settings.value.signOff.acceptedAssurance
	signer_known(sign_off)
}

# METADATA
# title: failing
# description: The parts of a valid sign-off that this one lacks.
failing(entry, sign_off) := parts - held(entry, sign_off)

# METADATA
# title: standing_rejections
# description: Rejections of the version of an entry that who rejected has not taken back.
standing_rejections(entry) := {rejection |
	some rejection in rejecting(entry)
	not rejection.assurance == "claimed"
	version_bound(entry, rejection)
	not taken_back(entry, rejection)
}

# METADATA
# title: held
# description: The parts of a valid sign-off that hold for this one.
held(entry, sign_off) := union({
	{"named" | people.key(sign_off.approver)},
	{"sound" | sign_off.problems == []},
	{"assured" | sign_off.assurance in settings.value.signOff.acceptedAssurance},
	{"signer" | signer_known(sign_off)},
	{"version" | version_bound(entry, sign_off)},
	{"digest" | digest_bound(entry, sign_off)},
	{"cardDigest" | card_digest_bound(entry, sign_off)},
	{"recent" | recent(sign_off)},
	{"lasting" | lasting(sign_off)},
	{"independent" | untied(entry, sign_off)},
	{"active" | not left(sign_off)},
	{"standing" | not overruled(entry, sign_off)},
})

# Those of some approvals that who gave them has taken back.
superseded(entry, approvals) := {sign_off |
	count(rejecting(entry)) > 0
	some sign_off in approvals
	overruled(entry, sign_off)
}

# A rejection whose time cannot be read counts as the last word.
overruled(entry, sign_off) if {
	some rejection in rejecting(entry)
	people.bare(rejection.approver) == people.bare(sign_off.approver)
	same_matter(rejection, sign_off)
	not earlier(rejection, sign_off)
}

# Only an approval worth its assurance takes a rejection back. A line in the card is no word of the approver. Names are
# compared with what stands before them: two identity providers can know two people by one name.
taken_back(entry, rejection) if {
	some sign_off in approving(entry)
	people.same(rejection.approver, sign_off.approver)
	same_matter(rejection, sign_off)
	earlier(rejection, sign_off)
	not sign_off.assurance == "claimed"
	trusted(sign_off)
	in_given_name(sign_off)
}

# With what stands before it, or whoever signs could write the login name of a namesake.
in_given_name(sign_off) if not sign_off.assurance == "signed"

in_given_name(sign_off) if {
	some name in holders(sign_off.signature)
	people.same(name, sign_off.approver)
}

same_matter(one, other) if {
	one.role == other.role
	one.subject.version == other.subject.version
}

earlier(one, other) if dates.ns(one.issuedAt) < dates.ns(other.issuedAt)
