package bench

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// BaseURL is where runners over a stub think that they send their requests.
const BaseURL = "https://api.mechamental.example"

// stub answers every request from memory, as cheaply as a transport can: what is left is the client's own work.
type stub struct{ pages []string }

// Stub is a transport that answers from memory.
func Stub() http.RoundTripper { return &stub{pages()} }

// RoundTrip takes the body of a request as a transport must, and answers.
func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	body, ok := s.answer(r)
	if !ok {
		return nil, errors.New("no answer for " + r.Method + " " + r.URL.String())
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

// answer finds what a request asks for. It refuses one without the token.
func (s *stub) answer(r *http.Request) (string, bool) {
	if r.Header.Get("Authorization") != "Bearer "+token || !strings.HasPrefix(r.URL.Path, releasesPath) {
		return "", false
	}
	switch rest := r.URL.Path[len(releasesPath):]; {
	case rest == "" && r.Method == http.MethodPost, rest == "/"+releaseID:
		return detail, true
	case rest == "":
		return s.pages[pageOf(r.URL.RawQuery)], true
	}
	return "", false
}

// pageOf reads the number of a page from the end of a cursor: all cursors are equally long.
func pageOf(query string) int {
	_, value, ok := strings.Cut(query, "cursor=")
	if n := len(cursor0); ok && len(value) >= n {
		page, _ := strconv.Atoi(value[n-3 : n])
		return page % Pages
	}
	return 0
}

const cursor0 = "eyJuIjoxMn0000"

// Handler answers as Stub does, over a network.
func Handler() http.Handler {
	s := stub{pages()}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		body, ok := s.answer(r)
		if !ok {
			http.Error(w, "there is no such thing", http.StatusNotFound)
			return
		}
		w.Header()["Content-Type"] = []string{"application/json"}
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
		_, _ = io.WriteString(w, body)
	})
}
