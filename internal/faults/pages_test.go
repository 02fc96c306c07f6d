package faults_test

func pages() []check {
	return nil
}
