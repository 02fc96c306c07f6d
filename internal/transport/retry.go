package transport

import (
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// checkRetry is told how each attempt ended and says whether to make another. All limits are applied here, for the wait
// that follows can't be refused any more.
func (x *exchange) checkRetry(_ context.Context, resp *http.Response, err error) (bool, error) {
	if err == nil && isSuccess(resp.StatusCode) {
		x.s.budget.succeeded(x.repeats > 0)
		x.failure = nil
		if x.timed {
			x.tellAttempt("")
		}
		return false, nil
	}
	var cause failureCause
	if err != nil {
		x.failure, cause = x.broken(err), classify(err)
	} else {
		x.failure = x.refused(resp)
		x.answer = x.failure
	}
	again, reason := x.again(cause, err == nil)
	if x.timed {
		x.tellAttempt(reason)
	}
	if !again {
		// With an error, go-retryablehttp would make one of its own, with the URL in it.
		x.retry.ErrorHandler = retryablehttp.PassthroughErrorHandler
		return false, nil
	}
	x.repeats++
	x.pending = true
	if x.client.Jar != nil {
		delete(x.request.Header, "Cookie") // http.Client adds the jar's cookies to those of the attempt before
	}
	x.retry.Backoff = x.backoff
	if x.timed {
		x.tellWait(reason)
	}
	return true, nil
}

// backoff gives the wait that checkRetry has decided on.
func (x *exchange) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return x.wait }

// again decides on another attempt and on the wait before it. The reason says why, or why not.
func (x *exchange) again(cause failureCause, answered bool) (bool, string) {
	x.wait = 0
	if x.ctx.Err() != nil {
		return false, "the context is done"
	}
	if answered && x.status == http.StatusUnauthorized && x.refresh() {
		return true, "the token was refused"
	}
	worth, reason := x.worthRepeating(cause, answered)
	switch {
	case !worth:
		return false, reason
	case x.attempts >= x.s.maxAttempts:
		return false, "no attempt is left"
	}
	wait, ok := x.waitFor()
	if !ok {
		return false, "the server asks for a longer wait than allowed"
	}
	if !x.hasTimeFor(wait) {
		return false, "the wait would outlast the call"
	}
	if !x.s.budget.take() {
		return false, "the retry budget is spent"
	}
	x.wait = wait
	return true, reason
}

// refresh forgets a token that was refused, once a call and only if its source can give another.
func (x *exchange) refresh() bool {
	if x.s.tokens == nil || x.refreshed || x.left || x.token.IsZero() {
		return false
	}
	x.refreshed = true
	x.s.tokens.refused(x.token)
	return true
}

// worthRepeating tells whether another attempt may end better and can do no harm.
func (x *exchange) worthRepeating(cause failureCause, answered bool) (bool, string) {
	if !answered {
		switch {
		case cause == permanent:
			return false, "another attempt would end the same"
		case cause == neverLeft:
			return true, "the request never left"
		case x.safe:
			return true, "the network failed"
		}
		return false, "the request may have arrived"
	}
	if v := x.header["X-Should-Retry"]; len(v) > 0 && v[0] == "false" {
		return false, "the server forbids it"
	}
	switch x.status {
	case http.StatusTooManyRequests:
		return true, "too many requests"
	case http.StatusServiceUnavailable:
		if x.safe || x.invited {
			return true, "the service is unavailable"
		}
		return false, "the request may have been acted on"
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusGatewayTimeout:
		if x.safe {
			return true, "the server failed"
		}
		return false, "the request may have been acted on"
	}
	return false, "the answer is final"
}

// waitFor gives the wait that the server asked for, or else one of the client's own; false if it asked for too long a one.
func (x *exchange) waitFor() (time.Duration, bool) {
	asked := x.failure.RetryAfter
	if asked > 0 {
		if x.s.maxRetryAfter > 0 && asked > x.s.maxRetryAfter {
			return 0, false
		}
		return later(asked), true
	}
	return backoff(x.s.backoffMin, x.s.backoffMax, x.attempts-1), true
}

// hasTimeFor tells whether anything of the call is left after a wait.
func (x *exchange) hasTimeFor(wait time.Duration) bool {
	if deadline, ok := x.ctx.Deadline(); ok && wait >= time.Until(deadline) {
		return false
	}
	return x.s.maxElapsed <= 0 || wait < time.Until(x.began.Add(x.s.maxElapsed))
}

// askedToWait reads how long the server asks to wait. The platform's own header counts only with a 429, for some send it
// with every answer.
func (x *exchange) askedToWait(h http.Header) time.Duration {
	now := time.Now()
	var wait time.Duration
	if wait, x.invited = retryAfter(h, now); x.invited {
		return wait
	}
	if x.status == http.StatusTooManyRequests && x.s.platform.RetryAfter != nil {
		if wait, ok := x.s.platform.RetryAfter(h, now); ok {
			return min(max(wait, 0), maxWait)
		}
	}
	return 0
}
