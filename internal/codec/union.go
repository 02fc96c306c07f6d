package codec

// Discriminator returns the string that the member called name of the object raw
// holds: what tells the variants of a union apart. ok is false when raw is no
// object, isn't JSON, has no such member or one that isn't a string.
func Discriminator(raw []byte, name string) (value string, ok bool) {
	d := NewDecoder(raw)
	if !d.Object() {
		return "", false
	}
	for d.Member() {
		if string(d.key) != name {
			d.skip()
			continue
		}
		if ok = d.pos < len(d.data) && d.data[d.pos] == '"'; !ok {
			d.skip()
			continue
		}
		b, _ := d.text()
		value = string(b)
	}
	if !ok || d.End() != nil {
		return "", false
	}
	return value, true
}
