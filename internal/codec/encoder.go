package codec

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/wharfinger/sdk"
)

// Encoder appends JSON to a buffer of its own.
//
// A lenient one writes whatever a model holds, for json.Marshaler. A strict one
// writes requests and refuses what the platform would: see [Rule]. Both refuse
// what JSON can't say, such as NaN. The first refusal sticks, and [Encoder.Bytes]
// returns it.
type Encoder struct {
	buf    []byte
	strict bool
	err    error
	// secrets are the texts of the secrets that a strict encoder wrote.
	secrets []string

	// frames are the objects and arrays that are open, names the members written so
	// far in those objects. Together they are the path to where we are, and what
	// the unknown members mustn't repeat.
	frames []frame
	names  []string

	// Room for both, so that most documents need no more. (With more the Encoder
	// would take noticeably longer to allocate.)
	frameRoom [8]frame
	nameRoom  [16]string
}

// frame is one open object, map or array.
type frame struct {
	// names is how many names there were when an object was opened; -1 marks an
	// array.
	names int32
	// index is the current element of an array, and -1 in a map.
	index int32
}

// RequestError says that a request was not sent because the platform would have
// refused it, and which member is to blame.
type RequestError struct {
	// Path leads to the member, as in "nodes[3].slug"; it is empty for the body as
	// a whole.
	Path string
	// Reason is what is wrong with it, as in "is required".
	Reason string
	// Err is the error of a MarshalJSON method, if that was the reason.
	Err error
}

// Error returns path and reason in one line.
func (e *RequestError) Error() string {
	if e.Path == "" {
		return "request body " + e.Reason
	}
	return e.Path + " " + e.Reason
}

// Unwrap returns Err.
func (e *RequestError) Unwrap() error { return e.Err }

// Rule says what a member needs in a request. Rules are bits and may be combined.
type Rule uint8

const (
	// Plain writes every value, also the zero one: a nil slice as [] and a nil map
	// as {}. An absent Optional is left out.
	Plain Rule = 0
	// NonEmpty makes a strict encoder refuse a zero, nil or absent value: the empty
	// string, 0, a zero struct. A slice or map that is empty but not nil was made on
	// purpose and is sent, and so is false, which is a value like the other.
	NonEmpty Rule = 1
	// OmitZero leaves out a zero or nil value. An empty slice or map that isn't nil
	// is written.
	OmitZero Rule = 2
	// Nullable lets a strict encoder write the null of an Optional.
	Nullable Rule = 4
	// NonNil makes a strict encoder refuse a nil slice or map, but not an empty one.
	NonNil Rule = 8
)

// NewEncoder returns an empty Encoder.
//
//go:noinline
func NewEncoder(strict bool) *Encoder {
	e := &Encoder{strict: strict, buf: make([]byte, 0, 512)}
	e.frames, e.names = e.frameRoom[:0], e.nameRoom[:0]
	return e
}

// Reset makes the Encoder ready for another document. What Bytes returned is
// written over.
func (e *Encoder) Reset(strict bool) {
	if cap(e.buf) > maxScratch {
		e.buf = make([]byte, 0, 512)
	}
	*e = Encoder{strict: strict, buf: e.buf[:0]}
	e.frames, e.names = e.frameRoom[:0], e.nameRoom[:0]
}

// Bytes returns what was written, or the first refusal, a *[RequestError].
//
//go:noinline
func (e *Encoder) Bytes() ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return e.buf, nil
}

// Secrets are the texts of the secrets in a request, which must not be shown where somebody quotes it.
func (e *Encoder) Secrets() []string { return e.secrets }

func (e *Encoder) secret(s sdk.Secret) {
	if e.strict && !s.IsZero() {
		e.secrets = append(e.secrets, s.Reveal())
	}
}

// Begin opens an object. Every Begin needs an [Encoder.End].
//
//go:noinline
func (e *Encoder) Begin() {
	e.push(frame{names: int32(len(e.names))})
	e.buf = append(e.buf, '{')
}

// End writes the unknown members that x keeps, apart from those whose name was
// written since Begin, and closes the object. x may be nil.
func (e *Encoder) End(x *sdk.Extra) {
	f := e.frames[len(e.frames)-1]
	if !x.IsZero() {
		declared := len(e.names)
		for name, raw := range x.All() {
			if !contains(e.names[f.names:declared], name) {
				e.member(name)
				e.raw(raw)
			}
		}
	}
	e.names = e.names[:f.names]
	e.pop('}')
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

func (e *Encoder) push(f frame) {
	if len(e.frames) >= maxDepth {
		e.fail("is nested too deeply", nil)
	}
	e.frames = append(e.frames, f)
}

func (e *Encoder) pop(closing byte) {
	e.frames = e.frames[:len(e.frames)-1]
	e.buf = append(e.buf, closing)
}

// member writes a name, after a comma if it isn't the first.
func (e *Encoder) member(name string) {
	e.names = append(e.names, name)
	b := e.buf
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	e.buf = append(appendString(b, name), ':')
}

// raw writes JSON that was made elsewhere.
func (e *Encoder) raw(raw json.RawMessage) {
	if len(raw) == 0 {
		e.null()
		return
	}
	d := Decoder{data: raw, doc: raw}
	d.space()
	d.skip()
	if d.End() != nil {
		e.fail("is not valid JSON", nil)
		return
	}
	e.buf = append(e.buf, raw...)
}

func (e *Encoder) null() { e.buf = append(e.buf, "null"...) }

// unset deals with a member that holds its zero value or none. It returns false
// when the zero value is to be written.
func (e *Encoder) unset(name string, x *sdk.Extra, r Rule) bool {
	deviation, deviated := x.Deviation(name)
	if e.strict && r&(NonEmpty|NonNil) != 0 && (deviation == nil || string(deviation) == "null") {
		e.refuse(name, "is required")
		return true
	}
	if deviated {
		if deviation != nil {
			e.member(name)
			e.raw(deviation)
		}
		return true
	}
	return r&OmitZero != 0
}

// refuse notes that the member called name can't be sent.
func (e *Encoder) refuse(name, reason string) {
	e.names = append(e.names, name)
	e.fail(reason, nil)
}

// fail notes that the value that is being written can't be sent.
func (e *Encoder) fail(reason string, cause error) {
	if e.err == nil {
		e.err = &RequestError{Path: e.path(), Reason: reason, Err: cause}
	}
}

// path returns the way to the value that is being written.
func (e *Encoder) path() string {
	var b strings.Builder
	for i, f := range e.frames {
		if i == maxPath {
			b.WriteString("…")
			break
		}
		if f.names < 0 {
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(int(f.index)))
			b.WriteByte(']')
			continue
		}
		if end := e.namesWithin(i); end > f.names {
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(shownName(e.names[end-1], f.index < 0))
		}
	}
	return b.String()
}

// namesWithin returns how many names there were when the next object inside
// frame i was opened.
func (e *Encoder) namesWithin(i int) int32 {
	for _, f := range e.frames[i+1:] {
		if f.names >= 0 {
			return f.names
		}
	}
	return int32(len(e.names))
}
