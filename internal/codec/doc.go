// Package codec reads and writes the JSON of the generated models: a scanner
// over a document in memory and an appender, without reflection on the way in
// and without unsafe anywhere.
//
// Reading is lenient, because a client mustn't fail over what a server adds or
// leaves out: null is accepted for every member, times come with or without a
// zone, unknown enum values, members and variants are kept. It isn't lenient
// about JSON itself: what encoding/json refuses as malformed is refused here.
// The differences are all deliberate: names are matched exactly, where a name
// comes twice the last one wins whole, and a time or base64 that can't be read is
// kept rather than refused.
//
// Writing is lenient for json.Marshaler and strict for requests: see [Encoder].
//
// What is generic over a model's type is as little as can be, and leaves the rest
// to functions that aren't: for each model the compiler makes it anew, which is
// what compiling a package of many models takes most memory for. For the same
// reason what every model calls once isn't inlined.
//
// A generated decoder looks like this:
//
//	func (v *Release) decode(d *codec.Decoder) {
//		if !d.Object() {
//			return
//		}
//		var seen codec.Seen
//		for d.Member() {
//			switch string(d.Key()) {
//			case "id":
//				codec.String(d, &v.ID, &v.Extra)
//				seen.Add(0)
//			default:
//				codec.Unknown(d, &v.Extra)
//			}
//		}
//		if seen != 1<<1-1 {
//			codec.Missing(&v.Extra, seen, "id")
//		}
//	}
package codec
