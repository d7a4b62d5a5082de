//go:build bench

package main

import (
	"os"

	"galley/bench/meter"
)

// What make bench measures is this program, and a socket besides that tells what the process has used.
func init() {
	if err := meter.Serve(os.Getenv(meter.Variable)); err != nil {
		panic(err)
	}
}
