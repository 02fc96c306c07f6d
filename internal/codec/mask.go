package codec

import "strings"

// minMask is the shortest mask. A password of one or two asterisks is a poor
// one, but it can be somebody's.
const minMask = 3

// maskReason never holds the text, which may be a secret after all.
const maskReason = "is a mask of asterisks as platforms answer it, not the secret itself; leave it out or give the real one"

// Masked reports whether a text is what a platform shows in the place of a
// secret: three or more asterisks and nothing else. Written back it would
// replace the secret, so a strict encoder refuses it.
func Masked(text string) bool {
	return len(text) >= minMask && strings.Trim(text, "*") == ""
}
