package codec_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// generator writes random documents for the sample: mostly what a server would
// send, with everything in it that a server shouldn't.
type generator struct {
	r *rand.Rand
	b strings.Builder
	// oddity is how many of a hundred values aren't of the type expected.
	oddity int
}

func (g *generator) pick(from ...string) string { return from[g.r.IntN(len(from))] }

func (g *generator) space() {
	if g.r.IntN(12) == 0 {
		g.b.WriteString(g.pick(" ", "\n", "\t", "\r\n  "))
	}
}

func (g *generator) document(depth int) {
	g.object(depth, func() {
		name := g.pick("id", "kind", "active", "count", "small", "plain", "ratio", "at", "day", "blob", "any",
			"raw", "token", "child", "tags", "grid", "labels", "counts", "nodes", "byname", "times", "nullable", "kinds",
			"free", "opt_string", "opt_bool", "opt_int", "opt_float", "opt_time", "opt_date", "opt_kind", "opt_child",
			"opt_tags", "unknown", "ID", "", "\\u0069d", "gr\u00fc\u00df", "a.b", "\\n", "\xff")
		g.b.WriteString(`"` + name + `"`)
		g.colon()
		g.member(name, depth-1)
	})
}

func (g *generator) colon() {
	g.space()
	g.b.WriteByte(':')
	g.space()
}

// object writes an object of a few members, array an array of a few elements.
func (g *generator) object(depth int, member func()) { g.container("{", "}", depth, member) }

func (g *generator) array(depth int, elem func()) { g.container("[", "]", depth, elem) }

func (g *generator) container(opening, closing string, depth int, one func()) {
	g.b.WriteString(opening)
	g.space()
	for i := range g.r.IntN(2 + 4*max(0, depth)) {
		if i > 0 {
			g.b.WriteByte(',')
			g.space()
		}
		one()
		g.space()
	}
	g.b.WriteString(closing)
}

func (g *generator) member(name string, depth int) {
	switch {
	case g.r.IntN(100) < g.oddity:
		g.any(depth)
		return
	case g.r.IntN(10) == 0:
		g.b.WriteString("null")
		return
	}
	name = strings.TrimPrefix(name, "opt_")
	switch name {
	case "active", "bool":
		g.b.WriteString(g.pick("true", "false"))
	case "count", "small", "plain", "int", "size":
		g.b.WriteString(g.pick("0", "1", "-1", "2147483647", "-2147483648", strconv.Itoa(g.r.IntN(1000))))
	case "ratio", "float":
		g.b.WriteString(g.pick("0", "-0.0", "1", "0.1", "1e2", "3.4028234e+38", strconv.FormatFloat(g.r.NormFloat64(), 'g', -1, 64)))
	case "at", "time", "seen":
		g.time()
	case "day", "date":
		g.b.WriteString(g.pick(`"2024-02-29"`, `"2023-02-29"`, `"0001-01-01"`, `""`))
	case "blob":
		g.b.WriteString(g.pick(`""`, `"AQI="`, `"AQID"`))
	case "child", "parent":
		g.child(depth)
	case "tags", "kinds", "nullable":
		g.array(depth, g.string)
	case "grid":
		g.array(depth, func() { g.array(1, func() { g.member("count", 0) }) })
	case "labels":
		g.mapOf(depth, g.string)
	case "counts":
		g.mapOf(depth, func() { g.array(1, func() { g.member("count", 0) }) })
	case "nodes", "under":
		g.array(depth, func() { g.member("child", depth-1) })
	case "byname":
		g.mapOf(depth, func() { g.member("child", depth-1) })
	case "times":
		g.array(depth, func() { g.member("at", 0) })
	case "free":
		g.mapOf(depth, func() { g.any(depth - 1) })
	case "id", "kind", "token", "string", "slug", "note":
		g.string()
	default:
		g.any(depth)
	}
}

func (g *generator) child(depth int) {
	g.object(depth, func() {
		name := g.pick("slug", "size", "seen", "note", "under", "more")
		g.b.WriteString(`"` + name + `"`)
		g.colon()
		g.member(name, depth-1)
	})
}

func (g *generator) mapOf(depth int, value func()) {
	g.object(depth, func() {
		g.string()
		g.colon()
		value()
	})
}

func (g *generator) string() {
	g.b.WriteByte('"')
	for range g.r.IntN(4) {
		g.b.WriteString(g.pick("a", "draft", "active", "some more text", `\"`, `\u00e9`, `\ud83d\ude00`, `\ud800`, "\u00e9",
			"\u4e16\u754c", "\xff", `\\`, `\/`, "<&>", "\u2028", strings.Repeat("long ", g.r.IntN(200))))
	}
	g.b.WriteByte('"')
}

func (g *generator) time() {
	g.b.WriteString(`"2024-0` + strconv.Itoa(g.r.IntN(10)) + g.pick("-01", "-30") + g.pick("T", "t", " ") + "08:30:05" +
		g.pick("", ".5", ",25", ".123456789", ".") + g.pick("Z", "z", "", "+01:00", "-0800", "+05", " ") + `"`)
}

func (g *generator) any(depth int) {
	n := 7
	if depth > 0 {
		n = 9
	}
	switch g.r.IntN(n) {
	case 0, 1:
		g.string()
	case 2:
		g.b.WriteString(g.pick("0", "1.50", "-0", "1e400", "12345678901234567890", "1.0"))
	case 3:
		g.b.WriteString(g.pick("true", "false", "null"))
	case 4:
		g.time()
	case 5:
		g.b.WriteString("{}")
	case 6:
		g.b.WriteString("[]")
	case 7:
		g.array(depth, func() { g.any(depth - 1) })
	case 8:
		g.mapOf(depth, func() { g.any(depth - 1) })
	}
}

// randomDocument returns the document that belongs to a seed; some are broken in
// one place.
func randomDocument(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 7))
	g := &generator{r: r, oddity: []int{0, 0, 1, 5}[r.IntN(4)]}
	g.space()
	g.document(1 + r.IntN(4))
	g.space()
	doc := g.b.String()
	if r.IntN(8) == 0 {
		i := r.IntN(len(doc))
		doc = doc[:i] + g.pick("", "\"", ",", "}", "]", "\\", "\x01", "0", "e", " ", "n") + doc[i+1:]
	}
	return doc
}

func TestRandomDocumentsAreReadAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	n := 2000
	if testing.Short() {
		n = 400
	}
	accepted := 0
	for seed := range n {
		if checkSample(t, randomDocument(uint64(seed))) == nil {
			accepted++
		}
	}
	if accepted < n/3 || accepted > n-n/20 {
		t.Errorf("%d of %d were accepted: the documents say too little", accepted, n)
	}
}
