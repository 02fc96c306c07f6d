package fake

import (
	"bytes"
	"compress/gzip"
	"io"
)

// block is the size of the pieces that long bodies are made of.
const block = 1 << 20

// longString is a JSON string of size bytes, quotes included, made of pieces that are encoded once each. A gzip stream
// may be made of several members, so that a bomb costs no more to make than one of its pieces.
func longString(size int64, encode func([]byte) []byte) io.Reader {
	size = max(size, 2) - 2
	piece := bytes.Repeat([]byte("a"), block)
	last := encode(append(piece[:size%block:size%block], '"'))
	return io.MultiReader(
		bytes.NewReader(encode([]byte{'"'})),
		&repeater{piece: encode(piece), left: size / block},
		bytes.NewReader(last),
	)
}

// repeater reads one piece again and again.
type repeater struct {
	piece []byte
	at    int
	left  int64
}

func (r *repeater) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.piece[r.at:])
	r.at += n
	if r.at == len(r.piece) {
		r.at, r.left = 0, r.left-1
	}
	return n, nil
}

func compress(b []byte) []byte {
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, _ = w.Write(b) // a buffer takes everything
	_ = w.Close()
	return buffer.Bytes()
}
