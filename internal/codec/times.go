package codec

import (
	"time"

	"github.com/oapi-codegen/runtime/types"
)

// instant reads a time. What can't be read as one, of whatever JSON type, gives
// the zero time and its raw bytes, which belong to the document.
func (d *Decoder) instant() (t time.Time, unread []byte) {
	return readText(d, parseTime)
}

// day reads a date in the same way.
func (d *Decoder) day() (date types.Date, unread []byte) {
	return readText(d, parseDate)
}

// ParseTime reads a time as decoders do, for one that a document has as plain text.
func ParseTime(text string) (time.Time, bool) { return parseTime([]byte(text)) }

// parseTime reads RFC 3339 and what servers write in its place: a space or a
// small t in the middle, a comma for the point, any number of fractional digits
// (more than nine are cut off), a zone as Z, +01:00, +0100 or +01, or none, which
// means UTC.
func parseTime(b []byte) (time.Time, bool) {
	if len(b) < 19 || b[13] != ':' || b[16] != ':' || b[10] != 'T' && b[10] != 't' && b[10] != ' ' {
		return time.Time{}, false
	}
	days, ok := parseDays(b)
	hour, minute, second := two(b[11], b[12]), two(b[14], b[15]), two(b[17], b[18])
	if !ok || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	nanos, rest, ok := parseFraction(b[19:])
	if !ok {
		return time.Time{}, false
	}
	offset, ok := parseZone(rest)
	if !ok {
		return time.Time{}, false
	}
	unix := days*86400 + int64(hour*3600+minute*60+second-offset)
	t := time.Unix(unix, int64(nanos))
	if offset == 0 {
		return t.UTC(), true
	}
	return t.In(time.FixedZone("", offset)), true
}

// parseDate reads a date such as 2024-05-31, and nothing else.
func parseDate(b []byte) (types.Date, bool) {
	if len(b) != 10 {
		return types.Date{}, false
	}
	days, ok := parseDays(b)
	if !ok {
		return types.Date{}, false
	}
	return types.Date{Time: time.Unix(days*86400, 0).UTC()}, true
}

// parseDays reads the ten characters of a date as days since 1970.
func parseDays(b []byte) (int64, bool) {
	year, month, day := two(b[0], b[1])*100+two(b[2], b[3]), two(b[5], b[6]), two(b[8], b[9])
	if b[4] != '-' || b[7] != '-' || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	// Years that begin in March put the leap day last; 400 of them have 146,097
	// days, and 719,468 of the days since March of year 0 lie before 1970.
	if month <= 2 {
		year += 400 - 1 // year 0 stays positive
		month += 12
	} else {
		year += 400
	}
	ofYear := (153*(month-3)+2)/5 + day - 1
	return int64(year*365+year/4-year/100+year/400+ofYear) - 719468 - 146097, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// two returns the number of two digits, or one too large for any use.
func two(tens, units byte) int {
	t, u := int(tens)-'0', int(units)-'0'
	if uint(t) > 9 || uint(u) > 9 {
		return 1 << 16
	}
	return t*10 + u
}

// parseFraction reads a fraction of a second, if there is one.
func parseFraction(b []byte) (nanos int, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return 0, b, true
	}
	b = b[1:]
	i, unit := 0, 100_000_000
	for i < len(b) && b[i]-'0' <= 9 {
		nanos += int(b[i]-'0') * unit
		unit /= 10
		i++
	}
	return nanos, b[i:], i > 0
}

// parseZone reads a zone as seconds east of UTC.
func parseZone(b []byte) (offset int, ok bool) {
	hour, minute := 0, 0
	switch {
	case len(b) == 0, len(b) == 1 && (b[0] == 'Z' || b[0] == 'z'):
		return 0, true
	case len(b) == 3:
		hour = two(b[1], b[2])
	case len(b) == 5:
		hour, minute = two(b[1], b[2]), two(b[3], b[4])
	case len(b) == 6 && b[3] == ':':
		hour, minute = two(b[1], b[2]), two(b[4], b[5])
	default:
		return 0, false
	}
	if hour > 23 || minute > 59 {
		return 0, false
	}
	offset = hour*3600 + minute*60
	switch b[0] {
	case '+':
		return offset, true
	case '-':
		return -offset, true
	}
	return 0, false
}
