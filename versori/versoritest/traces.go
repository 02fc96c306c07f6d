package versoritest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// tracePage is how many traces are on a page.
const tracePage = 20

// listTraces is Traces.List: the newest first.
func (s *Server) listTraces(p *projectRow, r *fake.Request) (any, error) {
	keep, err := p.traceFilter(r)
	if err != nil {
		return nil, err
	}
	found := []execution{}
	for _, x := range slices.Backward(p.executions) {
		if keep(&x) {
			found = append(found, x)
		}
	}
	found, more := fake.Window(found, 0, tracePage)
	page := versori.TracePage{Items: make([]versori.SpanSummary, len(found)), NextToken: sdk.Some("")}
	for i, x := range found {
		page.Items[i] = versori.SpanSummary{
			TraceID: x.traceID, SpanID: x.spanID, Name: x.name, ServiceName: p.record.Name, StartTime: x.start,
			Duration: x.took.String(), ExecutionID: x.id,
		}
	}
	if more {
		page.NextToken = sdk.Some(cursor(found[len(found)-1].number))
	}
	return page, nil
}

// traceFilter says which executions are asked for.
func (p *projectRow) traceFilter(r *fake.Request) (func(*execution) bool, error) {
	e, err := p.named(r.Query("project_env"))
	if err != nil {
		return nil, err
	}
	behind, isCursor := readCursor(r.Query("next_token"))
	if r.Query("next_token") != "" && !isCursor {
		return nil, refuse(http.StatusBadRequest, "invalid next token", "The token is not one of a page of traces")
	}
	pairs, err := tracePairs(r)
	if err != nil {
		return nil, err
	}
	from, hasFrom := r.Time("start")
	to, hasTo := r.Time("end")
	return func(x *execution) bool {
		switch {
		case x.environment != "" && x.environment != e.record.Name,
			isCursor && x.number >= behind,
			hasFrom && x.start.Before(from),
			hasTo && !x.start.Before(to),
			r.Has("error") && r.Bool("error", false) != x.failed:
			return false
		}
		return !slices.ContainsFunc(pairs, func(pair [2]string) bool { return !x.has(pair[0], pair[1]) })
	}, nil
}

// tracePairs are the attributes that traces must have.
func tracePairs(r *fake.Request) ([][2]string, error) {
	var pairs [][2]string
	for text := range strings.FieldsSeq(r.Query("filter")) {
		attribute, value, ok := strings.Cut(text, ":")
		if !ok {
			return nil, invalidRequest("filter must hold pairs attribute:value")
		}
		pairs = append(pairs, [2]string{attribute, value})
	}
	if task := r.Query("task"); task != "" {
		pairs = append(pairs, [2]string{"taskId", task})
	}
	return pairs, nil
}

func (x *execution) has(attribute, value string) bool {
	return slices.ContainsFunc(x.attributes, func(a versori.TraceAttribute) bool { return a.Key == attribute && a.Value == value })
}

// getTrace is Traces.Get.
func (s *Server) getTrace(p *projectRow, r *fake.Request) (any, error) {
	id := r.Path("trace_id")
	i := slices.IndexFunc(p.executions, func(x execution) bool { return x.traceID == id })
	if i < 0 {
		return nil, absent("trace", id)
	}
	x := p.executions[i]
	span := versori.TraceSpan{
		SpanID: x.spanID, Name: x.name, StartTime: x.start, EndTime: x.start.Add(x.took), Attributes: x.attributes,
		Status: versori.TraceStatus{Code: versori.TraceStatusCodeOK},
	}
	if x.failed {
		span.Status.Code = versori.TraceStatusCodeERROR
	}
	return versori.Trace{TraceID: x.traceID, Spans: []versori.TraceSpan{span}}, nil
}
