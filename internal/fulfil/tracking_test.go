package fulfil_test

import (
	"strings"
	"testing"

	"galley/ent/orderevent"
	"galley/internal/fulfil"
	"galley/internal/lifecycle"
)

func TestTracking(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		s.run("what was not known when it was sent is told later", func(s shop) {
			desk := s.packer()
			o := s.place(s.shopper(), of(s.variant(10), 3))
			f := s.sent(s.orders.Create(desk, fulfil.CreateInput{Order: o.NodeID(), Carrier: " DPD "}))
			before, number, url, version := s.timeline(o), "1Z", "https://dpd.example/?n=1Z", f.Version
			in := fulfil.TrackingInput{ID: f.NodeID(), TrackingNumber: &number, TrackingURL: &url, ExpectedVersion: &version}
			f = s.sent(s.orders.TrackingUpdate(desk, in))
			if f.Carrier != "DPD" || f.TrackingNumber != "1Z" || f.TrackingURL != url || f.Version != 2 {
				s.t.Errorf("got %+v", f)
			}
			s.failed("CONFLICT")(s.orders.TrackingUpdate(desk, in))
			in.ExpectedVersion = nil
			if again := s.sent(s.orders.TrackingUpdate(desk, in)); again.Version != 2 {
				s.t.Errorf("nothing has changed: %+v", again)
			}
			s.happened(o, before, orderevent.KindTRACKING_UPDATED)
			if s.letter(o, lifecycle.LetterTracking) != 1 {
				s.t.Error("the shopper is not told")
			}
		})
		s.run("it is short, plain, and leads to a page", func(s shop) {
			desk := s.packer()
			o := s.place(s.shopper(), of(s.variant(10), 3))
			f := s.sent(s.send(desk, o, 1))
			for _, url := range []string{
				"javascript:alert(1)", "dpd.example", "//dpd.example", "https://", "ftp://dpd.example", "https://dpd@shop.example/",
				"https://dpd.example/\"><script>", "https://dpd.example/a b", "https://dpd.example/\nx", "https://" + strings.Repeat("a", 2000),
			} {
				s.refused("INVALID trackingUrl")(s.orders.TrackingUpdate(desk, fulfil.TrackingInput{ID: f.NodeID(), TrackingURL: &url}))
				s.refused("INVALID trackingUrl")(s.orders.Create(desk, fulfil.CreateInput{Order: o.NodeID(), TrackingURL: url}))
			}
			for _, bad := range []string{strings.Repeat("a", 101), "a\nb", "a\x00b", "\xff"} {
				s.refused("INVALID carrier", "INVALID trackingNumber")(s.orders.Create(desk,
					fulfil.CreateInput{Order: o.NodeID(), Carrier: bad, TrackingNumber: bad}))
			}
		})
	})
}

func TestNotes(t *testing.T) {
	t.Parallel()
	each(t, func(s shop) {
		desk := s.packer()
		owner := s.shopper()
		o := s.place(owner, of(s.variant(10), 3))
		add := func(text string, public bool) {
			s.t.Helper()
			if out, err := s.orders.NoteAdd(desk, fulfil.NoteInput{Order: o.NodeID(), Text: text, Public: public}); err != nil || out.Key != o.ID {
				s.t.Errorf("got %+v, %v", out, err)
			}
		}
		add("  Rings twice.\nCareful  ", false)
		add("Your parcel leaves on Monday", true)
		notes := s.db.Client.OrderEvent.Query().Where(orderevent.OrderID(o.ID), orderevent.KindEQ(orderevent.KindNOTE)).Order(orderevent.ByID())
		if all := notes.Clone().AllX(desk); len(all) != 2 || all[0].Text != "Rings twice.\nCareful" || all[0].Public || all[0].ActorID == nil {
			s.t.Errorf("staff read %v", all)
		}
		if own := notes.Clone().AllX(owner); len(own) != 1 || !own[0].Public {
			s.t.Errorf("its owner reads %v", own)
		}
		if foreign := notes.Clone().AllX(s.shopper()); len(foreign) > 0 {
			s.t.Errorf("a stranger reads %v", foreign)
		}
		for _, bad := range []string{"", "  ", strings.Repeat("a", 2001), "a\x00b", "\xff"} {
			s.refused("INVALID text")(s.orders.NoteAdd(desk, fulfil.NoteInput{Order: o.NodeID(), Text: bad}))
		}
	})
}
