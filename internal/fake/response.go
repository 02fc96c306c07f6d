package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// Response is a handler's answer. The zero value is 200 without a body.
type Response struct {
	Status int // zero: 200
	// JSON is encoded as the body, unless it is nil; json.RawMessage is sent as it is (json.RawMessage("null") is null).
	JSON any
	// Body is the body when JSON is nil.
	Body []byte
	// ContentType of the body. Empty: application/json with JSON, else application/octet-stream.
	ContentType string
	Header      http.Header
}

// JSON answers with a status and a value encoded as JSON.
func JSON(status int, v any) Response { return Response{Status: status, JSON: v} }

// Bytes answers with a status and a ready body.
func Bytes(status int, contentType string, body []byte) Response {
	return Response{Status: status, ContentType: contentType, Body: body}
}

// NoContent answers with 204.
func NoContent() Response { return Response{Status: http.StatusNoContent} }

// With adds a header and gives the answer back.
func (r Response) With(name, value string) Response {
	r.Header = r.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Add(name, value)
	return r
}

// answer is a Response ready to be sent.
type answer struct {
	status int
	header http.Header // never nil
	body   []byte
}

func (r Response) render() (answer, error) {
	a := answer{status: r.Status, header: r.Header.Clone(), body: r.Body}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	if a.status < 200 || a.status > 599 {
		return a, fmt.Errorf("%d can't be the status of an answer", a.status)
	}
	contentType := r.ContentType
	if r.JSON != nil {
		body, err := encode(r.JSON)
		if err != nil {
			return a, fmt.Errorf("the answer can't be encoded: %w", err)
		}
		a.body = body
		if contentType == "" {
			contentType = "application/json"
		}
	}
	if len(a.body) > 0 && contentType == "" {
		contentType = "application/octet-stream"
	}
	if contentType != "" {
		a.header.Set("Content-Type", contentType)
	}
	return a, nil
}

func encode(v any) ([]byte, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}
