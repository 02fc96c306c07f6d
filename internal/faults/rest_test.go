package faults_test

func rest() []check {
	return nil
}
