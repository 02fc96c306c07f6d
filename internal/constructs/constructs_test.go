package constructs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/internal/samples"
)

// serve starts a fake of the document and gives a client of it.
func serve(t *testing.T, opts ...sdk.Option) (*fake.Server, *Client) {
	t.Helper()
	document, err := os.ReadFile("constructs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := fake.New(t, document, fake.WithName("constructs"))
	client, err := New(append([]sdk.Option{sdk.WithToken("token-of-the-test"), sdk.WithBaseURL(s.URL()), WithScope("main")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s, client
}

// whole is a thing with a value in every member.
func whole() Thing {
	at := time.Date(2026, 5, 6, 7, 8, 9, 123456789, time.UTC)
	return Thing{
		ID: "t1", Kind: KindMidSize, Size: 1 << 60, Weight: 1.5, Ready: true, MadeAt: at, Names: []string{"a", ""},
		Shape:  NewShapePolygon(ShapePolygon{Type: "square", Corners: [][]float64{{0, 0}, {1, 0.5}}}),
		Labels: map[string]string{"k": "v"}, Note: sdk.Null[string](), Title: sdk.Some("T"), Count: sdk.Some(0), Ratio: sdk.Some(0.25),
		Hidden: sdk.Some(false), SeenAt: sdk.Some(at), BornOn: sdk.Some(types.Date{Time: at.Truncate(24 * time.Hour)}),
		Image: sdk.Some([]byte{0, 255}), Password: sdk.Some(sdk.NewSecret("hush")), OtherKind: sdk.Null[Kind](),
		Parent:   sdk.Some(&Thing{ID: "t0", Kind: KindSecond, MadeAt: at, Names: []string{}, Labels: map[string]string{}, Note: sdk.Some("n"), Shape: NewShapeCircle(ShapeCircle{Radius: 2})}),
		Children: []Thing{}, Matrix: [][]float64{{1}, {}}, Slots: []sdk.Optional[string]{sdk.Some("s"), sdk.Null[string]()},
		Parts:  map[string]Thing{},
		Config: map[string]any{"deep": []any{nil, json.Number("1.50"), "x"}}, Value: sdk.Some[any](true), Payload: json.RawMessage(`{"raw":1}`),
		History: sdk.Null[[]string](), SizeOrName: sdk.Some(NewSizeOrNameStrings([]string{"x"})), Homepage: sdk.Some("https://example.org"),
	}
}

func TestEveryTypeTravelsBothWays(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	s.Handle("Things.Create", func(r *fake.Request) fake.Response { return fake.JSON(201, r.Body) })
	sent := whole()
	got, err := services.Things.Create(t.Context(), sent)
	if err != nil {
		t.Fatal(err)
	}
	a, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := samples.Compare(a, b); diff != "" {
		t.Errorf("%s\nsent     %s\nreceived %s", diff, a, b)
	}
	if polygon, err := got.Shape.AsPolygon(); err != nil || polygon.Corners[1][1] != 0.5 {
		t.Errorf("the shape: %+v, %v", polygon, err)
	}
	if _, err := got.Shape.AsCircle(); !errors.Is(err, sdk.ErrOtherVariant) {
		t.Errorf("the shape as a circle: %v", err)
	}
	if parent, _ := got.Parent.Get(); !parent.Kind.Known() || parent.Kind != KindSecond || parent.Shape.Type() != "circle" {
		t.Errorf("the parent: %+v", parent)
	}
	if password, _ := got.Password.Get(); password.Reveal() != "hush" || strings.Contains(fmt.Sprintf("%+v", got.Password), "hush") {
		t.Errorf("the password: %v", got.Password)
	}
	if names, err := got.SizeOrName.Or(SizeOrName{}).AsStrings(); err != nil || !slices.Equal(names, []string{"x"}) {
		t.Errorf("the union without a discriminator: %v, %v", names, err)
	}
	if _, err := got.SizeOrName.Or(SizeOrName{}).AsInt(); err == nil {
		t.Error("a list was read as a number")
	}
}

// What a newer platform sends must pass through unharmed: get, change, put.
func TestWhatTheDocumentDoesNotKnowSurvives(t *testing.T) {
	t.Parallel()
	wire := `{"id":"t1","kind":"brand-new","size":1,"weight":null,"made_at":"yesterday","shape":{"type":"star","points":5},"future":{"a":[1.50]}}`
	var v Thing
	if err := json.Unmarshal([]byte(wire), &v); err != nil {
		t.Fatal(err)
	}
	if v.Kind.Known() || v.Shape.Type() != "star" || !v.MadeAt.IsZero() {
		t.Errorf("got %+v", v)
	}
	v.Size = 2
	again, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if diff := samples.Compare([]byte(strings.Replace(wire, `"size":1`, `"size":2`, 1)), again); diff != "" {
		t.Errorf("%s in %s", diff, again)
	}
}

func TestAMissingMemberIsRefusedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	for name, c := range map[string]struct {
		spoil func(*Thing)
		want  string
	}{
		"an empty id":                {func(v *Thing) { v.ID = "" }, "id is required"},
		"an enum without a value":    {func(v *Thing) { v.Kind = "" }, "kind is required"},
		"a zero time":                {func(v *Thing) { v.MadeAt = time.Time{} }, "made_at is required"},
		"a nil list":                 {func(v *Thing) { v.Names = nil }, "names is required"},
		"a nil map":                  {func(v *Thing) { v.Labels = nil }, "labels is required"},
		"an empty union":             {func(v *Thing) { v.Shape = Shape{} }, "shape is required"},
		"an absent nullable member":  {func(v *Thing) { v.Note = sdk.Optional[string]{} }, "note is required"},
		"deep in a list":             {func(v *Thing) { v.Children = []Thing{whole(), {}} }, "children[1].id is required"},
		"a number that JSON can't":   {func(v *Thing) { v.Weight = math.Inf(1) }, "weight"},
		"raw JSON that isn't":        {func(v *Thing) { v.Payload = json.RawMessage("{") }, "payload is not valid JSON"},
		"a shape without its corner": {func(v *Thing) { v.Shape = NewShapePolygon(ShapePolygon{Type: "square"}) }, "shape.corners is required"},
	} {
		t.Run(name, func(t *testing.T) {
			v := whole()
			c.spoil(&v)
			_, err := services.Things.Create(t.Context(), v)
			var e *sdk.Error
			if !errors.As(err, &e) || !errors.Is(err, sdk.ErrInvalidRequest) || e.Attempts != 0 || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Null is refused only in types that the platform never sends: what it sent must be fit to be sent back.
func TestNullIsRefusedWhereNobodyCanHaveReceivedIt(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	if _, err := services.Entries.Query(t.Context(), EntryQuery{Text: sdk.Null[string]()}); !errors.Is(err, sdk.ErrInvalidRequest) || !strings.Contains(err.Error(), "text must not be null") {
		t.Errorf("got %v", err)
	}
	s.ExpectInvalid("Things.Create")
	v := whole()
	v.Title = sdk.Null[string]()
	if _, err := services.Things.Create(t.Context(), v); errors.Is(err, sdk.ErrInvalidRequest) {
		t.Errorf("what the platform may have sent is refused: %v", err)
	}
}

func TestSecretsStayOutOfLogs(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	v := whole()
	slog.New(slog.NewJSONHandler(&out, nil)).Info("made", "thing", v)
	slog.New(slog.NewTextHandler(&out, nil)).Info("made", "thing", v)
	fmt.Fprintf(&out, "%v %+v %#v %s", v, v, v, v.Password)
	if strings.Contains(out.String(), "hush") {
		t.Errorf("the password shows: %s", out.String())
	}
}

func TestParametersArriveInTheirStyles(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	s.Handle("Things.Search", func(r *fake.Request) fake.Response { return fake.JSON(200, map[string]any{}) })
	at := time.Date(2026, 5, 6, 7, 8, 9, 0, time.FixedZone("", 3600))
	for name, c := range map[string]struct {
		params         ThingSearchParams
		query, headers string
	}{
		"only what is required":                  {ThingSearchParams{Q: "a b&c"}, "q=a+b%26c", ""},
		"false is sent where it means something": {ThingSearchParams{Q: "x", Ascending: sdk.Some(false), Archived: false}, "ascending=false&q=x", ""},
		"zero is sent where it means something":  {ThingSearchParams{Q: "x", Ratio: sdk.Some(0.0)}, "q=x&ratio=0", ""},
		"everything": {ThingSearchParams{Q: "x", Kind: KindBig, Filter: map[string]string{"created[gt]": "2", "name": "é"}, Tags: []string{"a", "b c"},
			IDs: []int{3, 1}, Ascending: sdk.Some(true), Archived: true, Since: at, Day: types.Date{Time: at}, Ratio: sdk.Some(1.5), Trace: "t", Priority: 9},
			"archived=true&ascending=true&day=2026-05-06&filter%5Bcreated%5Bgt%5D%5D=2&filter%5Bname%5D=%C3%A9&ids=3%2C1&kind=big&" +
				"q=x&ratio=1.5&since=2026-05-06T06%3A08%3A09Z&tags=a&tags=b+c", "t9"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := services.Things.Search(t.Context(), c.params); err != nil {
				t.Fatal(err)
			}
			seen := s.Requests("Things.Search")
			last := seen[len(seen)-1]
			if last.Query.Encode() != c.query {
				t.Errorf("got %s, want %s", last.Query.Encode(), c.query)
			}
			if got := last.Header.Get("X-Trace") + last.Header.Get("X-Priority"); got != c.headers {
				t.Errorf("header: %v", last.Header)
			}
		})
	}
	if _, err := services.Things.Search(t.Context(), ThingSearchParams{}); !errors.Is(err, sdk.ErrInvalidRequest) {
		t.Errorf("without a required parameter: %v", err)
	}
}

func TestAnswersThatAreNotObjects(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	s.Handle("Things.DeleteMany", func(r *fake.Request) fake.Response { return fake.NoContent() })
	s.Handle("Things.Delete", func(r *fake.Request) fake.Response { return fake.JSON(200, map[string]any{"gone": true}) })
	s.Handle("Things.Readme", func(r *fake.Request) fake.Response { return fake.Bytes(200, "text/plain", []byte("Read me.\n")) })
	s.Handle("Things.Picture", func(r *fake.Request) fake.Response { return fake.Bytes(200, "image/png", []byte{137, 80}) })
	s.Handle("Things.SetPicture", func(r *fake.Request) fake.Response { return fake.NoContent() })
	s.Handle("Things.Status", func(r *fake.Request) fake.Response { return fake.JSON(200, []any{json.Number("1.0"), nil}) })
	ctx := t.Context()
	if err := services.Things.DeleteMany(ctx, []string{"a", "b"}); err != nil {
		t.Errorf("DELETE with a body: %v", err)
	}
	if sent := string(s.Requests("Things.DeleteMany")[0].Body); sent != `["a","b"]` {
		t.Errorf("sent %s", sent)
	}
	if err := services.Things.Delete(ctx, "t1"); err != nil {
		t.Errorf("a body that says nothing: %v", err)
	}
	if text, err := services.Things.Readme(ctx, "t1"); err != nil || text != "Read me.\n" {
		t.Errorf("text: %q, %v", text, err)
	}
	if data, err := services.Things.Picture(ctx, "t1"); err != nil || string(data) != "\x89P" {
		t.Errorf("bytes: %q, %v", data, err)
	}
	if err := services.Things.SetPicture(ctx, "t1", []byte{1, 2, 3}); err != nil {
		t.Errorf("a binary body: %v", err)
	}
	s.Handle("Things.File", func(r *fake.Request) fake.Response { return fake.Bytes(200, "text/plain", []byte(r.Path("path"))) })
	for _, path := range []string{"a", "a b/c?d/é", "x/%2F/y"} {
		if text, err := services.Things.File(ctx, path); err != nil || text != path {
			t.Errorf("a path of several segments: %q, %v; want %q", text, err, path)
		}
	}
	for _, path := range []string{"", "/", "a/", "/a", "a//b", "a/../b", "."} {
		if _, err := services.Things.File(ctx, path); !errors.Is(err, sdk.ErrInvalidRequest) {
			t.Errorf("the path %q: %v", path, err)
		}
	}
	if status, err := services.Things.Status(ctx); err != nil || fmt.Sprint(status) != "[1.0 <nil>]" {
		t.Errorf("anything: %v, %v", status, err)
	}
}

func TestEveryPageStyle(t *testing.T) {
	t.Parallel()
	const total, size = 7, 3
	s, services := serve(t)
	all := make([]map[string]any, total)
	var want []string
	for i := range all {
		all[i] = map[string]any{"id": strconv.Itoa(i + 1)}
		want = append(want, strconv.Itoa(i+1))
	}
	window := func(from int) []map[string]any { return all[min(from, total):min(from+size, total)] }
	page := func(from int) fake.Response {
		body := map[string]any{"entries": window(from), "next_cursor": nil, "has_more": from+size < total}
		if from+size < total {
			body["next_cursor"] = "+/=&" + strconv.Itoa(from+size)
		}
		return fake.JSON(200, body)
	}
	from := func(token string) int { n, _ := strconv.Atoi(token[min(len(token), 4):]); return n }
	s.Handle("Entries.List", func(r *fake.Request) fake.Response { return page(from(r.Query("cursor"))) })
	s.Handle("Entries.Query", func(r *fake.Request) fake.Response { return page(from(r.Text("token"))) })
	s.Handle("Entries.Numbered", func(r *fake.Request) fake.Response { return fake.JSON(200, window((r.Int("page", 1)-1)*size)) })
	s.Handle("Entries.Window", func(r *fake.Request) fake.Response {
		return fake.JSON(200, map[string]any{"entries": window(r.Int("offset", 0))})
	})
	s.Handle("Entries.Browse", func(r *fake.Request) fake.Response {
		selector, _ := r.Object()["selector"].(map[string]any)
		after, _ := selector["after"].(string)
		if selector["prefix"] != "p" {
			t.Errorf("the selector lost its other member: %v", selector)
		}
		n, _ := strconv.Atoi(after)
		next := ""
		if n+size < total {
			next = strconv.Itoa(n + size)
		}
		return fake.JSON(200, map[string]any{"entries": window(n), "pagination": map[string]any{"next": next}})
	})
	s.Handle("Entries.After", func(r *fake.Request) fake.Response {
		n, _ := strconv.Atoi(r.Query("after"))
		return fake.JSON(200, window(n))
	})
	ctx := t.Context()
	for name, c := range map[string]struct {
		all      func(ctx context.Context, opts ...sdk.Option) iter.Seq2[Entry, error]
		requests int
	}{
		"Entries.List": {func(ctx context.Context, o ...sdk.Option) iter.Seq2[Entry, error] {
			return services.Entries.All(ctx, EntryListParams{Limit: size}, o...)
		}, 3},
		"Entries.Query": {func(ctx context.Context, o ...sdk.Option) iter.Seq2[Entry, error] {
			return services.Entries.QueryAll(ctx, EntryQuery{}, o...)
		}, 3},
		"Entries.Browse": {func(ctx context.Context, o ...sdk.Option) iter.Seq2[Entry, error] {
			return services.Entries.BrowseAll(ctx, Browse{Selector: sdk.Some(Selector{Prefix: sdk.Some("p")})}, o...)
		}, 3},
		"Entries.Numbered": {func(ctx context.Context, o ...sdk.Option) iter.Seq2[Entry, error] {
			return services.Entries.NumberedAll(ctx, EntryNumberedParams{Limit: size}, o...)
		}, 3},
		"Entries.Window": {func(ctx context.Context, o ...sdk.Option) iter.Seq2[Entry, error] {
			return services.Entries.WindowAll(ctx, EntryWindowParams{Limit: size}, o...)
		}, 3},
		"Entries.After": {func(ctx context.Context, o ...sdk.Option) iter.Seq2[Entry, error] {
			return services.Entries.AfterAll(ctx, EntryAfterParams{}, o...)
		}, 4},
	} {
		for _, prefetch := range []bool{false, true} {
			var opts []sdk.Option
			if prefetch {
				opts = append(opts, sdk.WithPrefetch())
			}
			s.ForgetRequests()
			var got []string
			for entry, err := range c.all(ctx, opts...) {
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got = append(got, entry.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, prefetch %t: got %v", name, prefetch, got)
			}
			if n := len(s.Requests(name)); n != c.requests {
				t.Errorf("%s, prefetch %t: %d requests, want %d", name, prefetch, n, c.requests)
			}
		}
	}
	t.Run("a cursor that comes back", func(t *testing.T) {
		s.ForgetRequests()
		s.Handle("Entries.List", func(*fake.Request) fake.Response {
			return fake.JSON(200, map[string]any{"entries": []any{}, "next_cursor": "same", "has_more": true})
		})
		var err error
		for _, e := range services.Entries.All(ctx, EntryListParams{}) {
			err = e
		}
		if !errors.Is(err, sdk.ErrPaginationLoop) || len(s.Requests("Entries.List")) != 2 {
			t.Errorf("got %v after %d requests", err, len(s.Requests("Entries.List")))
		}
	})
}

func TestErrorsAndWhatTheyMatch(t *testing.T) {
	t.Parallel()
	s, services := serve(t)
	s.Handle("Things.Create", func(r *fake.Request) fake.Response {
		return fake.JSON(422, map[string]any{"message": "no", "code": CodeThingExists})
	})
	_, err := services.Things.Create(t.Context(), whole())
	var e *sdk.Error
	if !errors.As(err, &e) || !errors.Is(err, sdk.ErrValidation) || e.Operation != "Things.Create" || e.Path != "/scopes/{scope_id}/things" {
		t.Fatalf("got %+v", err)
	}
	var body Problem
	if err := json.Unmarshal(e.Body, &body); err != nil || body.Code.Or("") != CodeThingExists {
		t.Errorf("the body as its type: %+v, %v", body, err)
	}
}

func TestWebhookDataByEvent(t *testing.T) {
	t.Parallel()
	var event WebhookEvent
	if err := json.Unmarshal([]byte(`{"event":"thing.deleted","data":{"id":"t9"}}`), &event); err != nil {
		t.Fatal(err)
	}
	if thing, err := event.Thing(); err != nil || thing.ID != "t9" {
		t.Errorf("got %+v, %v", thing, err)
	}
	event.Event = "other"
	if _, err := event.Thing(); !errors.Is(err, sdk.ErrOtherVariant) {
		t.Errorf("another event: %v", err)
	}
}

func TestRegistryNamesEveryOperation(t *testing.T) {
	t.Parallel()
	p := documented()
	if len(p.Operations) != 18 || len(p.Events) != 2 || p.Operations[0].ID == "" {
		t.Errorf("%d operations, %d events", len(p.Operations), len(p.Events))
	}
}
