package mlgate.lib.approvals

import data.mlgate.lib.dates
import data.mlgate.lib.facts
import data.mlgate.lib.present
import data.mlgate.lib.settings

# METADATA
# title: max_age
# description: Days an approval holds in the effective tier.
max_age := settings.value.signOff.maxAgeDays[facts.tier]

# METADATA
# title: recent
# description: A sign-off is not older than the effective tier accepts, and not of the future.
recent(sign_off) if dates.within_days(sign_off.issuedAt, max_age)

# METADATA
# title: lasting
# description: A sign-off has not come to the end it names, if it names one.
lasting(sign_off) if sign_off.expiresAt == null

lasting(sign_off) if present.absent(present.get(sign_off, "expiresAt"))

lasting(sign_off) if dates.ahead(sign_off.expiresAt)
