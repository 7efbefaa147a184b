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
valid(ts) if {
	is_string(ts)
	regex.match(`^(19[7-9]|20\d|21\d)\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.]\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`, ts)
	in_month(ts)
}

# METADATA
# title: ns
# description: A time in nanoseconds since 1970; undefined when it is not valid.
ns(ts) := time.parse_rfc3339_ns(ts) if valid(ts)

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
	days := age(ts)
	days >= 0
	days <= n
}

# METADATA
# title: overdue
# description: When a time was, in words, if it is not within the last n days; undefined if it is.
overdue(ts, _) := "at no stated time" if not valid(ts)

overdue(ts, n) := sprintf("%d days ago", [age(ts)]) if age(ts) > n

overdue(ts, _) := sprintf("on %s, in the future", [date(ts)]) if age(ts) < 0

# METADATA
# title: on_or_after
# description: The UTC day of the first time is that of the second or later.
on_or_after(a, b) if day(a) >= day(b)

# METADATA
# title: passed
# description: The time is not later than the question.
passed(ts) if ns(ts) <= now

# METADATA
# title: ahead
# description: The time is later than the question.
ahead(ts) if ns(ts) > now

day_ns := ((24 * 60) * 60) * 1000000000

# Every month has 28 days, so most times need no further look.
in_month(ts) if substring(ts, 8, 2) <= "28"

in_month(ts) if {
	substring(ts, 8, 2) <= "30"
	substring(ts, 5, 2) != "02"
}

in_month(ts) if {
	substring(ts, 8, 2) == "31"
	substring(ts, 5, 2) in {"01", "03", "05", "07", "08", "10", "12"}
}

in_month(ts) if {
	substring(ts, 5, 5) == "02-29"
	leap(to_number(substring(ts, 0, 4)))
}

leap(year) if {
	year % 4 == 0
	not common_century(year)
}

common_century(year) if {
	year % 100 == 0
	year % 400 != 0
}
