package codec_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

// item is a typical list item, with a decoder written the way generated code is.
type item struct {
	ID          string    `json:"id"`
	Slug        string    `json:"slug"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Author      string    `json:"author"`
	Checksum    string    `json:"checksum"`
	URL         string    `json:"url"`
	Channel     string    `json:"channel"`
	Status      kind      `json:"status"`
	Version     int64     `json:"version"`
	Size        int64     `json:"size"`
	Downloads   int64     `json:"downloads"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Extra       sdk.Extra `json:"-"`
}

func (v *item) decode(d *codec.Decoder) {
	if !d.Object() {
		return
	}
	var seen codec.Seen
	for d.Member() {
		switch string(d.Key()) {
		case "id":
			codec.String(d, &v.ID, &v.Extra)
			seen.Add(0)
		case "slug":
			codec.String(d, &v.Slug, &v.Extra)
			seen.Add(1)
		case "name":
			codec.String(d, &v.Name, &v.Extra)
		case "description":
			codec.String(d, &v.Description, &v.Extra)
		case "author":
			codec.String(d, &v.Author, &v.Extra)
		case "checksum":
			codec.String(d, &v.Checksum, &v.Extra)
		case "url":
			codec.String(d, &v.URL, &v.Extra)
		case "channel":
			codec.String(d, &v.Channel, &v.Extra)
		case "status":
			v.Status = kind(codec.Enum(d, &v.Extra, knownKind))
		case "version":
			codec.Int(d, &v.Version, &v.Extra)
		case "size":
			codec.Int(d, &v.Size, &v.Extra)
		case "downloads":
			codec.Int(d, &v.Downloads, &v.Extra)
		case "created_at":
			codec.Time(d, &v.CreatedAt, &v.Extra)
		case "updated_at":
			codec.Time(d, &v.UpdatedAt, &v.Extra)
		default:
			codec.Unknown(d, &v.Extra)
		}
	}
	if seen != 1<<2-1 {
		codec.Missing(&v.Extra, seen, "id", "slug")
	}
}

func (v *item) encode(e *codec.Encoder) {
	e.Begin()
	codec.PutString(e, "id", v.ID, &v.Extra, codec.NonEmpty)
	codec.PutString(e, "slug", v.Slug, &v.Extra, codec.NonEmpty)
	codec.PutString(e, "name", v.Name, &v.Extra, codec.OmitZero)
	codec.PutString(e, "description", v.Description, &v.Extra, codec.OmitZero)
	codec.PutString(e, "author", v.Author, &v.Extra, codec.OmitZero)
	codec.PutString(e, "checksum", v.Checksum, &v.Extra, codec.OmitZero)
	codec.PutString(e, "url", v.URL, &v.Extra, codec.OmitZero)
	codec.PutString(e, "channel", v.Channel, &v.Extra, codec.OmitZero)
	codec.PutString(e, "status", string(v.Status), &v.Extra, codec.OmitZero)
	codec.PutInt(e, "version", v.Version, &v.Extra, codec.OmitZero)
	codec.PutInt(e, "size", v.Size, &v.Extra, codec.OmitZero)
	codec.PutInt(e, "downloads", v.Downloads, &v.Extra, codec.OmitZero)
	codec.PutTime(e, "created_at", v.CreatedAt, &v.Extra, codec.OmitZero)
	codec.PutTime(e, "updated_at", v.UpdatedAt, &v.Extra, codec.OmitZero)
	e.End(&v.Extra)
}

type page struct {
	Items []item    `json:"items"`
	Next  string    `json:"next"`
	Extra sdk.Extra `json:"-"`
}

func (v *page) decode(d *codec.Decoder) {
	if !d.Object() {
		return
	}
	for d.Member() {
		switch string(d.Key()) {
		case "items":
			codec.Slice(d, &v.Items, &v.Extra, (*item).decode)
		case "next":
			codec.String(d, &v.Next, &v.Extra)
		default:
			codec.Unknown(d, &v.Extra)
		}
	}
}

func (v *page) encode(e *codec.Encoder) {
	e.Begin()
	codec.PutSlice(e, "items", v.Items, &v.Extra, codec.Plain, (*item).encode)
	codec.PutString(e, "next", v.Next, &v.Extra, codec.Plain)
	e.End(&v.Extra)
}

// samplePage returns a page of n items and its JSON.
func samplePage(n int) (page, []byte) {
	var p page
	at := time.Date(2024, 3, 1, 8, 30, 0, 120_000_000, time.UTC)
	for i := range n {
		p.Items = append(p.Items, item{
			ID:          fmt.Sprintf("rel_%08d-4c1b-4f0e-9d7a-1f2e3d4c5b6a", i),
			Slug:        fmt.Sprintf("release-%d", i),
			Name:        fmt.Sprintf("Release number %d", i),
			Description: strings.Repeat("A maintenance release. ", 1+i%4),
			Author:      "someone@example.com",
			Checksum:    fmt.Sprintf("%064x", i*7919),
			URL:         fmt.Sprintf("https://example.com/releases/%d/download", i),
			Channel:     "stable",
			Status:      []kind{kindDraft, kindActive, kindArchived}[i%3],
			Version:     int64(i),
			Size:        int64(i) * 1_048_577,
			Downloads:   int64(i * i),
			CreatedAt:   at.Add(time.Duration(i) * time.Hour),
			UpdatedAt:   at.Add(time.Duration(i) * 25 * time.Hour),
		})
	}
	p.Next = "eyJvZmZzZXQiOjIwMH0="
	data, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return p, data
}

func BenchmarkDecodePage(b *testing.B) {
	_, data := samplePage(200)
	b.Run("codec", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var p page
			if err := codec.Unmarshal(data, &p, (*page).decode); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var p page
			if err := json.Unmarshal(data, &p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecodeItem(b *testing.B) {
	p, _ := samplePage(1)
	data, _ := json.Marshal(p.Items[0])
	b.Run("codec", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v item
			if err := codec.Unmarshal(data, &v, (*item).decode); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v item
			if err := json.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncodeItem(b *testing.B) {
	p, _ := samplePage(1)
	v := &p.Items[0]
	b.Run("codec", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e := codec.NewEncoder(true)
			v.encode(e)
			if _, err := e.Bytes(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncodePage(b *testing.B) {
	p, _ := samplePage(200)
	b.Run("codec", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := marshal(&p, (*page).encode); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
