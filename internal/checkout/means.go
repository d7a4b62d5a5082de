package checkout

import (
	"net/netip"
	"net/url"
	"slices"

	"galley/ent/payment"
	"galley/internal/fault"
	"galley/internal/settlement"
)

// The longest that a provider's token of a card and an address to come back to may be.
const (
	maxInstrument = 255
	maxReturnURL  = 2000
)

// check notes what is wrong with how the order is to be paid.
func (w *Workflow) check(errs *fault.Collector, in CompleteInput) {
	known := payment.MethodValidator(in.Payment) == nil
	errs.Add(known && w.Payments.Takes(in.Payment), Invalid, "The shop takes no such payment", "payment")
	if in.Instrument != nil {
		errs.Add(in.Payment == payment.MethodCARD && plain(*in.Instrument, maxInstrument), Invalid,
			"This is not a provider's token of a card", "instrument")
	}
	if in.ReturnURL != nil {
		errs.Add(w.returnsTo(*in.ReturnURL), Invalid, "A payment comes back to the shop's own pages, by https", "returnUrl")
	}
}

// means are how the order is to be paid.
func (in CompleteInput) means() settlement.Means {
	m := settlement.Means{Method: in.Payment}
	if in.Instrument != nil {
		m.Instrument = *in.Instrument
	}
	if in.ReturnURL != nil {
		m.ReturnURL = *in.ReturnURL
	}
	return m
}

// returnsTo tells whether a redirect may lead there: to a page of those who may use the shop, or of the shopper's own
// machine. Anywhere else, the shop would lend its name to strangers.
func (w *Workflow) returnsTo(text string) bool {
	u, err := url.Parse(text)
	if err != nil || !plain(text, maxReturnURL) || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	if ip, err := netip.ParseAddr(u.Hostname()); u.Hostname() == "localhost" || err == nil && ip.IsLoopback() {
		return true
	}
	return u.Scheme == "https" && slices.Contains(w.ReturnOrigins, u.Scheme+"://"+u.Host)
}

// plain tells whether a text is of printable ASCII without spaces, and not too long.
func plain(text string, most int) bool {
	for _, r := range text {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return text != "" && len(text) <= most
}
