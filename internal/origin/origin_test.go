package origin_test

import (
	"net/netip"
	"testing"
	"time"

	"galley/internal/origin"
)

func TestOriginTravelsInTheContext(t *testing.T) {
	t.Parallel()
	if o := origin.From(t.Context()); o != (origin.Origin{}) {
		t.Errorf("out of nowhere: %+v", o)
	}
	want := origin.Origin{Address: netip.MustParseAddr("192.0.2.1"), UserAgent: "curl", RequestID: "r", Cookie: new(origin.Cookie)}
	if o := origin.From(origin.With(t.Context(), want)); o != want {
		t.Errorf("got %+v", o)
	}
}

func TestTheLastChangeOfACookieCounts(t *testing.T) {
	t.Parallel()
	var c origin.Cookie
	if change, ok := c.Change(); ok {
		t.Errorf("nobody asked for %+v", change)
	}
	until := time.Unix(1, 0)
	c.Set("a", until)
	if change, ok := c.Change(); !ok || change != (origin.Change{Secret: "a", Expires: until}) {
		t.Errorf("got %+v, %v", change, ok)
	}
	c.Clear()
	if change, ok := c.Change(); !ok || change.Secret != "" {
		t.Errorf("got %+v, %v", change, ok)
	}
}
