package socket

import (
	"net"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

func TestAConnectionIsReadAtItsPace(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	defer func() { _ = here.Close() }()
	go func() {
		_, _ = there.Write(make([]byte, 24_000))
		_ = there.Close()
	}()
	begun := time.Now()
	slowly := &slow{here, t.Context(), rate.NewLimiter(100_000, 4_000)}
	for read, p := 0, make([]byte, 4_000); read < 24_000; {
		n, err := slowly.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		read += n
	}
	if took := time.Since(begun); took < 150*time.Millisecond {
		t.Errorf("24,000 bytes at 100,000 a second, of which 4,000 at once, took %s", took)
	}
}
