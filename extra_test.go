package sdk_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
)

// members returns the unknown members as text, in order.
func members(x *sdk.Extra) string {
	var all []string
	for name, raw := range x.All() {
		all = append(all, name+"="+string(raw))
	}
	return strings.Join(all, " ")
}

func TestZeroExtraIsEmptyAndReady(t *testing.T) {
	t.Parallel()
	var x sdk.Extra
	for _, empty := range []*sdk.Extra{&x, nil} {
		_, got := empty.Get("a")
		_, deviates := empty.Deviation("a")
		empty.Delete("a")
		if got || deviates || empty.Len() != 0 || members(empty) != "" || !empty.IsZero() {
			t.Errorf("%p isn't empty", empty)
		}
	}
	x.Set("a", json.RawMessage("1"))
	if raw, ok := x.Get("a"); !ok || string(raw) != "1" || x.Len() != 1 || x.IsZero() {
		t.Errorf("%s, %v", raw, ok)
	}
}

func TestExtraKeepsTheOrderReceived(t *testing.T) {
	t.Parallel()
	var x sdk.Extra
	var want []string
	for i := range 100 {
		name := "m" + strconv.Itoa(i)
		x.Set(name, json.RawMessage(strconv.Itoa(i)))
		want = append(want, name+"="+strconv.Itoa(i))
	}
	if got := members(&x); got != strings.Join(want, " ") {
		t.Errorf("%s", got)
	}
	x.Set("m3", json.RawMessage("true"))
	x.Delete("m98")
	want = append(append(slices.Delete(slices.Clone(want), 98, 99)[:3], want[4:98]...), "m99=99", "m3=true")
	if got := members(&x); got != strings.Join(want, " ") {
		t.Errorf("%s\nwant %s", got, strings.Join(want, " "))
	}
}

func TestExtraStopsWhenTheRangeDoes(t *testing.T) {
	t.Parallel()
	var x sdk.Extra
	x.Set("a", nil)
	x.Set("b", nil)
	for name := range x.All() {
		x.Delete(name)
		break
	}
	if got := members(&x); got != "b=null" {
		t.Errorf("%s", got)
	}
}

func TestDeviationsLiveBesideMembers(t *testing.T) {
	t.Parallel()
	var x sdk.Extra
	x.Deviate("absent", nil)
	x.Deviate("null", json.RawMessage("null"))
	x.Deviate("time", json.RawMessage(`"soon"`))
	x.Set("time", json.RawMessage("1"))
	if x.Len() != 1 || members(&x) != "time=1" {
		t.Errorf("%d members: %s", x.Len(), members(&x))
	}
	for name, want := range map[string]string{"absent": "", "null": "null", "time": `"soon"`} {
		if raw, ok := x.Deviation(name); !ok || string(raw) != want || (name == "absent") != (raw == nil) {
			t.Errorf("%s: %s, %v", name, raw, ok)
		}
	}
	if _, ok := x.Deviation("other"); ok {
		t.Error("a deviation that nobody kept")
	}
	x.Delete("time")
	if _, ok := x.Deviation("time"); ok || x.Len() != 0 {
		t.Error("Delete left something")
	}
	x.Delete("absent")
	x.Delete("null")
	if !x.IsZero() {
		t.Error("something is left")
	}
}

