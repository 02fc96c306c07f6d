package codec_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

type dateType = types.Date

// strict encodes what write writes into an object as a request.
func strict(write func(*codec.Encoder)) (string, error) {
	e := codec.NewEncoder(true)
	e.Begin()
	write(e)
	e.End(nil)
	b, err := e.Bytes()
	return string(b), err
}

// requireRefused fails unless err blames path for reason.
func requireRefused(t *testing.T, err error, path, reason string) {
	t.Helper()
	var e *codec.RequestError
	if !errors.As(err, &e) || e.Path != path || !strings.Contains(e.Reason, reason) {
		t.Errorf("error %v, want %s %s", err, path, reason)
	}
}

// put writes one member called "m", empty and otherwise.
type put struct {
	name        string
	empty, full func(*codec.Encoder, codec.Rule)
	emptyJSON   string
	fullJSON    string
}

func puts() []put {
	const m = "m"
	at := time.Date(2024, 3, 1, 8, 30, 0, 5, time.FixedZone("", 3600))
	return []put{
		{"string", func(e *codec.Encoder, r codec.Rule) { codec.PutString(e, m, "", nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutString(e, m, "a", nil, r) }, `""`, `"a"`},
		{"int", func(e *codec.Encoder, r codec.Rule) { codec.PutInt(e, m, 0, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutInt(e, m, int64(math.MinInt64), nil, r) }, `0`, `-9223372036854775808`},
		{"float", func(e *codec.Encoder, r codec.Rule) { codec.PutFloat(e, m, 0.0, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutFloat(e, m, 0.1, nil, r) }, `0`, `0.1`},
		{"time", func(e *codec.Encoder, r codec.Rule) { codec.PutTime(e, m, time.Time{}, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutTime(e, m, at, nil, r) }, `"0001-01-01T00:00:00Z"`, `"2024-03-01T08:30:00.000000005+01:00"`},
		{"date", func(e *codec.Encoder, r codec.Rule) { codec.PutDate(e, m, dateType{}, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutDate(e, m, dateType{Time: at}, nil, r) }, `"0001-01-01"`, `"2024-03-01"`},
		{"bytes", func(e *codec.Encoder, r codec.Rule) { codec.PutBytes(e, m, nil, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutBytes(e, m, []byte{1, 2}, nil, r) }, `""`, `"AQI="`},
		{"any", func(e *codec.Encoder, r codec.Rule) { codec.PutAny(e, m, nil, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutAny(e, m, []any{1, nil}, nil, r) }, `null`, `[1,null]`},
		{"raw", func(e *codec.Encoder, r codec.Rule) { codec.PutRaw(e, m, nil, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutRaw(e, m, json.RawMessage(`{"a":1}`), nil, r) }, `null`, `{"a":1}`},
		{"secret", func(e *codec.Encoder, r codec.Rule) { codec.PutSecret(e, m, sdk.Secret{}, nil, r) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutSecret(e, m, sdk.NewSecret("s3cret"), nil, r) }, `""`, `"s3cret"`},
		{"slice", func(e *codec.Encoder, r codec.Rule) { codec.PutSlice(e, m, nil, nil, r, codec.StringOut) },
			func(e *codec.Encoder, r codec.Rule) {
				codec.PutSlice(e, m, []string{"a", "b"}, nil, r, codec.StringOut)
			}, `[]`, `["a","b"]`},
		{"map", func(e *codec.Encoder, r codec.Rule) { codec.PutMap(e, m, nil, nil, r, codec.BoolOut) },
			func(e *codec.Encoder, r codec.Rule) {
				codec.PutMap(e, m, map[string]bool{"b": true, "a": false}, nil, r, codec.BoolOut)
			}, `{}`, `{"a":false,"b":true}`},
		{"object", func(e *codec.Encoder, r codec.Rule) { codec.PutObject(e, m, &page{}, nil, r, (*page).encode) },
			func(e *codec.Encoder, r codec.Rule) { codec.PutObject(e, m, &page{Next: "n"}, nil, r, (*page).encode) },
			`{"items":[],"next":""}`, `{"items":[],"next":"n"}`},
	}
}

func TestRulesOfPlainMembers(t *testing.T) {
	t.Parallel()
	for _, p := range puts() {
		for _, c := range []struct {
			rule codec.Rule
			want string
		}{{codec.Plain, `{"m":` + p.emptyJSON + `}`}, {codec.OmitZero, `{}`}, {codec.Nullable, `{"m":` + p.emptyJSON + `}`}} {
			got, err := strict(func(e *codec.Encoder) { p.empty(e, c.rule) })
			if err != nil || got != c.want {
				t.Errorf("empty %s with rule %d: %s, %v, want %s", p.name, c.rule, got, err, c.want)
			}
		}
		_, err := strict(func(e *codec.Encoder) { p.empty(e, codec.NonEmpty) })
		requireRefused(t, err, "m", "is required")
		for _, rule := range []codec.Rule{codec.Plain, codec.OmitZero, codec.NonEmpty, codec.Nullable} {
			got, err := strict(func(e *codec.Encoder) { p.full(e, rule) })
			if want := `{"m":` + p.fullJSON + `}`; err != nil || got != want {
				t.Errorf("%s with rule %d: %s, %v, want %s", p.name, rule, got, err, want)
			}
		}
	}
}

func TestLenientEncoderRefusesNothingEmpty(t *testing.T) {
	t.Parallel()
	for _, p := range puts() {
		got, err := marshal(&struct{}{}, func(_ *struct{}, e *codec.Encoder) {
			e.Begin()
			p.empty(e, codec.NonEmpty)
			e.End(nil)
		})
		if want := `{"m":` + p.emptyJSON + `}`; err != nil || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", p.name, got, err, want)
		}
	}
}

func TestFalseAndMadeEmptyAreValues(t *testing.T) {
	t.Parallel()
	got, err := strict(func(e *codec.Encoder) {
		codec.PutBool(e, "bool", false, nil, codec.NonEmpty)
		codec.PutSlice(e, "slice", []string{}, nil, codec.NonEmpty|codec.OmitZero, codec.StringOut)
		codec.PutMap(e, "map", map[string]int{}, nil, codec.NonEmpty|codec.OmitZero, codec.IntOut)
		codec.PutBytes(e, "bytes", []byte{}, nil, codec.NonEmpty|codec.OmitZero)
		codec.PutBool(e, "left out", false, nil, codec.OmitZero)
	})
	if want := `{"bool":false,"slice":[],"map":{},"bytes":""}`; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

func TestRulesOfOptionalMembers(t *testing.T) {
	t.Parallel()
	type one struct {
		name string
		put  func(e *codec.Encoder, state int, r codec.Rule)
		want string
	}
	for _, o := range []one{
		{"string", func(e *codec.Encoder, s int, r codec.Rule) { codec.PutOptString(e, "m", inState(s, ""), nil, r) }, `""`},
		{"bool", func(e *codec.Encoder, s int, r codec.Rule) { codec.PutOptBool(e, "m", inState(s, false), nil, r) }, `false`},
		{"int", func(e *codec.Encoder, s int, r codec.Rule) { codec.PutOptInt(e, "m", inState(s, int32(0)), nil, r) }, `0`},
		{"float", func(e *codec.Encoder, s int, r codec.Rule) { codec.PutOptFloat(e, "m", inState(s, 0.0), nil, r) }, `0`},
		{"time", func(e *codec.Encoder, s int, r codec.Rule) { codec.PutOptTime(e, "m", inState(s, time.Time{}), nil, r) }, `"0001-01-01T00:00:00Z"`},
		{"enum", func(e *codec.Encoder, s int, r codec.Rule) { codec.PutOptEnum(e, "m", inState(s, kind("")), nil, r) }, `""`},
		{"slice", func(e *codec.Encoder, s int, r codec.Rule) {
			o := inState(s, []string(nil))
			codec.PutOpt(e, "m", &o, nil, r, codec.SliceOut(codec.StringOut))
		}, `[]`},
	} {
		for _, r := range []codec.Rule{codec.Plain, codec.NonEmpty, codec.Nullable, codec.NonEmpty | codec.Nullable} {
			got, err := strict(func(e *codec.Encoder) { o.put(e, 2, r) })
			if err != nil || got != `{"m":`+o.want+`}` {
				t.Errorf("value of %s with rule %d: %s, %v", o.name, r, got, err)
			}
			switch got, err = strict(func(e *codec.Encoder) { o.put(e, 1, r) }); {
			case r&codec.Nullable == 0:
				requireRefused(t, err, "m", "must not be null")
			case err != nil || got != `{"m":null}`:
				t.Errorf("null of %s with rule %d: %s, %v", o.name, r, got, err)
			}
			switch got, err = strict(func(e *codec.Encoder) { o.put(e, 0, r) }); {
			case r&codec.NonEmpty != 0:
				requireRefused(t, err, "m", "is required")
			case err != nil || got != `{}`:
				t.Errorf("absent %s with rule %d: %s, %v", o.name, r, got, err)
			}
		}
	}
}

// inState returns v absent (0), null (1) or there (2).
func inState[T any](state int, v T) sdk.Optional[T] {
	return []sdk.Optional[T]{{}, sdk.Null[T](), sdk.Some(v)}[state]
}

func TestStrictEncoderKeepsWhatTheServerSent(t *testing.T) {
	t.Parallel()
	var x sdk.Extra
	x.Deviate("null", json.RawMessage("null"))
	x.Deviate("unread", json.RawMessage(`"soon"`))
	x.Deviate("missing", nil)
	got, err := strict(func(e *codec.Encoder) {
		codec.PutString(e, "null", "", &x, codec.Plain)
		codec.PutTime(e, "unread", time.Time{}, &x, codec.NonEmpty)
		codec.PutInt(e, "missing", 0, &x, codec.Plain)
	})
	if want := `{"null":null,"unread":"soon"}`; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	for _, name := range []string{"null", "missing"} {
		_, err := strict(func(e *codec.Encoder) { codec.PutString(e, name, "", &x, codec.NonEmpty) })
		requireRefused(t, err, name, "is required")
	}
}

func TestRefusalsSayWhere(t *testing.T) {
	t.Parallel()
	ok := child{Slug: "s", Size: 1, Seen: time.Unix(0, 0)}
	deep := child{Slug: "s", Under: []child{ok, {Slug: "t", Under: []child{{}}}}}
	nan := math.NaN()
	for path, write := range map[string]func(*codec.Encoder){
		"nodes[3].slug": func(e *codec.Encoder) {
			codec.PutSlice(e, "nodes", []child{ok, ok, ok, {}}, nil, codec.Plain, (*child).encode)
		},
		"nodes[0].under[1].under[0].slug": func(e *codec.Encoder) {
			codec.PutString(e, "before", "b", nil, codec.Plain)
			codec.PutSlice(e, "nodes", []child{deep}, nil, codec.Plain, (*child).encode)
		},
		"child.slug": func(e *codec.Encoder) {
			codec.PutObject(e, "other", &ok, nil, codec.Plain, (*child).encode)
			codec.PutObject(e, "child", &child{Size: 1}, nil, codec.Plain, (*child).encode)
		},
		"after": func(e *codec.Encoder) {
			codec.PutObject(e, "child", &ok, nil, codec.Plain, (*child).encode)
			codec.PutString(e, "after", "", nil, codec.NonEmpty)
		},
		"byname.*.slug": func(e *codec.Encoder) {
			codec.PutMap(e, "byname", map[string]child{"a": ok, "b": {}, "c": {}}, nil, codec.Plain, func(c *child, e *codec.Encoder) { c.encode(e) })
		},
		"grid[1][2]": func(e *codec.Encoder) {
			codec.PutSlice(e, "grid", [][]float64{{0}, {0, 1, nan}}, nil, codec.Plain, codec.SliceOut(codec.FloatOut))
		},
		"ratio": func(e *codec.Encoder) { codec.PutFloat(e, "ratio", math.Inf(-1), nil, codec.OmitZero) },
		"any.*[1]": func(e *codec.Encoder) {
			codec.PutAny(e, "any", map[string]any{"a": []any{1, func() {}}}, nil, codec.Plain)
		},
		"at": func(e *codec.Encoder) {
			codec.PutTime(e, "at", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), nil, codec.Plain)
		},
		"day": func(e *codec.Encoder) {
			codec.PutDate(e, "day", dateType{Time: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, codec.Plain)
		},
		"raws[1]": func(e *codec.Encoder) {
			codec.PutSlice(e, "raws", []json.RawMessage{nil, json.RawMessage("nul")}, nil, codec.Plain, codec.RawOut)
		},
		"raw":   func(e *codec.Encoder) { codec.PutRaw(e, "raw", json.RawMessage("{]"), nil, codec.Plain) },
		"count": func(e *codec.Encoder) { codec.PutAny(e, "count", json.Number("1x"), nil, codec.Plain) },
	} {
		_, err := strict(write)
		requireRefused(t, err, path, "")
	}
	e := codec.NewEncoder(true)
	codec.FloatOut(&nan, e)
	_, err := e.Bytes()
	requireRefused(t, err, "", "is not a finite number")
}

func TestRefusalsReadWell(t *testing.T) {
	t.Parallel()
	_, err := strict(func(e *codec.Encoder) {
		codec.PutSlice(e, "nodes", []child{{}}, nil, codec.Plain, (*child).encode)
	})
	if err == nil || err.Error() != "nodes[0].slug is required" {
		t.Errorf("%v", err)
	}
	var v any = func() {}
	if _, err = marshal(&v, codec.AnyOut); err == nil || !strings.HasPrefix(err.Error(), "request body can't be encoded") {
		t.Errorf("%v", err)
	}
}

func TestFirstRefusalStands(t *testing.T) {
	t.Parallel()
	_, err := strict(func(e *codec.Encoder) {
		codec.PutString(e, "first", "", nil, codec.NonEmpty)
		codec.PutString(e, "second", "", nil, codec.NonEmpty)
		codec.PutSlice(e, "third", []child{{}}, nil, codec.Plain, (*child).encode)
	})
	requireRefused(t, err, "first", "is required")
}

func TestFreeFormValuesOfEveryGoType(t *testing.T) {
	t.Parallel()
	type own struct {
		A string `json:"a"`
		B *own   `json:"b,omitempty"`
	}
	for want, v := range map[string]any{
		`null`:                   nil,
		`"<&>"`:                  "<&>",
		`true`:                   true,
		`-5`:                     -5,
		`7`:                      uint8(7),
		`1e+21`:                  1e21,
		`0.1`:                    float32(0.1),
		`12345678901234567890.0`: json.Number("12345678901234567890.0"),
		`0`:                      json.Number(""),
		`[ 1 ]`:                  json.RawMessage("[ 1 ]"),
		`"2024-03-01T00:00:00Z"`: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		`"s3cret"`:               sdk.NewSecret("s3cret"),
		`{"a":1,"b":[]}`:         map[string]any{"b": []any{}, "a": 1},
		`{"a":null,"b":null}`:    map[string]any{"b": []any(nil), "a": map[string]any(nil)},
		`["x"]`:                  []string{"x"},
		`{"a":"<","b":{"a":""}}`: own{A: "<", B: &own{}},
	} {
		if got, err := marshal(&v, codec.AnyOut); err != nil || string(got) != want {
			t.Errorf("%#v: %s, %v, want %s", v, got, err, want)
		}
	}
}

func TestFreeFormValueThatContainsItselfIsRefused(t *testing.T) {
	t.Parallel()
	m := map[string]any{}
	m["m"] = []any{m}
	_, err := strict(func(e *codec.Encoder) { codec.PutAny(e, "any", m, nil, codec.Plain) })
	var e *codec.RequestError
	if !errors.As(err, &e) || !strings.Contains(e.Reason, "nested too deeply") || len(e.Path) > 200 {
		t.Errorf("%v", err)
	}
}

func TestErrorOfAMarshalerIsWrapped(t *testing.T) {
	t.Parallel()
	_, err := strict(func(e *codec.Encoder) { codec.PutAny(e, "any", failing{}, nil, codec.Plain) })
	requireRefused(t, err, "any", "")
	if !errors.Is(err, errFailing) {
		t.Errorf("%v doesn't wrap the marshaler's error", err)
	}
}

var errFailing = errors.New("out of order")

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, errFailing }
