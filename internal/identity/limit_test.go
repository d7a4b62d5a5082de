package identity_test

import (
	"net/netip"
	"testing"

	"galley/internal/fault"
	"galley/internal/identity"
	"galley/internal/identity/issuertest"
	"galley/internal/origin"
)

func TestWhatAsksAnIssuerIsLimitedByAddress(t *testing.T) {
	each(t, func(t *testing.T, s shop) {
		from := func(address string) origin.Origin { return origin.Origin{Address: netip.MustParseAddr(address)} }
		ctx := origin.With(s.anonymous(), from("192.0.2.1"))
		in := identity.StartInput{Provider: "local", RedirectURI: issuertest.Redirect}
		unknown := identity.CompleteInput{Flow: "gf_unknown", State: "s", Code: "c"}
		taken := 0
		for range 100 {
			if _, err := s.w.Start(ctx, in); err == nil {
				taken++
			} else if code, _ := fault.CodeOf(err); code != fault.RateLimited {
				t.Fatal(err)
			}
		}
		if taken != 30 {
			t.Errorf("of 100 sign-ins %d were begun", taken)
		}
		if _, err := s.w.Complete(ctx, unknown); err == nil {
			t.Error("what comes from there is still looked up")
		}
		if _, err := s.w.Complete(origin.With(s.anonymous(), from("192.0.2.2")), unknown); err != nil {
			t.Errorf("another address: %v", err)
		}
	})
}
