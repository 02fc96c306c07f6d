package samples

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
)

// mutate changes a few places of a document, which changing bytes seldom does without breaking the JSON.
func mutate(doc string, r *rand.Rand) string {
	v, err := parse([]byte(doc))
	if err != nil {
		return doc
	}
	for range 1 + r.IntN(4) {
		v = changed(v, r)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return doc
	}
	return string(text)
}

// odd are values that a member or an element may not expect.
func odd() []any {
	return []any{
		nil, true, false, json.Number("0"), json.Number("-1"), json.Number("1.5"), json.Number("9007199254740993"), json.Number("1e400"),
		json.Number("-0.0"), "", "text", "0", "2026-01-02T03:04:05", "2026-01-02 03:04:05.1234567891+0130", "0001-01-01T00:00:00Z", "yesterday", "\u2028\x00",
		[]any{}, []any{nil}, []any{"a", json.Number("1")}, map[string]any{}, map[string]any{"future": nil}, map[string]any{"kind": "x", "type": "y"},
	}
}

// changed gives v with one place changed. It may change v itself.
func changed(v any, r *rand.Rand) any {
	switch v := v.(type) {
	case map[string]any:
		names := keys(v)
		if len(names) == 0 || r.IntN(8) == 0 {
			v["future member"] = pick(r)
			return v
		}
		switch name := names[r.IntN(len(names))]; r.IntN(6) {
		case 0:
			delete(v, name)
		case 1:
			v[name] = pick(r)
		default:
			v[name] = changed(v[name], r)
		}
		return v
	case []any:
		if len(v) == 0 || r.IntN(8) == 0 {
			return append(slices.Clone(v), pick(r))
		}
		i := r.IntN(len(v))
		v[i] = changed(v[i], r)
		return v
	}
	return pick(r)
}

func pick(r *rand.Rand) any {
	values := odd()
	return values[r.IntN(len(values))]
}
