package mlgate.lib.approvals

import data.mlgate.lib.people
import data.mlgate.lib.present
import data.mlgate.lib.settings
import data.mlgate.lib.signers

# METADATA
# title: signer_known
# description: |
#   A signed sign-off was signed by somebody trusted to sign in its role, and in their own name; others need no
#   signature. Whoever holds a key can write any name into what it signs, so that the setting says whose it is.
signer_known(sign_off) if not sign_off.assurance == "signed"

signer_known(sign_off) if {
	some signer in settings.value.signOff.trustedSigners
	sign_off.role in signer.roles
	signers.signed_by(sign_off.signature, signer)
	in_own_name(sign_off)
}

# METADATA
# title: in_own_name
# description: A signed sign-off names as its approver the one person whose its signature is.
in_own_name(sign_off) if {
	names := holders(sign_off.signature)
	count({people.bare(name) | some name in names}) == 1
	some name in names
	people.goes_by(sign_off.approver, name)
}

# METADATA
# title: holders
# description: Everybody whose a signature is, as setting signOff.trustedSigners says in whatever role.
holders(signature) := {name |
	some signer in settings.value.signOff.trustedSigners
	signers.signed_by(signature, signer)
	name := holder(signer, signature)
}

# A certificate says itself whose it is, where the setting does not; a key never does.
holder(signer, signature) := signer.approver if {
	present.stated(signer.approver)
} else := signature.identity if {
	present.get(signer, "approver") == null
	present.stated(signature.identity)
}
