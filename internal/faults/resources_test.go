package faults_test

func resources() []check {
	return nil
}
