# METADATA
# title: Signers
# description: Whether a signature that verified is that of somebody a setting trusts.
package mlgate.lib.signers

import data.mlgate.lib.present
import data.mlgate.lib.show

# METADATA
# title: trusted
# description: A signature is that of one of several signers.
trusted(signature, signers) if {
	some signer in signers
	signed_by(signature, signer)
}

# METADATA
# title: signed_by
# description: |
#   A signature is that of a signer, by its key or by identity and issuer together. Empty values match nothing, or
#   a signer without a key would be matched by every signature without one.
signed_by(signature, signer) if {
	present.is_present(signature.keyId)
	signature.keyId == signer.keyId
}

signed_by(signature, signer) if {
	present.is_present(signature.identity)
	present.is_present(signature.issuer)
	signature.identity == signer.identity
	signature.issuer == signer.issuer
}

# METADATA
# title: name
# description: Whose a signature is, in words.
name(signature) := signature.identity if {
	present.stated(signature.identity)
} else := sprintf("key %s", [signature.keyId]) if {
	present.stated(signature.keyId)
} else := "nobody known"

# METADATA
# title: found
# description: What signatures that do not count are, in words.
found(signatures) := "no signature" if {
	count(signatures) == 0
} else := show.list({text | some signature in signatures; text := state(signature)})

state(signature) := sprintf("signed by %s", [name(signature)]) if {
	signature.status == "verified"
} else := sprintf("signature %s, it %s", [show.cut(signature.status), show.cut(signature.reason)]) if {
	present.stated(signature.reason)
} else := sprintf("signature %s", [show.cut(present.get(signature, "status"))])
