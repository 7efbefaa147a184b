# METADATA
# title: Settled
# description: |
#   What follows from the settings alone. The bundle build asks for it once and puts it into the bundle as
#   `data.mlgate.settled`; without that it is found out in every review.
package mlgate.lib.settled

import data.mlgate.lib.judgement
import data.mlgate.lib.levels
import data.mlgate.lib.settings

# METADATA
# title: answers
# description: The overrides it holds for, the settings in force, what is wrong with them, and the codes without settings.
answers := {
	"overrides": data.mlgate.overrides,
	"value": settings.value,
	"invalid": settings.invalid,
	"notConfigured": {profile: judgement.not_configured(profile) | some profile in levels.profiles},
}
