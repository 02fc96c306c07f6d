package transport_test

import (
	"testing"

	"github.com/wharfinger/sdk/internal/transport"
)

func TestOneOddMemberDoesNotCostTheOthers(t *testing.T) {
	t.Parallel()
	p := transport.ParseProblem([]byte(`{"message":"m","code":7,"flag":true,"errors":[{"code":1},"x",{"code":"c"}],"details":{"retry_after":60},"n":"x"}`))
	if p.Text("message") != "m" || p.Text("code") != "7" || p.Text("flag") != "true" || p.Text("errors") != "" || p.Text("none") != "" {
		t.Errorf("%v", p)
	}
	if p.Object("details").Number("retry_after") != 60 || p.Number("n") != 0 || !p.Has("n") || p.Has("none") {
		t.Errorf("%v", p)
	}
	if o := p.Objects("errors"); len(o) != 2 || o[1].Text("code") != "c" || len(p.List("errors")) != 3 {
		t.Errorf("%v", o)
	}
	for _, body := range []string{"", "null", "[]", `"x"`, "<html>", `{"a":`} {
		if p := transport.ParseProblem([]byte(body)); len(p) != 0 || p.Text("a") != "" || p.Object("a").Has("b") || p.Objects("a") != nil {
			t.Errorf("%q: %v", body, p)
		}
	}
}
