package mlgate.lib.approvals

import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: signer_known
# description: A signed sign-off was signed by somebody trusted to sign in its role; others need no signature.
signer_known(sign_off) if not sign_off.assurance == "signed"

signer_known(sign_off) if {
	some signer in settings.value.signOff.trustedSigners
	sign_off.role in signer.roles
	signed_by(sign_off.signature, signer)
}

# Empty values match nothing, or a signer without a key would be matched by every signature without one.
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
