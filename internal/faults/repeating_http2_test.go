package faults_test

func http2Endings() []check { return nil }
