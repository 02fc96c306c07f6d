package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// readJSON decodes a document and says what encoding/json would let pass: duplicate names, text that isn't UTF-8 and
// anything after the value. ok is false when there is no value to go on with.
func readJSON(data []byte, at *place) (v any, found []Violation, ok bool) {
	if !utf8.Valid(data) {
		found = append(found, at.violation(Malformed, "is not valid UTF-8"))
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, append(found, at.violation(Malformed, "is not JSON: "+err.Error())), false
	}
	r := jsonReader{decoder: json.NewDecoder(bytes.NewReader(data))}
	r.decoder.UseNumber()
	v, err := r.value(at)
	if err != nil {
		return nil, append(found, at.violation(Malformed, "is not JSON: "+err.Error())), false
	}
	return v, append(found, r.found...), true
}

// jsonReader builds values token by token. It only sees documents known to be valid, which bounds their depth.
type jsonReader struct {
	decoder *json.Decoder
	found   []Violation
}

func (r *jsonReader) value(at *place) (any, error) {
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return r.object(at)
	case json.Delim('['):
		return r.array(at)
	}
	return token, nil // string, json.Number, bool or nil
}

func (r *jsonReader) object(at *place) (any, error) {
	object := map[string]any{}
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, fmt.Errorf("unexpected %v", token)
		}
		below := at.down(name)
		if _, ok := object[name]; ok {
			r.found = append(r.found, below.violation(Repeated, "is there twice"))
		}
		if object[name], err = r.value(below); err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return object, err
}

func (r *jsonReader) array(at *place) (any, error) {
	array := []any{}
	for i := 0; r.decoder.More(); i++ {
		item, err := r.value(at.down(strconv.Itoa(i)))
		if err != nil {
			return nil, err
		}
		array = append(array, item)
	}
	_, err := r.decoder.Token()
	return array, err
}
