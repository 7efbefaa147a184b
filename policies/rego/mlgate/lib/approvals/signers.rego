package mlgate.lib.approvals

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
