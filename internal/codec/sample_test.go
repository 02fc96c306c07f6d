package codec_test

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/runtime/types"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/codec"
)

// kind is an enum the way generated code has them.
type kind string

const (
	kindDraft    kind = "draft"
	kindActive   kind = "active"
	kindArchived kind = "archived"
)

func knownKind(b []byte) (string, bool) {
	switch string(b) {
	case "draft":
		return string(kindDraft), true
	case "active":
		return string(kindActive), true
	case "archived":
		return string(kindArchived), true
	}
	return "", false
}

// sample has a member of every sort, with a codec written the way generated code
// is. The json tags are what the oracle of the differential test reads.
type sample struct {
	ID       string             `json:"id"`
	Kind     kind               `json:"kind"`
	Active   bool               `json:"active"`
	Count    int64              `json:"count"`
	Small    int32              `json:"small"`
	Plain    int                `json:"plain"`
	Ratio    float64            `json:"ratio"`
	At       time.Time          `json:"at"`
	Day      types.Date         `json:"day"`
	Blob     []byte             `json:"blob"`
	Any      any                `json:"any"`
	Raw      json.RawMessage    `json:"raw"`
	Token    sdk.Secret         `json:"token"`
	Child    child              `json:"child"`
	Tags     []string           `json:"tags"`
	Grid     [][]int64          `json:"grid"`
	Labels   map[string]string  `json:"labels"`
	Counts   map[string][]int64 `json:"counts"`
	Nodes    []child            `json:"nodes"`
	Byname   map[string]child   `json:"byname"`
	Times    []time.Time        `json:"times"`
	Nullable []optional[string] `json:"nullable"`
	Kinds    []kind             `json:"kinds"`
	Free     map[string]any     `json:"free"`

	OptString optional[string]     `json:"opt_string"`
	OptBool   optional[bool]       `json:"opt_bool"`
	OptInt    optional[int64]      `json:"opt_int"`
	OptFloat  optional[float64]    `json:"opt_float"`
	OptTime   optional[time.Time]  `json:"opt_time"`
	OptDate   optional[types.Date] `json:"opt_date"`
	OptKind   optional[kind]       `json:"opt_kind"`
	OptChild  optional[child]      `json:"opt_child"`
	OptTags   optional[[]string]   `json:"opt_tags"`

	Extra sdk.Extra `json:"-"`
}

type optional[T any] = sdk.Optional[T]

// child contains itself.
type child struct {
	Slug  string          `json:"slug"`
	Size  int64           `json:"size"`
	Seen  time.Time       `json:"seen"`
	Note  optional[*kind] `json:"note"`
	Under []child         `json:"under"`
	Extra sdk.Extra       `json:"-"`
}

// childRequired are the members that child always writes.
var childRequired = []string{"slug", "size", "seen"}

func (v *child) decode(d *codec.Decoder) {
	if !d.Object() {
		return
	}
	var seen codec.Seen
	for d.Member() {
		switch string(d.Key()) {
		case "slug":
			codec.String(d, &v.Slug, &v.Extra)
			seen.Add(0)
		case "size":
			codec.Int(d, &v.Size, &v.Extra)
			seen.Add(1)
		case "seen":
			codec.Time(d, &v.Seen, &v.Extra)
			seen.Add(2)
		case "note":
			codec.Opt(d, &v.Note, &v.Extra, codec.PointerElem(codec.EnumElem[kind]))
		case "under":
			codec.Slice(d, &v.Under, &v.Extra, (*child).decode)
		default:
			codec.Unknown(d, &v.Extra)
		}
	}
	if seen != 1<<3-1 {
		codec.Missing(&v.Extra, seen, childRequired...)
	}
}

func (v *child) encode(e *codec.Encoder) {
	e.Begin()
	codec.PutString(e, "slug", v.Slug, &v.Extra, codec.NonEmpty)
	codec.PutInt(e, "size", v.Size, &v.Extra, codec.Plain)
	codec.PutTime(e, "seen", v.Seen, &v.Extra, codec.Plain)
	codec.PutOpt(e, "note", &v.Note, &v.Extra, codec.Nullable, codec.PointerOut(codec.EnumOut[kind]))
	codec.PutSlice(e, "under", v.Under, &v.Extra, codec.OmitZero, (*child).encode)
	e.End(&v.Extra)
}

