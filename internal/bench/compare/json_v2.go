//go:build goexperiment.jsonv2

package main

// jsonV2 tells whether encoding/json is built on its version 2.
const jsonV2 = true
