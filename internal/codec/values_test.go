package codec_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/wharfinger/sdk/internal/codec"
)

// texts are strings that are hard to read or to write.
var texts = []string{
	"", "a", "seven77", "eight888", "nine99999", "sixteen-sixteen-", `quote"here`, `back\slash`, "new\nline", "\x00\x1f\x7f",
	"gr\u00fc\u00df", "\u2028\u2029", "\U0001f600", "\xff", "a\xc3", "\xed\xa0\x80", "12345678\xff", "<script>&",
	`\u00e9`, `\ud83d\ude00`, `\ud83d`, `\ude00\ud83d`, `\ud83d\u0041`, `\ud83dA`, `\n\t\/\\`, `\u12`, `\`, `\q`, `\uD83D\uDE0`,
	"plain text that is longer than one word of eight bytes, \u00e9 and then goes on for a while \xff to the end",
}

func TestTextIsReadAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	for _, s := range texts {
		for _, pad := range []string{"", "1", "1234567", "12345678"} {
			quoted := []byte(`"` + pad + s + pad + `"`)
			var got, want string
			err, wantErr := codec.Unmarshal(quoted, &got, codec.StringElem), json.Unmarshal(quoted, &want)
			if (err == nil) != (wantErr == nil) || err == nil && got != want {
				t.Errorf("%q: %q, %v; encoding/json %q, %v", quoted, got, err, want, wantErr)
			}
		}
	}
}

func TestTextIsWrittenWithoutEscapesForHTML(t *testing.T) {
	t.Parallel()
	s := "<a>&\u2028\u2029\"\\\x01\b\f\n\r\t\x7f\xff\u00e9"
	got, err := marshal(&s, codec.StringOut)
	want := "\"<a>&\u2028\u2029\\\"\\\\\\u0001\\b\\f\\n\\r\\t\x7f\ufffd\u00e9\""
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

func TestIntegersAreExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		ok   bool
		want int64
	}{
		{"0", true, 0},
		{"-0", true, 0},
		{"7", true, 7},
		{"9007199254740993", true, 9007199254740993},
		{"9223372036854775807", true, math.MaxInt64},
		{"-9223372036854775808", true, math.MinInt64},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"18446744073709551616", false, 0},
		{"18446744073709551617", false, 0},
		{"99999999999999999999999", false, 0},
		{"1.0", false, 0},
		{"1e2", false, 0},
		{"1E2", false, 0},
		{"00", false, 0},
		{"-01", false, 0},
		{"-", false, 0},
		{"", false, 0},
		{"1 ", true, 1},
		{`"1"`, false, 0},
		{"true", false, 0},
		{"null", true, 0},
	} {
		var got int64
		err := codec.Unmarshal([]byte(c.text), &got, codec.IntElem[int64])
		if (err == nil) != c.ok || c.ok && got != c.want {
			t.Errorf("%q: %d, %v", c.text, got, err)
		}
	}
	for text, ok := range map[string]bool{"2147483647": true, "-2147483648": true, "2147483648": false, "-2147483649": false, "4294967296": false} {
		var got int32
		if err := codec.Unmarshal([]byte(text), &got, codec.IntElem[int32]); (err == nil) != ok {
			t.Errorf("%q into int32: %d, %v", text, got, err)
		}
	}
}

func TestFloatsAreExact(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0", "-0", "1", "0.1", "-1.5e-7", "1e21", "1e-7", "123456789012345680000", "5e-324", "1.7976931348623157e+308",
		"0.1000000000000000055511151231257827021181583404541015625", "1e400", "-1e400", "1e-400", "1.", ".1", "1e", "1e+", "01.5", "-",
	} {
		var got, want float64
		err, wantErr := codec.Unmarshal([]byte(text), &got, codec.FloatElem), json.Unmarshal([]byte(text), &want)
		if (err == nil) != (wantErr == nil) || got != want || math.Signbit(got) != math.Signbit(want) {
			t.Errorf("%s: %v, %v; encoding/json %v, %v", text, got, err, want, wantErr)
			continue
		}
		if err == nil {
			requireStdEncoding(t, &got, codec.FloatOut)
		}
	}
}

// requireStdEncoding fails unless v is written as encoding/json writes it.
func requireStdEncoding[T any](t *testing.T, v *T, out func(*T, *codec.Encoder)) {
	t.Helper()
	got, err := marshal(v, out)
	want, wantErr := json.Marshal(v)
	if err != nil || wantErr != nil || string(got) != string(want) {
		t.Errorf("%v was written as %s, %v; encoding/json %s, %v", *v, got, err, want, wantErr)
	}
}

func TestBase64IsReadAsEncodingJSONDoesWhereItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`""`, `"AQID"`, `"AQI="`, `"AQI"`, `"AQ=="`, `"A"`, `"-_-_"`, `"AQ\nID"`, `"AQID="`, `"AQID AQID"`, `"\u0041QID"`, `null`, `1`} {
		var got, want []byte
		err, wantErr := codec.Unmarshal([]byte(text), &got, codec.BytesElem), json.Unmarshal([]byte(text), &want)
		if wantErr != nil {
			want = nil // which a member of a model has beside what was sent
		}
		if err != nil || string(got) != string(want) || (got == nil) != (want == nil) {
			t.Errorf("%s: %q, %v; encoding/json %q, %v", text, got, err, want, wantErr)
		}
		if err == nil && got != nil {
			requireStdEncoding(t, &got, codec.BytesOut)
		}
	}
}

// times are texts with the time that they must read as, "" for none.
var times = []struct{ text, want string }{
	{"2024-03-01T08:30:05Z", "2024-03-01T08:30:05Z"},
	{"2024-03-01t08:30:05z", "2024-03-01T08:30:05Z"},
	{"2024-03-01 08:30:05", "2024-03-01T08:30:05Z"},
	{"2024-03-01T08:30:05", "2024-03-01T08:30:05Z"},
	{"2024-03-01T08:30:05.1Z", "2024-03-01T08:30:05.1Z"},
	{"2024-03-01T08:30:05.12", "2024-03-01T08:30:05.12Z"},
	{"2024-03-01T08:30:05.123Z", "2024-03-01T08:30:05.123Z"},
	{"2024-03-01T08:30:05.1234Z", "2024-03-01T08:30:05.1234Z"},
	{"2024-03-01T08:30:05.12345Z", "2024-03-01T08:30:05.12345Z"},
	{"2024-03-01T08:30:05.123456Z", "2024-03-01T08:30:05.123456Z"},
	{"2024-03-01T08:30:05.1234567Z", "2024-03-01T08:30:05.1234567Z"},
	{"2024-03-01T08:30:05.12345678Z", "2024-03-01T08:30:05.12345678Z"},
	{"2024-03-01T08:30:05.123456789+00:00", "2024-03-01T08:30:05.123456789Z"},
	{"2024-03-01T08:30:05.1234567899999Z", "2024-03-01T08:30:05.123456789Z"},
	{"2024-03-01T08:30:05,5+01:00", "2024-03-01T08:30:05.5+01:00"},
	{"2024-03-01T08:30:05-0330", "2024-03-01T08:30:05-03:30"},
	{"2024-03-01T08:30:05+01", "2024-03-01T08:30:05+01:00"},
	{"2024-03-01T08:30:05-23:59", "2024-03-01T08:30:05-23:59"},
	{"2024-03-01T08:30:05-00:00", "2024-03-01T08:30:05Z"},
	{"2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"},
	{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
	{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
	{"1969-12-31T23:59:59.9Z", "1969-12-31T23:59:59.9Z"},
	{"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
	{"0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"},
	{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
	{"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"},
	{"", ""},
	{"0000-00-00 00:00:00", ""},
	{"2023-02-29T00:00:00Z", ""},
	{"1900-02-29T00:00:00Z", ""},
	{"2024-04-31T00:00:00Z", ""},
	{"2024-13-01T00:00:00Z", ""},
	{"2024-03-01T24:00:00Z", ""},
	{"2024-03-01T08:60:00Z", ""},
	{"2024-03-01T08:30:60Z", ""},
	{"2024-03-01T08:30:05+24:00", ""},
	{"2024-03-01T08:30:05+01:60", ""},
	{"2024-03-01T08:30:05.Z", ""},
	{"2024-03-01T08:30:05 Z", ""},
	{"2024-03-01T08:30:05+1", ""},
	{"2024-03-01T08:30:05x01:00", ""},
	{"2024-03-01T08:30Z", ""},
	{"2024-03-01", ""},
	{"2024/03/01 08:30:05", ""},
	{"+024-03-01T08:30:05Z", ""},
	{"2024-03-01T08:30:0\u0665Z", ""},
	{"1709281805", ""},
	{"Fri, 01 Mar 2024 08:30:05 GMT", ""},
}

func TestTimesOfEveryForm(t *testing.T) {
	t.Parallel()
	for _, c := range times {
		raw, _ := json.Marshal(c.text)
		var got time.Time
		if err := codec.Unmarshal(raw, &got, codec.TimeElem); err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if c.want == "" {
			if !got.IsZero() {
				t.Errorf("%q was read as %v", c.text, got)
			}
			continue
		}
		if s := got.Format(time.RFC3339Nano); s != c.want {
			t.Errorf("%q was read as %s, want %s", c.text, s, c.want)
		}
		out, err := marshal(&got, codec.TimeOut)
		if err != nil || string(out) != `"`+c.want+`"` {
			t.Errorf("%q was written as %s, %v", c.text, out, err)
		}
	}
}

func TestEveryDayOfFourCenturiesIsRead(t *testing.T) {
	t.Parallel()
	for day := time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC); day.Year() < 2302; day = day.AddDate(0, 0, 1) {
		var got time.Time
		text := day.Format(time.RFC3339)
		if err := codec.Unmarshal([]byte(`"`+text+`"`), &got, codec.TimeElem); err != nil || !got.Equal(day) {
			t.Fatalf("%s was read as %v, %v", text, got, err)
		}
	}
}

func TestTimesThatRFC3339CantSay(t *testing.T) {
	t.Parallel()
	odd := time.Date(1890, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 19*60+32))
	out, err := marshal(&odd, codec.TimeOut)
	if err != nil || string(out) != `"1889-12-31T23:40:28Z"` {
		t.Errorf("a zone with seconds: %s, %v", out, err)
	}
	for _, year := range []int{-1, 10000} {
		late := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		if out, err := marshal(&late, codec.TimeOut); err == nil {
			t.Errorf("year %d was written as %s", year, out)
		}
	}
}
