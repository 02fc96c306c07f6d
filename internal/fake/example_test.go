package fake_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/wharfinger/sdk/fault"
	"github.com/wharfinger/sdk/internal/fake"
)

func ExampleNew() {
	s := fake.New(nil, []byte(document), fake.WithName("releasestest")) // in a test: fake.New(t, …)
	defer s.Close()
	s.Handle("Releases.Get", func(r *fake.Request) fake.Response {
		return fake.JSON(200, map[string]any{"id": r.Path("release_id"), "name": "one", "size": "large", "made_at": s.Now()})
	})
	s.Inject("Releases.Get", fault.HTML(502))
	for _, query := range []string{"?verbose=yes", ""} {
		res, err := http.Get(s.URL() + "/releases/" + s.IDs.UUID() + query)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		fmt.Println(res.Status)
	}
	for _, line := range s.Problems() {
		fmt.Println(line)
	}
	// Output:
	// 502 Bad Gateway
	// 200 OK
	// releasestest: GET Releases.Get: query parameter "verbose" is not in the document
	// releasestest: GET Releases.Get: answer 200: /size: value must be an integer
}
