package mlgate.lib.approvals

import data.mlgate.lib.people
import data.mlgate.lib.present
import data.mlgate.lib.settings
import data.mlgate.lib.signers

# METADATA
# title: signer_known
# description: A signed sign-off was signed by somebody trusted to sign in its role; others need no signature.
signer_known(sign_off) if not sign_off.assurance == "signed"

signer_known(sign_off) if {
	some signer in settings.value.signOff.trustedSigners
	sign_off.role in signer.roles
	signers.signed_by(sign_off.signature, signer)
}

# METADATA
# title: signing_key
# description: The key that signed a sign-off; undefined where the API server or a certificate says who gave it.
signing_key(sign_off) := sign_off.signature.keyId if {
	sign_off.assurance == "signed"
	present.is_present(sign_off.signature.keyId)
}

# METADATA
# title: hands
# description: |
#   The keys that signed some sign-offs, each with the one person it stands for. Whoever holds a key can sign in any
#   name, so that the names it signed in are together no more than one person.
hands(sign_offs) := {key: min(names) |
	some sign_off in sign_offs
	key := signing_key(sign_off)
	names := {people.bare(other.approver) | some other in sign_offs; signing_key(other) == key}
}

# METADATA
# title: person
# description: Whom a sign-off counts for, which is who gave it or the one person its key stands for.
person(sign_off, keys) := keys[signing_key(sign_off)]

person(sign_off, _) := people.bare(sign_off.approver) if not signing_key(sign_off)