func TestCopiesOfExtraDontShareLaterChanges(t *testing.T) {
	t.Parallel()
	var a sdk.Extra
	a.Set("x", json.RawMessage("1"))
	b := a
	a.Set("y", json.RawMessage("2"))
	b.Set("x", json.RawMessage("3"))
	b.Set("z", json.RawMessage("4"))
	c := b
	b.Delete("x")
	for got, want := range map[string]string{members(&a): "x=1 y=2", members(&b): "z=4", members(&c): "x=3 z=4"} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestCopiesOfExtraMayBeUsedByManyGoroutines(t *testing.T) {
	t.Parallel()
	var shared sdk.Extra
	for i := range 40 {
		shared.Set("m"+strconv.Itoa(i), json.RawMessage("0"))
	}
	var wg sync.WaitGroup
	for g := range 8 {
		own := shared
		wg.Go(func() {
			for i := range 200 {
				own.Set("m"+strconv.Itoa(i%50), json.RawMessage(strconv.Itoa(g)))
				own.Delete("m" + strconv.Itoa(i%7))
			}
			for name, raw := range own.All() {
				if string(raw) != strconv.Itoa(g) && string(raw) != "0" {
					t.Errorf("goroutine %d found %s=%s", g, name, raw)
				}
			}
		})
	}
	wg.Wait()
	if shared.Len() != 40 {
		t.Errorf("%d members are left", shared.Len())
	}
}

func TestBytesOfExtraCantBeGrownInto(t *testing.T) {
	t.Parallel()
	buf := []byte(`12`)
	var x sdk.Extra
	x.Set("a", buf[:1])
	raw, _ := x.Get("a")
	_ = append(raw, 'x')
	if string(buf) != "12" {
		t.Errorf("%s", buf)
	}
}

// naive is Extra as anybody would write it.
type naive struct {
	names      []string
	raw        map[string]string
	deviations map[string]string
}

func TestExtraDoesWhatASimpleOneDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var x sdk.Extra
		n := naive{raw: map[string]string{}, deviations: map[string]string{}}
		for step := range 400 {
			name := "m" + strconv.Itoa(r.IntN(1+int(seed)))
			switch r.IntN(8) {
			case 0:
				x.Delete(name)
				n.delete(name)
			case 1, 2:
				x.Deviate(name, []json.RawMessage{nil, json.RawMessage("null"), json.RawMessage("1")}[step%3])
				n.deviations[name] = []string{"", "null", "1"}[step%3]
			default:
				x.Set(name, json.RawMessage(strconv.Itoa(step)))
				n.set(name, strconv.Itoa(step))
			}
			if raw, ok := x.Get(name); ok != (n.raw[name] != "") || string(raw) != n.raw[name] {
				t.Fatalf("seed %d step %d: Get %s, %v, want %q", seed, step, raw, ok, n.raw[name])
			}
			want, deviates := n.deviations[name]
			if raw, ok := x.Deviation(name); ok != deviates || string(raw) != want {
				t.Fatalf("seed %d step %d: Deviation %s, %v, want %q", seed, step, raw, ok, want)
			}
		}
		if got := members(&x); got != n.members() || x.Len() != len(n.names) {
			t.Fatalf("seed %d: %s\nwant %s", seed, got, n.members())
		}
	}
}

func (n *naive) set(name, raw string) {
	n.names = append(slices.DeleteFunc(n.names, func(s string) bool { return s == name }), name)
	n.raw[name] = raw
}

func (n *naive) delete(name string) {
	n.names = slices.DeleteFunc(n.names, func(s string) bool { return s == name })
	delete(n.raw, name)
	delete(n.deviations, name)
}

func (n *naive) members() string {
	var all []string
	for _, name := range n.names {
		all = append(all, name+"="+n.raw[name])
	}
	return strings.Join(all, " ")
}

func TestManyMembersTakeLinearTime(t *testing.T) {
	t.Parallel()
	start := time.Now()
	var x sdk.Extra
	for i := range 200_000 {
		x.Set("m"+strconv.Itoa(i), json.RawMessage("1"))
		x.Set("again", json.RawMessage("1"))
		x.Delete("again")
		x.Deviate("odd", nil)
	}
	if n := x.Len(); n != 200_000 {
		t.Errorf("%d members", n)
	}
	// A quadratic list takes minutes; the limit is far from what a linear one takes.
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("took %v", d)
	}
}

func ExampleExtra() {
	var x sdk.Extra // in a model: release.Extra
	x.Set("channel_hint", json.RawMessage(`"beta"`))
	for name, raw := range x.All() {
		fmt.Println(name, string(raw))
	}
	// Output: channel_hint "beta"
}
