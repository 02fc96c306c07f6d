package codec

import "encoding/base64"

// readText reads a text that stands for something else. What can't be read so, of
// whatever JSON type, gives the zero value and its raw bytes, which belong to the
// document: one odd member must not cost an answer.
func readText[T any](d *Decoder, parse func([]byte) (T, bool)) (v T, unread []byte) {
	start := d.pos
	if start < len(d.data) && d.data[start] == '"' {
		b, ok := d.text()
		if !ok {
			return v, nil
		}
		if v, ok = parse(b); ok {
			return v, nil
		}
		unread = d.data[start:d.pos]
	} else {
		unread = d.Value()
	}
	d.unread = d.pos
	return v, unread
}

// bytes reads standard base64 in this way.
func (d *Decoder) bytes() (v, unread []byte) {
	return readText(d, func(b []byte) ([]byte, bool) {
		out := make([]byte, base64.StdEncoding.DecodedLen(len(b)))
		n, err := base64.StdEncoding.Decode(out, b)
		if err != nil {
			return nil, false
		}
		return out[:n], true
	})
}
