package edge_test

import (
	"net/http"
	"testing"
	"time"

	"galley/internal/edge"
	"galley/internal/fault"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	t.Run("are so many in all, sockets and streams together", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Limits.Streams.All = 2 }), edge.Drain{})
		s := open(t, url, `{}`)
		_, lines := streamed(t, url, "subscription { ticks }", "text/event-stream")
		expect(t, lines, "event: next")
		if _, status, err := dial(t, url, nil); err == nil || status != http.StatusServiceUnavailable {
			t.Errorf("a third is let in: %d, %v", status, err)
		}
		response, lines := streamed(t, url, "subscription { ticks }", "text/event-stream")
		if expect(t, lines, string(fault.Unavailable)); response.status != http.StatusServiceUnavailable {
			t.Errorf("status %d", response.status)
		}
		_ = s.conn.CloseNow()
		free(t, url)
	})
	t.Run("are so many of one address", func(t *testing.T) {
		t.Parallel()
		url, _, _ := serving(t, newShop(t, func(c *edge.Config) { c.Limits.Streams.PerAddress = 1 }), edge.Drain{})
		s := open(t, url, `{}`)
		if _, status, err := dial(t, url, nil); err == nil || status != http.StatusTooManyRequests {
			t.Errorf("a second is let in: %d, %v", status, err)
		}
		_ = s.conn.CloseNow()
		free(t, url)
	})
}

// free waits until a place is.
func free(t *testing.T, url string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, _, err := dial(t, url, nil); err == nil {
			return
		}
	}
	t.Error("no place is free, though one was left")
}
