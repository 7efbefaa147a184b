# METADATA
# title: Dates
# description: |
#   Times as the input holds them. The time of the question is the only clock. Whatever is not a possible
#   RFC 3339 time counts as absent and never as an error.
package mlgate.lib.dates

# METADATA
# title: now
# description: The time of the question in nanoseconds; undefined if the input has none.
now := ns(input.evaluatedAt)

# METADATA
# title: today
# description: The UTC day of the question, as a number.
today := day(input.evaluatedAt)

# METADATA
# title: valid
# description: True for a string that is an RFC 3339 time which exists, of the years 1970 to 2199.
valid(ts) if is_number(ns(ts))

# METADATA
# title: ns
# description: A time in nanoseconds since 1970; undefined when it is not valid.
ns(ts) := time.parse_rfc3339_ns(ts) if {
	is_string(ts)
	regex.match(usual, ts)
} else := time.parse_rfc3339_ns(ts) if {
	is_string(ts)
	regex.match(leap_day, ts)
	leap(to_number(substring(ts, 0, 4)))
}

# METADATA
# title: day
# description: The UTC day of a time, counted from 1970; undefined when it is not valid.
day(ts) := floor(ns(ts) / day_ns)

# METADATA
# title: date
# description: A time as `YYYY-MM-DD` in UTC; undefined when it is not valid.
date(ts) := time.format([ns(ts), "UTC", "2006-01-02"])

# METADATA
# title: age
# description: Days from the day of a time to the day of the question; negative for the future.
age(ts) := today - day(ts)

# METADATA
# title: within_days
# description: The day of the time is not later than today and at most n days older.
within_days(ts, n) if {
	moment := ns(ts)
	moment < next_midnight
	moment >= days_ago(n)
}

# METADATA
# title: overdue
# description: When a time was, in words, if it is not within the last n days; undefined if it is.
overdue(ts, n) := since(ts) if not within_days(ts, n)

since(ts) := sprintf("on %s, in the future", [date(ts)]) if {
	age(ts) < 0
} else := sprintf("%d days ago", [days]) if {
	days := age(ts)
} else := "at no stated time"

# METADATA
# title: on_or_after
# description: The UTC day of the first time is that of the second or later.
on_or_after(a, b) if ns(a) >= start_of_day(b)

# METADATA
# title: passed
# description: The time is not later than the question.
passed(ts) if ns(ts) <= now

# METADATA
# title: ahead
# description: The time is later than the question.
ahead(ts) if ns(ts) > now

day_ns := ((24 * 60) * 60) * 1000000000

midnight := start_of_day(input.evaluatedAt)

next_midnight := midnight + day_ns

start_of_day(ts) := moment - (moment % day_ns) if moment := ns(ts)

# By the number of days, because it is asked with the same few numbers over and over.
days_ago(n) := midnight - (n * day_ns) if is_number(n)

# Every day that each year has. To take days apart is more work than to compare moments, so nothing above does it
# without need.
usual := concat("", [`^`, year, `((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)`, clock])

leap_day := concat("", [`^`, year, `02-29`, clock])

year := `(19[7-9]|20\d|21\d)\d-`

clock := `T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.]\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`

leap(number) if {
	number % 4 == 0
	not common_century(number)
}

common_century(number) if {
	number % 100 == 0
	number % 400 != 0
}
