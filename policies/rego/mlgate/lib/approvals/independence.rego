package mlgate.lib.approvals

import data.mlgate.lib.facts
import data.mlgate.lib.people
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: ties
# description: |
#   What ties the approver of a sign-off to building or deploying the version, in words that follow "is". Who deploys
#   does not matter where the object is made by a controller whose own object the gate judged. A service account is
#   tied to whoever may act as it.
ties(entry, sign_off) := {tie |
	approver := people.bare(sign_off.approver)
	some tie, keys in insiders(entry)
	approver in keys
} | {"a service account that setting signOff.serviceAccounts does not name" | impersonal(sign_off)}

impersonal(sign_off) if not personal(present.get(sign_off, "approver"))

personal(name) if people.may_vouch(name, present.list(settings.value, ["signOff", "serviceAccounts"]))

# Each once for all sign-offs of an entry.
insiders(entry) := {tie: keys |
	some tie, names in {
		"in spec.model.authors": facts.authors(entry.card),
		"the one in spec.training.initiatedBy": {present.get(entry.card, ["training", "initiatedBy"])},
		"the one who deploys it": {facts.requester | not facts.made_by_owner},
	}
	keys := {people.bare(name) | some name in names}
}

# METADATA
# title: tied
# description: Whoever is tied to the version of an entry, in the form of a login name that is compared.
tied(entry) := {people.bare(name) | some name in facts.builders(entry.card)} | deployers

deployers := {people.bare(facts.requester) | not facts.made_by_owner}

# Nobody is tied to nothing; whether somebody is named is asked apart from this.
untied(entry, sign_off) if {
	provable(entry)
	not tied_approver(entry, sign_off)
	personal(sign_off.approver)
}

tied_approver(entry, sign_off) if people.bare(sign_off.approver) in tied(entry)

# METADATA
# title: provable
# description: |
#   Independence can be shown at all: the tier is minimal, somebody else supplied the model, or its authors are named.
provable(_) if facts.tier == "minimal"

provable(entry) if {
	some name in facts.authors(entry.card)
	people.key(name)
}

provable(entry) if {
	supplier := people.key(present.get(entry.card, ["model", "supplier"]))
	supplier != "internal"
}
