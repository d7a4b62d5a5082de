package sweep_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/deliveryquote"
	entjob "galley/ent/job"
	"galley/ent/session"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/job/sweep"
)

// TestWhatIsOverIsRemoved has a row of each kind whose time is over, and one whose is not.
func TestWhatIsOverIsRemoved(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		c := db.Client
		p := c.Product.Create().SetTitle("Mug").SetTitleKey([]byte("mug")).SetSlug("mug").SetCurrency("GBP").SaveX(ctx)
		v := c.Variant.Create().SetProductID(p.ID).SetSku("M").SetPriceAmount(1).SetCurrency("GBP").SaveX(ctx)
		u := c.User.Create().SetEmail("ada@galley.example").SetNameKey([]byte("ada")).SaveX(ctx)
		offered := c.Cart.Create().SetUserID(u.ID).SetCurrency("GBP").SetEmail("offered").SaveX(ctx)
		for name, days := range map[string]int{"over": -91, "there": -6} {
			at := db.Now().Add(time.Duration(days) * 24 * time.Hour)
			c.Job.Create().SetKind(name).SetStatus(entjob.StatusDONE).SetRunAt(at).ExecX(ctx)
			c.Job.Create().SetKind(name + " dead").SetStatus(entjob.StatusDEAD).SetRunAt(at).ExecX(ctx)
			if name == "there" {
				at = db.Now().Add(-23 * time.Hour)
			}
			s := c.Session.Create().SetUserID(u.ID).SetPresentation(session.PresentationTOKEN).SetAddress(name).SetExpiresAt(at).SaveX(ctx)
			c.RefreshToken.Create().SetSessionID(s.ID).SetTokenHash([]byte(name)).SetNonce([]byte(name)).ExecX(ctx)
			c.Confirmation.Create().SetPurpose("SIGN_UP").SetEmail(name + "@galley.example").SetExpiresAt(at).ExecX(ctx)
			c.IdentityFlow.Create().SetTokenHash([]byte(name)).SetProvider(name).SetRedirectURI(name).SetNonce(name).SetVerifier([]byte(name)).SetExpiresAt(at).ExecX(ctx)
			c.DeliveryQuote.Create().SetCartID(offered.ID).SetMethodID(1).SetName(name).SetPriceAmount(1).SetCurrency("GBP").SetCountry("GB").
				SetMeasure(1).SetPosition(0).SetExpiresAt(at).ExecX(ctx)
			c.Attempt.Create().SetSubject(name).SetFullAt(at).ExecX(ctx)
			c.IdempotencyKey.Create().SetScope(name).SetKey(name).SetRequest([]byte(name)).SetCreatedAt(at).ExecX(ctx)
		}
		for name, days := range map[string]int{"over": -91, "there": -89, "reserving": -91, "owned": -91} {
			create := c.Cart.Create().SetCurrency("GBP").SetTokenHash([]byte(name)).SetEmail(name).SetUpdatedAt(db.Now().AddDate(0, 0, days))
			switch name {
			case "owned":
				create.SetUserID(u.ID)
			case "reserving":
				create.SetReservedUntil(db.Now())
			}
			row := create.SaveX(ctx)
			c.CartLine.Create().SetCartID(row.ID).SetVariantID(v.ID).SetQuantity(1).ExecX(ctx)
			c.DeliveryQuote.Create().SetCartID(row.ID).SetMethodID(1).SetName(name).SetPriceAmount(0).SetCurrency("GBP").SetCountry("GB").
				SetMeasure(0).SetPosition(0).SetExpiresAt(db.Now()).ExecX(ctx)
		}
		c.Cart.Create().SetCurrency("GBP").SetTokenHash([]byte("merged")).SetEmail("merged").SetStatus("MERGED").SetUpdatedAt(db.Now().AddDate(0, 0, -91)).ExecX(ctx)
		c.Cart.Create().SetCurrency("GBP").SetTokenHash([]byte("ordered")).SetEmail("ordered").SetStatus("ORDERED").SetUpdatedAt(db.Now().AddDate(0, 0, -91)).ExecX(ctx)
		waiting := c.Job.Create().SetKind("waiting").SetRunAt(db.Now().AddDate(-1, 0, 0)).SaveX(ctx)
		if err := sweep.Sweep(ctx, db); err != nil {
			t.Fatal(err)
		}
		for what, left := range map[string][]string{
			"jobs":             c.Job.Query().Order(entjob.ByKind()).Select(entjob.FieldKind).StringsX(ctx),
			"sessions":         c.Session.Query().Select("address").StringsX(ctx),
			"carts":            c.Cart.Query().Order(cart.ByEmail()).Select(cart.FieldEmail).StringsX(ctx),
			"cart lines":       strings.Fields(strings.Repeat("line ", c.CartLine.Query().CountX(ctx))),
			"confirmations":    c.Confirmation.Query().Select("email").StringsX(ctx),
			"delivery options": c.DeliveryQuote.Query().Order(deliveryquote.ByName()).Select("name").StringsX(ctx),
			"identity flows":   c.IdentityFlow.Query().Select("provider").StringsX(ctx),
			"attempts":         c.Attempt.Query().Select("subject").StringsX(ctx),
			"idempotency keys": c.IdempotencyKey.Query().Select("scope").StringsX(ctx),
		} {
			want := "[there]"
			switch what {
			case "jobs":
				want = fmt.Sprintf("[there there dead %s]", waiting.Kind)
			case "delivery options":
				want = "[owned reserving there there]" // one that ended just now is kept for a day
			case "carts":
				want = "[offered ordered owned reserving there]"
			case "cart lines":
				want = "[line line line]"
			case "confirmations":
				want = "[there@galley.example]"
			}
			if got := fmt.Sprint(left); got != want {
				t.Errorf("of %s %s is left, not %s", what, got, want)
			}
		}
		if n := c.RefreshToken.Query().CountX(ctx); n != 1 {
			t.Errorf("%d refresh tokens are left", n)
		}
	})
}

func TestAllOfManyRowsIsRemoved(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := databasetest.System(t.Context())
		const rows = 2*sweep.Batch + 1
		for from := 0; from < rows; from += sweep.Batch {
			err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
				return tx.Attempt.MapCreateBulk(make([]struct{}, min(sweep.Batch, rows-from)), func(create *ent.AttemptCreate, i int) {
					create.SetSubject(fmt.Sprint(from + i)).SetFullAt(db.Now().AddDate(0, 0, -2))
				}).Exec(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := sweep.Sweep(ctx, db); err != nil {
			t.Fatal(err)
		}
		if n := db.Client.Attempt.Query().CountX(ctx); n != 0 {
			t.Errorf("%d of %d rows are left", n, rows)
		}
	})
}

func TestASweepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sweep.Sweep(databasetest.System(ctx), databasetest.New(t, databasetest.SQLite)); err == nil {
		t.Error("it went on")
	}
}