// sampleRequired are the members that sample always writes.
var sampleRequired = []string{
	"id", "kind", "active", "count", "small", "plain", "ratio", "at", "day",
	"child", "tags", "labels", "token",
}

func (v *sample) decode(d *codec.Decoder) {
	if !d.Object() {
		return
	}
	var seen codec.Seen
	for d.Member() {
		v.member(d, &seen)
	}
	if seen != 1<<len(sampleRequired)-1 {
		codec.Missing(&v.Extra, seen, sampleRequired...)
	}
}

func (v *sample) member(d *codec.Decoder, seen *codec.Seen) {
	switch string(d.Key()) {
	case "id":
		codec.String(d, &v.ID, &v.Extra)
		seen.Add(0)
	case "kind":
		v.Kind = kind(codec.Enum(d, &v.Extra, knownKind))
		seen.Add(1)
	case "active":
		codec.Bool(d, &v.Active, &v.Extra)
		seen.Add(2)
	case "count":
		codec.Int(d, &v.Count, &v.Extra)
		seen.Add(3)
	case "small":
		codec.Int(d, &v.Small, &v.Extra)
		seen.Add(4)
	case "plain":
		codec.Int(d, &v.Plain, &v.Extra)
		seen.Add(5)
	case "ratio":
		codec.Float(d, &v.Ratio, &v.Extra)
		seen.Add(6)
	case "at":
		codec.Time(d, &v.At, &v.Extra)
		seen.Add(7)
	case "day":
		codec.Date(d, &v.Day, &v.Extra)
		seen.Add(8)
	case "blob":
		codec.Bytes(d, &v.Blob, &v.Extra)
	case "any":
		codec.Any(d, &v.Any, &v.Extra)
	case "raw":
		codec.Raw(d, &v.Raw, &v.Extra)
	case "token":
		codec.Secret(d, &v.Token, &v.Extra)
		seen.Add(12)
	case "child":
		codec.Object(d, &v.Child, &v.Extra, (*child).decode)
		seen.Add(9)
	case "tags":
		codec.Slice(d, &v.Tags, &v.Extra, codec.StringElem)
		seen.Add(10)
	case "labels":
		codec.Map(d, &v.Labels, &v.Extra, codec.StringElem)
		seen.Add(11)
	default:
		v.optionalMember(d)
	}
}

func (v *sample) optionalMember(d *codec.Decoder) {
	switch string(d.Key()) {
	case "grid":
		codec.Slice(d, &v.Grid, &v.Extra, codec.SliceElem(codec.IntElem[int64]))
	case "counts":
		codec.Map(d, &v.Counts, &v.Extra, codec.SliceElem(codec.IntElem[int64]))
	case "nodes":
		codec.Slice(d, &v.Nodes, &v.Extra, (*child).decode)
	case "byname":
		codec.Map(d, &v.Byname, &v.Extra, (*child).decode)
	case "times":
		codec.Slice(d, &v.Times, &v.Extra, codec.TimeElem)
	case "nullable":
		codec.Slice(d, &v.Nullable, &v.Extra, codec.OptElem(codec.StringElem))
	case "kinds":
		codec.Slice(d, &v.Kinds, &v.Extra, codec.EnumElem[kind])
	case "free":
		codec.Map(d, &v.Free, &v.Extra, codec.AnyElem)
	case "opt_string":
		codec.OptString(d, &v.OptString, &v.Extra)
	case "opt_bool":
		codec.OptBool(d, &v.OptBool, &v.Extra)
	case "opt_int":
		codec.OptInt(d, &v.OptInt, &v.Extra)
	case "opt_float":
		codec.OptFloat(d, &v.OptFloat, &v.Extra)
	case "opt_time":
		codec.OptTime(d, &v.OptTime, &v.Extra)
	case "opt_date":
		codec.Opt(d, &v.OptDate, &v.Extra, codec.DateElem)
	case "opt_kind":
		codec.OptEnum(d, &v.OptKind, &v.Extra, knownKind)
	case "opt_child":
		codec.Opt(d, &v.OptChild, &v.Extra, (*child).decode)
	case "opt_tags":
		codec.Opt(d, &v.OptTags, &v.Extra, codec.SliceElem(codec.StringElem))
	default:
		codec.Unknown(d, &v.Extra)
	}
}

