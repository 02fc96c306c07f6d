package faults_test

func addresses() []check {
	return nil
}
