package main

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Client is the entry to a package: x-client of the document, its first server, and the ids that are given once.
type Client struct {
	Doc, NewDoc, DoDoc   string
	BaseURL              string
	TokenEnv, BaseURLEnv string
	Scoped               []string
}

func (v *view) client() *Client {
	said, _ := v.doc.Extensions["x-client"].(map[string]any)
	word := func(member string) string {
		text, _ := said[member].(string)
		if text == "" {
			v.fail("x-client must say %s", member)
		}
		return text
	}
	if len(v.doc.Servers) == 0 {
		v.fail("the document names no server")
		return nil
	}
	c := &Client{
		BaseURL:  v.doc.Servers[0].URL,
		TokenEnv: word("environment") + "_API_TOKEN", BaseURLEnv: word("environment") + "_BASE_URL",
		Scoped: v.scoped(),
	}
	c.Doc = comment("", "Client calls "+word("platform")+". It is safe for concurrent use; make one and keep it.")
	c.NewDoc = comment("", "New makes a client. Without [sdk.WithToken] the token is read from "+c.TokenEnv+"; a missing one is an error. "+
		"Without [sdk.WithBaseURL] the address is read from "+c.BaseURLEnv+", and is "+c.BaseURL+" where that is not set.")
	c.DoDoc = comment("", "Do calls an endpoint that no method covers, with the same token, repeats and errors. The path is relative to the "+
		"base URL ("+word("example")+"). A body that is not nil is sent as JSON ([]byte as it is); the answer is decoded into out unless "+
		"that is nil (*[]byte receives it as it is).")
	return c
}

// scoped lists the path parameters that are given once, by name.
func (v *view) scoped() []string {
	var names []string
	add := func(parameters openapi3.Parameters) {
		for _, p := range parameters {
			if givenOnce(p.Value.Extensions) {
				names = append(names, p.Value.Name)
			}
		}
	}
	for _, item := range v.doc.Paths.Map() {
		add(item.Parameters)
		for _, op := range item.Operations() {
			add(op.Parameters)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// givenOnce says whether a path parameter comes from an option or a ref, and not with every call.
func givenOnce(extensions map[string]any) bool { return extensions["x-scope"] == "client" }
