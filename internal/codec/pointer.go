package codec

// PointerElem reads a value behind a pointer, for objects that hold objects of their own kind.
func PointerElem[T any](elem func(*T, *Decoder)) func(**T, *Decoder) {
	return func(dst **T, d *Decoder) {
		*dst = new(T)
		elem(*dst, d)
	}
}

// PointerOut writes the value behind a pointer; nil is written as null.
func PointerOut[T any](elem func(*T, *Encoder)) func(**T, *Encoder) {
	return func(v **T, e *Encoder) {
		if *v == nil {
			e.null()
			return
		}
		elem(*v, e)
	}
}
