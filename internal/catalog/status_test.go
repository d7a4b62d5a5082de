package catalog_test

import (
	"context"
	"testing"
	"time"

	"galley/ent/product"
	"galley/internal/catalog"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
)

func TestStates(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *shop) {
		type turn func(context.Context, catalog.ProductStateInput) (*database.Outcome, error)
		publish, unpublish, archive := turn(s.ProductPublish), turn(s.ProductUnpublish), turn(s.ProductArchive)
		for _, c := range []struct {
			says  string
			turns []turn
			last  turn
			want  product.Status // empty: refused
		}{
			{"a draft is published", nil, publish, product.StatusPUBLISHED},
			{"a draft is archived", nil, archive, product.StatusARCHIVED},
			{"a draft is a draft", nil, unpublish, product.StatusDRAFT},
			{"what is published goes back to the drafts", []turn{publish}, unpublish, product.StatusDRAFT},
			{"what is published is archived", []turn{publish}, archive, product.StatusARCHIVED},
			{"what is published is published", []turn{publish}, publish, product.StatusPUBLISHED},
			{"what went back is published again", []turn{publish, unpublish}, publish, product.StatusPUBLISHED},
			{"the archive is not published", []turn{archive}, publish, ""},
			{"the archive does not go back to the drafts", []turn{archive}, unpublish, ""},
			{"the archive is the archive", []turn{archive}, archive, product.StatusARCHIVED},
		} {
			t.Run(c.says, func(t *testing.T) {
				s := s.on(t)
				p := s.draft(c.says, "1")
				for _, step := range c.turns {
					s.done(step(s.editor, state(p.ID)))
				}
				before := s.product(p.ID)
				out, err := c.last(s.editor, state(p.ID))
				if c.want == "" {
					s.wrong(out, err, "ARCHIVED id")
					return
				}
				s.done(out, err)
				after := s.product(p.ID)
				if changed := before.Status != c.want; after.Status != c.want || (after.Version != before.Version) != changed {
					t.Errorf("before %+v, after %+v", before, after)
				}
			})
		}
		t.Run("the moment of publishing is noted, and stays", func(t *testing.T) {
			s := s.on(t)
			p := s.published("Moment", "1")
			if p.PublishedAt == nil || time.Since(*p.PublishedAt) > time.Minute {
				t.Fatalf("got %v", p.PublishedAt)
			}
			s.done(s.ProductUnpublish(s.editor, state(p.ID)))
			if again := s.product(p.ID); again.PublishedAt == nil || !again.PublishedAt.Equal(*p.PublishedAt) {
				t.Errorf("got %v", again.PublishedAt)
			}
		})
		t.Run("nothing is published without a variant on sale", func(t *testing.T) {
			s := s.on(t)
			empty := s.draft("Empty")
			out, err := s.ProductPublish(s.editor, state(empty.ID))
			s.wrong(out, err, "NO_VARIANT id")
			p := s.draft("Off sale", "1")
			s.done(s.VariantArchive(s.editor, catalog.VariantArchiveInput{ID: nodeid.Variant.ID(s.variants(p.ID)[0].ID)}))
			out, err = s.ProductPublish(s.editor, state(p.ID))
			s.wrong(out, err, "NO_VARIANT id")
			if got := s.product(p.ID); got.Status != product.StatusDRAFT || got.PublishedAt != nil {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("a stale version is told", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Stale", "1")
			in := state(p.ID)
			in.ExpectedVersion = to(2)
			out, err := s.ProductPublish(s.editor, in)
			s.refused(out, err, fault.Conflict)
		})
		t.Run("what is not there or not to be seen has no state to change", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Unseen", "1")
			out, err := s.ProductPublish(s.blind, state(p.ID))
			s.refused(out, err, fault.NotFound)
			out, err = s.ProductArchive(s.editor, state(1))
			s.refused(out, err, fault.NotFound)
		})
		t.Run("publishing takes three statements", func(t *testing.T) {
			s := s.on(t)
			p := s.draft("Counted", "1", "2")
			n := s.statements(s.editor, func(ctx context.Context) (*database.Outcome, error) { return s.ProductPublish(ctx, state(p.ID)) })
			if n != 3 {
				t.Errorf("%d statements", n)
			}
		})
	})
}
