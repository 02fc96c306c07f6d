package samples

import "testing"

// A comparison that lets too much pass would make every fuzz test of the vendor packages worthless.
func TestFuzzComparisonSeesLosses(t *testing.T) {
	t.Parallel()
	type model struct {
		Name string         `json:"name"`
		N    float64        `json:"n"`
		List []string       `json:"list"`
		Map  map[string]int `json:"map"`
	}
	for doc, diff := range map[string]string{
		`{"name":"a","n":1,"list":[],"map":{}}`:                       "",
		`{"name":"a","n":0.10000000000000001,"list":[],"map":{}}`:     "",
		`{"name":"a","n":1,"list":["a",null],"map":{"k":1}}`:          "",
		`{"name":"a","n":1,"list":[],"map":{"k":null}}`:               "",
		`{"name":null,"n":1,"list":[],"map":{}}`:                      "/name: was <nil>, is ",
		`{"name":"a","n":null,"list":[],"map":{}}`:                    "/n: was <nil>, is 0",
		`{"name":"a","n":1,"list":[],"map":{},"future":1}`:            "/future: is lost",
		`{"n":1,"list":[],"map":{}}`:                                  "/name: was not there",
		`{"name":"a","n":1,"list":null,"map":{}}`:                     "",
		`{"name":"2026-01-02 03:04:05","n":1E0,"list":[],"map":{}}  `: "",
	} {
		c := fuzzed{codec: RoundTrip[model]}
		again, err := c.codec([]byte(doc))
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		if got := c.compare(doc, again); got != diff {
			t.Errorf("%s: %q, want %q", doc, got, diff)
		}
	}
	for doc, want := range map[string]bool{
		`{"a":1,"b":{"a":[{"a":1},{"a":1}]}}`: false, `{"a":1,"\u0061":2}`: true, `[{"a":{"b":1,"b":1}}]`: true, `{"a":1}{"a":2}`: false, `{"a":`: true, `{`: true,
	} {
		if doubled([]byte(doc)) != want {
			t.Errorf("%s: %t", doc, !want)
		}
	}
}
