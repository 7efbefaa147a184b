package mlgate.lib.dates_test

import data.mlgate.lib.dates

now := {"evaluatedAt": "2027-03-10T08:00:00Z"}

test_times_that_exist_are_valid[time] if {
	some time in [
		"2027-03-10T08:00:00Z", "2024-02-29T00:00:00Z", "2000-02-29T23:59:59.123456789Z",
		"2027-12-31T00:00:00+02:00", "2027-04-30T00:00:00Z", "1970-01-01T00:00:00Z",
	]
	dates.valid(time)
}

test_times_that_do_not_exist_are_no_times[sprintf("%v", [time])] if {
	some time in [
		null, "", 7, [], {}, true, "yesterday", "2027-03-10", "2027-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
		"2027-04-31T00:00:00Z", "2027-02-30T00:00:00Z", "2027-13-01T00:00:00Z", "2027-00-10T00:00:00Z",
		"2027-01-00T00:00:00Z", "2027-01-01T24:00:00Z", "2027-01-01T00:00:60Z", "9999-01-01T00:00:00Z",
		"1969-12-31T23:59:59Z", "2027-01-01T00:00:00", "2027-01-01t00:00:00z", "2027-01-01T00:00:00Z\n",
	]
	not dates.valid(time)
	not dates.ns(time)
	not dates.day(time)
	not dates.within_days(time, 10) with input as now
	not dates.on_or_after(time, "2027-01-01T00:00:00Z")
	not dates.on_or_after("2027-01-01T00:00:00Z", time)
	not dates.passed(time) with input as now
	not dates.ahead(time) with input as now
	not dates.date(time)
}

test_days_are_counted_in_utc if {
	dates.day("1970-01-02T00:30:00Z") == 1
	dates.day("1970-01-02T00:30:00+01:00") == 0
	dates.date("2027-01-01T00:30:00+01:00") == "2026-12-31"
}

test_the_question_tells_the_time if {
	dates.today == dates.day("2027-03-10T00:00:00Z") with input as now
	dates.now == dates.ns("2027-03-10T08:00:00Z") with input as now
	dates.age("2027-03-01T23:00:00Z") == 9 with input as now
}

test_a_question_without_a_time_has_none if {
	not dates.now with input as {}
	not dates.within_days("2027-03-01T00:00:00Z", 100) with input as {"evaluatedAt": null}
}

test_within_days_counts_calendar_days if {
	dates.within_days("2027-03-10T23:00:00Z", 0) with input as now
	dates.within_days("2027-03-01T00:00:00Z", 9) with input as now
	not dates.within_days("2027-03-01T00:00:00Z", 8) with input as now
	not dates.within_days("2027-03-11T00:00:00Z", 8) with input as now
}

test_on_or_after_compares_days if {
	dates.on_or_after("2027-03-10T00:00:00Z", "2027-03-10T17:00:00Z")
	dates.on_or_after("2027-03-11T00:00:00Z", "2027-03-10T17:00:00Z")
	not dates.on_or_after("2027-03-09T00:00:00Z", "2027-03-10T17:00:00Z")
}

test_passed_and_ahead_compare_moments if {
	dates.passed("2027-03-10T08:00:00Z") with input as now
	not dates.passed("2027-03-10T08:00:01Z") with input as now
	dates.ahead("2027-03-10T08:00:01Z") with input as now
	not dates.ahead("2027-03-10T08:00:00Z") with input as now
}

test_what_is_overdue_is_told_in_words[time] if {
	some time, words in {
		"2027-02-28T23:59:59Z": "10 days ago",
		"2027-03-11T00:00:00Z": "on 2027-03-11, in the future",
		"2027-02-30T00:00:00Z": "at no stated time",
	}
	dates.overdue(time, 9) == words with input as now
}

test_what_is_no_time_is_overdue[sprintf("%v", [time])] if {
	some time in [null, "", 7, [], {}, true, "yesterday"]
	dates.overdue(time, 9) == "at no stated time" with input as now
}

test_the_last_day_and_today_are_not_overdue if {
	not dates.overdue("2027-03-01T00:00:00Z", 9) with input as now
	not dates.overdue("2027-03-10T23:59:59Z", 9) with input as now
}

test_within_no_number_of_days_is_nothing[note] if {
	some note, wrong in [null, true, "30", [], {}]
	not dates.within_days("2027-03-10T08:00:00Z", wrong) with input as now
}
