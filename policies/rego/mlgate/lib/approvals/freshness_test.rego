package mlgate.lib.approvals_test

import data.mlgate.lib.approvals
import data.mlgate.lib.fixtures_test as fixtures

test_each_tier_has_its_own_age[tier] if {
	some tier, days in {"minimal": 365, "limited": 365, "high": 180}
	approvals.max_age == days with input as fixtures.passing with data.mlgate.lib.facts.tier as tier
}

test_an_age_that_cannot_be_read_makes_every_approval_old[age] if {
	some age in [null, "180", [180]]
	not approvals.recent(good) with input as fixtures.passing with data.mlgate.settings.signOff.maxAgeDays.high as age
}

test_an_approval_of_this_morning_or_tonight_is_recent[time] if {
	some time in ["2027-03-10T00:00:00Z", "2027-03-10T23:59:59Z"]
	approvals.recent({"issuedAt": time}) with input as fixtures.passing
}

test_a_time_of_another_type_is_never_recent[time] if {
	some time in [null, 7, true, [], {}, "", "2027-03-08"]
	not approvals.recent({"issuedAt": time}) with input as fixtures.passing
}

test_an_end_of_another_type_has_passed[time] if {
	some time in [7, true, "soon", "2028-01-01"]
	not approvals.lasting({"expiresAt": time}) with input as fixtures.passing
}

test_without_an_end_an_approval_lasts if approvals.lasting({}) with input as fixtures.passing
