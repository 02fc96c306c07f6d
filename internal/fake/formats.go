package fake

import (
	"encoding/base64"
	"errors"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// errFormat is the outcome of every built-in check, whose message the format's name is enough for.
var errFormat = errors.New("not in the format")

// formats are the formats of strings that are checked. They belong to one server: kin-openapi's own list is shared by
// the whole process, and is left alone.
func formats() map[string]openapi3.StringFormatValidator {
	list := map[string]openapi3.StringFormatValidator{}
	for name, check := range map[string]func(string) bool{
		"byte":      isBase64,
		"date":      isDate,
		"date-time": isDateTime,
		"duration":  isDuration,
		"email":     isEmail,
		"ipv4":      func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is4() },
		"ipv6":      func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is6() },
		"ulid":      isULID,
		"uri":       isURI,
		"url":       isURI,
		"uuid":      isUUID,
	} {
		list[name] = openapi3.NewCallbackValidator(func(s string) error {
			if check(s) {
				return nil
			}
			return errFormat
		})
	}
	return list
}

func isBase64(s string) bool {
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isDateTime is stricter than time.Parse, which takes a comma and hours of one digit.
func isDateTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil && len(s) >= len("2006-01-02T15:04:05Z") && s[13] == ':' && !strings.Contains(s, ",")
}

// isDuration takes the forms of ISO 8601 by their alphabet and order alone.
func isDuration(s string) bool {
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return false
	}
	date, clock, hasClock := strings.Cut(rest, "T")
	if hasClock && clock == "" {
		return false
	}
	return inUnits(date, "YMWD") && inUnits(clock, "HMS")
}

// inUnits says whether s is made of numbers, each behind by one of the units, in their order.
func inUnits(s, units string) bool {
	for s != "" {
		end := strings.IndexAny(s, units)
		if end < 1 || strings.Trim(s[:end], "0123456789.") != "" {
			return false
		}
		units = units[strings.IndexByte(units, s[end])+1:]
		s = s[end+1:]
	}
	return true
}

func isEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s
}

func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "" || u.Path != "")
}

func isULID(s string) bool {
	return len(s) == 26 && s[0] <= '7' && strings.Trim(strings.ToUpper(s), "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ""
}

func isUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	digits := strings.ReplaceAll(s, "-", "")
	return len(digits) == 32 && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}
