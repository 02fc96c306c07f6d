// Package cargotest is a fake of the Cargo API for tests: a server on loopback that keeps what it is given, follows the
// platform's rules, and checks every request and every answer of its own against the platform's OpenAPI document.
//
//	func TestBriefing(t *testing.T) {
//		s := cargotest.NewServer(t)
//		s.PutModel("accounts")
//		// … run the program under test with s.Client(), or with s.URL() and cargotest.Token …
//	}
//
// A request that the platform wouldn't understand fails the test, in one line that says what is wrong with it. Nothing
// leaves the machine, and every test can have a server of its own.
package cargotest