func (v *sample) encode(e *codec.Encoder) {
	x := &v.Extra
	e.Begin()
	codec.PutString(e, "id", v.ID, x, codec.NonEmpty)
	codec.PutString(e, "kind", string(v.Kind), x, codec.Plain)
	codec.PutBool(e, "active", v.Active, x, codec.Plain)
	codec.PutInt(e, "count", v.Count, x, codec.Plain)
	codec.PutInt(e, "small", v.Small, x, codec.Plain)
	codec.PutInt(e, "plain", v.Plain, x, codec.Plain)
	codec.PutFloat(e, "ratio", v.Ratio, x, codec.Plain)
	codec.PutTime(e, "at", v.At, x, codec.Plain)
	codec.PutDate(e, "day", v.Day, x, codec.Plain)
	codec.PutBytes(e, "blob", v.Blob, x, codec.OmitZero)
	codec.PutAny(e, "any", v.Any, x, codec.OmitZero)
	codec.PutRaw(e, "raw", v.Raw, x, codec.OmitZero)
	codec.PutSecret(e, "token", v.Token, x, codec.Plain)
	codec.PutObject(e, "child", &v.Child, x, codec.Plain, (*child).encode)
	codec.PutSlice(e, "tags", v.Tags, x, codec.Plain, codec.StringOut)
	codec.PutSlice(e, "grid", v.Grid, x, codec.OmitZero, codec.SliceOut(codec.IntOut[int64]))
	codec.PutMap(e, "labels", v.Labels, x, codec.Plain, codec.StringOut)
	codec.PutMap(e, "counts", v.Counts, x, codec.OmitZero, codec.SliceOut(codec.IntOut[int64]))
	codec.PutSlice(e, "nodes", v.Nodes, x, codec.OmitZero, (*child).encode)
	codec.PutMap(e, "byname", v.Byname, x, codec.OmitZero, (*child).encode)
	codec.PutSlice(e, "times", v.Times, x, codec.OmitZero, codec.TimeOut)
	codec.PutSlice(e, "nullable", v.Nullable, x, codec.OmitZero, codec.OptOut(codec.StringOut))
	codec.PutSlice(e, "kinds", v.Kinds, x, codec.OmitZero, codec.EnumOut[kind])
	codec.PutMap(e, "free", v.Free, x, codec.OmitZero, codec.AnyOut)
	codec.PutOptString(e, "opt_string", v.OptString, x, codec.Nullable)
	codec.PutOptBool(e, "opt_bool", v.OptBool, x, codec.Plain)
	codec.PutOptInt(e, "opt_int", v.OptInt, x, codec.Plain)
	codec.PutOptFloat(e, "opt_float", v.OptFloat, x, codec.Plain)
	codec.PutOptTime(e, "opt_time", v.OptTime, x, codec.Plain)
	codec.PutOpt(e, "opt_date", &v.OptDate, x, codec.Plain, codec.DateOut)
	codec.PutOptEnum(e, "opt_kind", v.OptKind, x, codec.Plain)
	codec.PutOpt(e, "opt_child", &v.OptChild, x, codec.Plain, (*child).encode)
	codec.PutOpt(e, "opt_tags", &v.OptTags, x, codec.Plain, codec.SliceOut(codec.StringOut))
	e.End(x)
}

func (v sample) MarshalJSON() ([]byte, error) { return marshal(&v, (*sample).encode) }

func (v *sample) UnmarshalJSON(data []byte) error {
	d := codec.NewDecoder(data)
	if d.Null() {
		return d.End()
	}
	*v = sample{}
	v.decode(d)
	return d.End()
}

// decodeSample decodes one document.
func decodeSample(data string) (*sample, error) {
	var v sample
	err := codec.Unmarshal([]byte(data), &v, (*sample).decode)
	return &v, err
}

// encodeSample encodes leniently.
func encodeSample(v *sample) (string, error) {
	b, err := marshal(v, (*sample).encode)
	return string(b), err
}

// marshal encodes what v points to as a MarshalJSON method does.
func marshal[P any](v P, encode func(P, *codec.Encoder)) ([]byte, error) {
	e := codec.NewEncoder(false)
	encode(v, e)
	return e.Bytes()
}
