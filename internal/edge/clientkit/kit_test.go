package clientkit_test

import (
	"testing"

	"galley/internal/edge/clientkit"
)

func TestX(t *testing.T) {
	if err := clientkit.Write("/tmp/kit"); err != nil {
		t.Fatal(err)
	}
}
