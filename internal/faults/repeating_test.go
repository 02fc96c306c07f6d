package faults_test

func repeating() []check {
	return nil
}
