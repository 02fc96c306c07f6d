// Package licensingtest is a fake of the Cryptlex Web API for tests: a server on loopback that keeps the releases it is
// given, follows the platform's rules, sends signed webhooks, and checks every request and every answer of its own against
// the platform's OpenAPI document.
//
//	func TestPromote(t *testing.T) {
//		s := licensingtest.NewServer(t)
//		release := s.PutRelease(licensing.Release{Name: "Planner 2.3", Channel: "beta"})
//		// … run the program under test with s.Client(), or with s.URL() and licensingtest.Token …
//	}
//
// A request that the platform wouldn't understand fails the test, in one line that says what is wrong with it. Nothing
// leaves the machine but what goes to the webhooks that the test enters, and every test can have a server of its own.
package licensingtest
