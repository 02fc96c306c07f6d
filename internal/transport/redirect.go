package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/wharfinger/sdk"
)

const maxRedirects = 10

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect,
		http.StatusPermanentRedirect:
		return true
	}
	return false
}

// checkRedirect lets redirects stay within the origin, and asks the user's own policy after that. A redirect that would
// make a GET of another method is followed for 303 alone, where that is meant.
func (x *exchange) checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1]
	switch {
	case len(via) >= maxRedirects:
		return redirectFault("the server redirects in a circle")
	case from.URL.Scheme == "https" && req.URL.Scheme != "https":
		return redirectFault("the server redirects from https to " + req.URL.Scheme)
	case req.URL.User != nil:
		return redirectFault("the server redirects to an address with a user")
	case req.Method != from.Method && x.status != http.StatusSeeOther:
		return redirectFault(fmt.Sprintf("a redirect with status %d would make a %s of the %s", x.status, req.Method, from.Method))
	}
	if x.left || !x.s.base.sameOrigin(req.URL) {
		if err := x.leave(req); err != nil {
			return err
		}
	}
	if x.s.client.CheckRedirect == nil {
		return nil
	}
	err := x.s.client.CheckRedirect(req, via)
	if err == nil || errors.Is(err, http.ErrUseLastResponse) {
		return err
	}
	return &localFault{"the redirect was refused: " + plainText(err), errors.Join(sdk.ErrRedirect, err)}
}

// leave prepares a request to another origin, if that is allowed: it carries nothing of the call.
func (x *exchange) leave(req *http.Request) error {
	if !x.s.crossOrigin {
		return redirectFault("the server redirects to another origin, " + req.URL.Scheme + "://" + req.URL.Host)
	}
	if x.call.Method != http.MethodGet && x.call.Method != http.MethodHead {
		return redirectFault("the server redirects a " + x.call.Method + " to another origin")
	}
	for name := range req.Header {
		delete(req.Header, name)
	}
	req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	req.URL.RawQuery = withoutQuery(req.URL.RawQuery, x.url.RawQuery)
	return nil
}

func redirectFault(msg string) error { return &localFault{msg, sdk.ErrRedirect} }

// withoutQuery takes out of query what it repeats of own. What the server added, such as a signature, stays.
func withoutQuery(query, own string) string {
	if query == "" || own == "" {
		return query
	}
	mine := make(map[string]bool)
	for pair := range strings.SplitSeq(own, "&") {
		mine[plainPair(pair)] = true
	}
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		if !mine[plainPair(pair)] {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

func plainPair(pair string) string {
	if plain, err := url.QueryUnescape(pair); err == nil {
		return plain
	}
	return pair
}
