package codec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
)

// The oracle decodes a sample with encoding/json alone, member by member so that
// names match exactly and the last of several wins. Times are read by
// time.Parse, after a regular expression.

var errOracle = errors.New("refused")

// oracleMembers splits an object.
func oracleMembers(data []byte) (map[string]json.RawMessage, error) {
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, errOracle
	}
	var m map[string]json.RawMessage
	return m, json.Unmarshal(data, &m)
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

var rfc3339 = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)([.,]\d+)?(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)?$`)

// oracleTime reads a time; ok is false when it can't be read as one.
func oracleTime(raw json.RawMessage) (t time.Time, ok bool) {
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return t, false
	}
	m := rfc3339.FindStringSubmatch(s)
	if m == nil {
		return t, false
	}
	zone := "Z"
	if m[5] != "" {
		if m[5][1:] > "23" || m[6] > "59" {
			return t, false
		}
		if zone = m[5] + ":" + m[6]; m[6] == "" {
			zone += "00"
		}
	}
	t, err := time.Parse(time.RFC3339Nano, m[1]+"T"+m[2]+m[3]+zone)
	return t.UTC(), err == nil
}

func oracleDate(raw json.RawMessage) (d types.Date, ok bool) {
	if raw[0] != '"' || d.UnmarshalJSON(raw) != nil {
		return types.Date{}, false
	}
	return d, true
}

func oracleAny(raw json.RawMessage) (v any) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	_ = dec.Decode(&v)
	return v
}

// setTime reads the member called name into dst, or notes a deviation.
func setTime(x *sdk.Extra, name string, raw json.RawMessage, dst *time.Time) error {
	t, ok := oracleTime(raw)
	if *dst = t; !ok {
		*dst = time.Time{}
		x.Deviate(name, raw)
	}
	return nil
}

func oracleChild(data []byte) (v child, err error) {
	members, err := oracleMembers(data)
	if err != nil {
		return v, err
	}
	for name, raw := range members {
		if isNull(raw) && name != "note" && slices.Contains([]string{"slug", "size", "seen", "under"}, name) {
			v.Extra.Deviate(name, raw)
			continue
		}
		switch name {
		case "slug":
			err = json.Unmarshal(raw, &v.Slug)
		case "size":
			err = json.Unmarshal(raw, &v.Size)
		case "seen":
			err = setTime(&v.Extra, name, raw, &v.Seen)
		case "note":
			err = json.Unmarshal(raw, &v.Note)
		case "under":
			v.Under, err = oracleSlice(raw, oracleChild)
		default:
			v.Extra.Set(name, raw)
		}
		if err != nil {
			return v, err
		}
	}
	oracleMissing(&v.Extra, members, childRequired)
	return v, nil
}

func oracleMissing(x *sdk.Extra, members map[string]json.RawMessage, names []string) {
	for _, name := range names {
		if _, ok := members[name]; !ok {
			x.Deviate(name, nil)
		}
	}
}

// oracleSlice reads an array, null elements as zero values.
func oracleSlice[T any](raw json.RawMessage, elem func([]byte) (T, error)) ([]T, error) {
	var raws []json.RawMessage
	if err := json.Unmarshal(raw, &raws); err != nil {
		return nil, err
	}
	out := make([]T, len(raws))
	for i, r := range raws {
		if isNull(r) {
			continue
		}
		var err error
		if out[i], err = elem(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func oracleSample(data []byte) (*sample, error) {
	members, err := oracleMembers(data)
	if err != nil {
		return nil, err
	}
	v := &sample{}
	for name, raw := range members {
		if err := oracleMember(v, name, raw); err != nil {
			return nil, err
		}
	}
	oracleMissing(&v.Extra, members, sampleRequired)
	return v, nil
}

func oracleMember(v *sample, name string, raw json.RawMessage) error {
	field, declared := oracleFields(v)[name]
	switch {
	case !declared:
		v.Extra.Set(name, raw)
		return nil
	case isNull(raw) && !strings.HasPrefix(name, "opt_") && name != "raw":
		v.Extra.Deviate(name, raw)
		return nil
	case isNull(raw):
		return json.Unmarshal(raw, field)
	}
	var err error
	switch name {
	case "at":
		return setTime(&v.Extra, name, raw, &v.At)
	case "opt_time":
		var t time.Time
		_ = setTime(&v.Extra, name, raw, &t)
		if _, unread := v.Extra.Deviation(name); !unread {
			v.OptTime = sdk.Some(t)
		}
	case "day":
		var ok bool
		if v.Day, ok = oracleDate(raw); !ok {
			v.Extra.Deviate(name, raw)
		}
	case "opt_date":
		if d, ok := oracleDate(raw); ok {
			v.OptDate = sdk.Some(d)
		} else {
			v.Extra.Deviate(name, raw)
		}
	case "times":
		v.Times, err = oracleSlice(raw, func(b []byte) (time.Time, error) {
			if t, ok := oracleTime(b); ok {
				return t, nil
			}
			return time.Time{}, nil
		})
	case "any":
		v.Any = oracleAny(raw)
	case "free":
		var free map[string]json.RawMessage
		if err = json.Unmarshal(raw, &free); err == nil {
			v.Free = oracleAny(raw).(map[string]any)
		}
	case "blob":
		if raw[0] != '"' || json.Unmarshal(raw, field) != nil { // encoding/json would take an array of numbers for bytes
			v.Blob = nil
			v.Extra.Deviate(name, raw)
		}
	case "child":
		v.Child, err = oracleChild(raw)
	case "opt_child":
		var c child
		c, err = oracleChild(raw)
		v.OptChild = sdk.Some(c)
	case "nodes":
		v.Nodes, err = oracleSlice(raw, oracleChild)
	case "byname":
		err = oracleByname(v, raw)
	default:
		return json.Unmarshal(raw, field)
	}
	return err
}

func oracleByname(v *sample, raw json.RawMessage) error {
	var raws map[string]json.RawMessage
	if err := json.Unmarshal(raw, &raws); err != nil {
		return err
	}
	v.Byname = map[string]child{}
	for name, r := range raws {
		var c child
		if !isNull(r) {
			var err error
			if c, err = oracleChild(r); err != nil {
				return err
			}
		}
		v.Byname[name] = c
	}
	return nil
}

// oracleFields returns the fields of v by the names in their tags.
func oracleFields(v *sample) map[string]any {
	fields := map[string]any{}
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		if name := s.Type().Field(i).Tag.Get("json"); name != "-" {
			fields[name] = s.Field(i).Addr().Interface()
		}
	}
	return fields
}

// hasDuplicates reports whether any object of the document has a name twice.
func hasDuplicates(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	type frame struct {
		names map[string]bool
		name  bool
	}
	var stack []*frame
	for {
		token, err := dec.Token()
		if err == io.EOF || err != nil {
			return false
		}
		var top *frame
		if len(stack) > 0 {
			top = stack[len(stack)-1]
		}
		if s, ok := token.(string); ok && top != nil && top.name {
			if top.names[s] {
				return true
			}
			top.names[s] = true
			top.name = false
			continue
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, &frame{names: map[string]bool{}, name: true})
		case json.Delim('['):
			stack = append(stack, &frame{})
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				top = stack[len(stack)-1]
			} else {
				top = nil
			}
			fallthrough
		default:
			if top != nil && top.names != nil {
				top.name = true
			}
		}
	}
}
