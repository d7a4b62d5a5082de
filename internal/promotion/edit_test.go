package promotion_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"galley/ent"
	"galley/ent/promotion"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/money"
	"galley/internal/nodeid"
	. "galley/internal/promotion"
	"galley/internal/viewer"
)

func staff(ctx context.Context, permissions ...viewer.Permission) context.Context {
	return viewer.With(ctx, viewer.Viewer{Kind: viewer.Staff, UserID: 77, Permissions: permissions})
}

func of[T any](v T) *T { return &v }

// wrong are the codes and fields of what is to be mended.
func wrong(out *database.Outcome) (all []string) {
	for _, e := range out.UserErrors {
		all = append(all, string(e.Code)+" "+strings.Join(e.Field, "."))
	}
	return all
}

func percentage() CreateInput {
	return CreateInput{Name: "Ten off", Kind: promotion.KindPERCENTAGE, BasisPoints: of(1000), Active: true}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"WELCOME10": "WELCOME10", " welcome10\n": "WELCOME10", "a-b_c": "A-B_C", "": "", "  ": "", "TWO WORDS": "", "ÄRGER": "", "\x00": "", "\xff": "",
		strings.Repeat("A", 50): strings.Repeat("A", 50), strings.Repeat("A", 51): "", "ſale": "",
	} {
		if code, ok := Code(text); ok != (want != "") || ok && code != want {
			t.Errorf("%q is %q, %v", text, code, ok)
		}
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, editor := New(db, "GBP"), staff(t.Context(), viewer.PricingRead, viewer.PricingWrite)
		system, noon := databasetest.System(t.Context()), time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		category := db.Client.Category.Create().SetName("Mugs").SetSlug("mugs").SaveX(system)
		t.Run("all that is told is kept", func(t *testing.T) {
			in := percentage()
			in.Name, in.Code, in.Minimum, in.Categories = " Mugs week ", of(" mugs "), of(money.Decimal("20.00")), []nodeid.ID{category.NodeID()}
			in.StartsAt, in.EndsAt, in.OncePerCustomer, in.UsageLimit = of(db.Now()), of(db.Now().Add(time.Hour)), true, of(5)
			out, err := w.Create(editor, in)
			if err != nil || len(out.UserErrors) > 0 {
				t.Fatal(out, err)
			}
			p := db.Client.Promotion.GetX(system, out.Key)
			if p.Name != "Mugs week" || *p.Code != "MUGS" || p.MinimumAmount != 2000 || !slices.Equal(p.CategoryIds, []int64{category.ID}) || p.Currency != "GBP" ||
				!p.StartsAt.Equal(*in.StartsAt) || !p.EndsAt.Equal(*in.EndsAt) || !p.OncePerCustomer || *p.UsageLimit != 5 || !p.Active || p.Used != 0 {
				t.Errorf("got %v", p)
			}
			in.Code = of("Mugs")
			if out, err := w.Create(editor, in); err != nil || !slices.Equal(wrong(out), []string{"CODE_TAKEN code"}) {
				t.Errorf("of the same code: %v, %v", out, err)
			}
		})
		for _, c := range []struct {
			name string
			edit func(*CreateInput)
			want []string
		}{
			{"a name is needed", func(in *CreateInput) { in.Name = " " }, []string{"INVALID name"}},
			{"a name is bounded", func(in *CreateInput) { in.Name = strings.Repeat("é", 201) }, []string{"INVALID name"}},
			{"a name is one line of text", func(in *CreateInput) { in.Name = "a\x00b" }, []string{"INVALID name"}},
			{"a code is letters and digits", func(in *CreateInput) { in.Code = of("10 %") }, []string{"INVALID code"}},
			{"an empty code is none", func(in *CreateInput) { in.Code = of("") }, []string{"INVALID code"}},
			{"a percentage needs a percent", func(in *CreateInput) { in.BasisPoints = nil }, []string{"INVALID basisPoints"}},
			{"a percentage is at most all", func(in *CreateInput) { in.BasisPoints = of(10_001) }, []string{"INVALID basisPoints"}},
			{"a percentage has no amount", func(in *CreateInput) { in.Amount = of(money.Decimal("1.00")) }, []string{"INVALID amount"}},
			{"a fixed amount needs an amount", func(in *CreateInput) { in.Kind, in.BasisPoints = promotion.KindFIXED_AMOUNT, nil }, []string{"INVALID amount"}},
			{"a fixed amount has no percent", func(in *CreateInput) { in.Kind, in.Amount = promotion.KindFIXED_AMOUNT, of(money.Decimal("1")) }, []string{"INVALID basisPoints"}},
			{"an amount is not below zero", func(in *CreateInput) { in.Minimum = of(money.Decimal("-1")) }, []string{"INVALID minimum"}},
			{"an amount is bounded", func(in *CreateInput) { in.Minimum = of(money.Decimal("100000000.01")) }, []string{"INVALID minimum"}},
			{"an amount is of the shop's currency", func(in *CreateInput) { in.Minimum = of(money.Decimal("1.001")) }, []string{"INVALID minimum"}},
			{"it ends after it starts", func(in *CreateInput) { in.StartsAt, in.EndsAt = of(noon), of(noon) }, []string{"INVALID endsAt"}},
			{"a limit is at least one", func(in *CreateInput) { in.UsageLimit = of(0) }, []string{"INVALID usageLimit"}},
			{"what each customer takes once has a code", func(in *CreateInput) { in.OncePerCustomer = true }, []string{"INVALID oncePerCustomer"}},
			{"categories are there", func(in *CreateInput) {
				in.Categories = []nodeid.ID{category.NodeID(), nodeid.Category.ID(1), nodeid.Product.ID(category.ID)}
			}, []string{"NOT_FOUND categories.1", "NOT_FOUND categories.2"}},
			{"categories are bounded", func(in *CreateInput) { in.Categories = slices.Repeat([]nodeid.ID{category.NodeID()}, 101) }, []string{"INVALID categories"}},
			{"all that is wrong is told at once", func(in *CreateInput) { in.Name, in.BasisPoints = "", of(0) }, []string{"INVALID name", "INVALID basisPoints"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				in := percentage()
				c.edit(&in)
				out, err := w.Create(editor, in)
				if err != nil || out.Key != 0 || !slices.Equal(wrong(out), c.want) {
					t.Errorf("got %v, %v, want %v", out, err, c.want)
				}
			})
		}
		t.Run("promotions without a code are few", func(t *testing.T) {
			there := db.Client.Promotion.Query().Where(promotion.CodeIsNil()).CountX(system)
			for range MaxAutomatic - there {
				db.Client.Promotion.Create().SetName("Automatic").SetKind(promotion.KindFREE_DELIVERY).SetCurrency("GBP").ExecX(system)
			}
			in := percentage()
			if out, err := w.Create(editor, in); err != nil || !slices.Equal(wrong(out), []string{"TOO_MANY active"}) {
				t.Errorf("got %v, %v", out, err)
			}
			in.Active = false
			off, err := w.Create(editor, in)
			if err != nil || len(off.UserErrors) > 0 {
				t.Errorf("switched off: %v, %v", off, err)
			}
			if out, err := w.Update(editor, UpdateInput{ID: nodeid.Promotion.ID(off.Key), Active: of(true)}); err != nil || !slices.Equal(wrong(out), []string{"TOO_MANY active"}) {
				t.Errorf("switched on: %v, %v", out, err)
			}
			in.Active, in.Code = true, of("CODED")
			if out, err := w.Create(editor, in); err != nil || len(out.UserErrors) > 0 {
				t.Errorf("with a code: %v, %v", out, err)
			}
		})
		t.Run("only those who may write prices do", func(t *testing.T) {
			for code, ctx := range map[fault.Code]context.Context{
				fault.Forbidden:       staff(t.Context(), viewer.PricingRead, viewer.CatalogWrite),
				fault.Unauthenticated: viewer.With(t.Context(), viewer.Viewer{}),
			} {
				_, err := w.Create(ctx, percentage())
				if got, _ := fault.CodeOf(err); got != code {
					t.Errorf("create: got %v", err)
				}
				_, err = w.Update(ctx, UpdateInput{})
				if got, _ := fault.CodeOf(err); got != code {
					t.Errorf("update: got %v", err)
				}
			}
		})
	})
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, editor := New(db, "GBP"), staff(t.Context(), viewer.PricingRead, viewer.PricingWrite)
		d := newDesk(t, db)
		make := func() *ent.Promotion {
			in := percentage()
			in.Code, in.StartsAt, in.EndsAt, in.UsageLimit = of(fmt.Sprintf("CODE%d", len(db.Client.Promotion.Query().IDsX(d.system)))), of(db.Now()), of(db.Now().Add(time.Hour)), of(5)
			out, err := w.Create(editor, in)
			if err != nil || len(out.UserErrors) > 0 {
				t.Fatal(out, err)
			}
			return db.Client.Promotion.GetX(d.system, out.Key)
		}
		t.Run("what is told changes, what is left out stays", func(t *testing.T) {
			before := make()
			out, err := w.Update(editor, UpdateInput{ID: before.NodeID(), ExpectedVersion: of(1), Name: of("Twelve off"), BasisPoints: of(1200)})
			if err != nil || len(out.UserErrors) > 0 {
				t.Fatal(out, err)
			}
			after := db.Client.Promotion.GetX(d.system, before.ID)
			if after.Name != "Twelve off" || after.BasisPoints != 1200 || after.Version != 2 || *after.Code != *before.Code || *after.UsageLimit != 5 || after.StartsAt == nil {
				t.Errorf("got %v", after)
			}
		})
		t.Run("null takes away what may be missing", func(t *testing.T) {
			before := make()
			out, err := w.Update(editor, UpdateInput{
				ID: before.NodeID(), Code: graphql.OmittableOf[*string](nil), StartsAt: graphql.OmittableOf[*time.Time](nil),
				EndsAt: graphql.OmittableOf[*time.Time](nil), UsageLimit: graphql.OmittableOf[*int](nil),
			})
			if err != nil || len(out.UserErrors) > 0 {
				t.Fatal(out, err)
			}
			after := db.Client.Promotion.GetX(d.system, before.ID)
			if after.Code != nil || after.StartsAt != nil || after.EndsAt != nil || after.UsageLimit != nil {
				t.Errorf("got %v", after)
			}
		})
		t.Run("what each customer takes once keeps its code, and what has none does not become that", func(t *testing.T) {
			once, none := UpdateInput{ID: make().NodeID(), OncePerCustomer: of(true)}, graphql.OmittableOf[*string](nil)
			both, automatic := UpdateInput{ID: make().NodeID(), OncePerCustomer: of(true), Code: none}, UpdateInput{ID: make().NodeID(), Code: none}
			for _, in := range []UpdateInput{once, automatic} {
				if out, err := w.Update(editor, in); err != nil || len(out.UserErrors) > 0 {
					t.Fatal(out, err)
				}
			}
			once.OncePerCustomer, once.Code = nil, none
			automatic.Code, automatic.OncePerCustomer = graphql.Omittable[*string]{}, of(true)
			for _, in := range []UpdateInput{once, automatic, both} {
				before := db.Client.Promotion.GetX(d.system, in.ID.Key)
				out, err := w.Update(editor, in)
				after := db.Client.Promotion.GetX(d.system, in.ID.Key)
				if err != nil || !slices.Equal(wrong(out), []string{"INVALID oncePerCustomer"}) || after.Version != before.Version {
					t.Errorf("%+v: got %v, %v", in, out, err)
				}
			}
		})
		t.Run("the same again changes nothing", func(t *testing.T) {
			before := make()
			out, err := w.Update(editor, UpdateInput{ID: before.NodeID(), Name: &before.Name, Code: graphql.OmittableOf(before.Code), StartsAt: graphql.OmittableOf(before.StartsAt)})
			if after := db.Client.Promotion.GetX(d.system, before.ID); err != nil || len(out.UserErrors) > 0 || after.Version != 1 {
				t.Errorf("%v, %v, version %d", out, err, after.Version)
			}
		})
		t.Run("an older version is a conflict", func(t *testing.T) {
			_, err := w.Update(editor, UpdateInput{ID: make().NodeID(), ExpectedVersion: of(0), Name: of("Other")})
			if code, _ := fault.CodeOf(err); code != fault.Conflict {
				t.Errorf("got %v", err)
			}
		})
		t.Run("what is not there is not found", func(t *testing.T) {
			for _, id := range []nodeid.ID{nodeid.Promotion.ID(1), nodeid.Product.ID(make().ID)} {
				_, err := w.Update(editor, UpdateInput{ID: id})
				if code, _ := fault.CodeOf(err); code != fault.NotFound {
					t.Errorf("got %v", err)
				}
			}
		})
		t.Run("a code of another is taken", func(t *testing.T) {
			a, b := make(), make()
			out, err := w.Update(editor, UpdateInput{ID: a.NodeID(), Code: graphql.OmittableOf(b.Code)})
			if err != nil || !slices.Equal(wrong(out), []string{"CODE_TAKEN code"}) {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("a limit is not below what was used", func(t *testing.T) {
			p := make()
			d.take(d.order(), "ada@galley.example", p.ID)
			d.take(d.order(), "bob@galley.example", p.ID)
			out, err := w.Update(editor, UpdateInput{ID: p.NodeID(), UsageLimit: graphql.OmittableOf(of(1))})
			if err != nil || !slices.Equal(wrong(out), []string{"INVALID usageLimit"}) {
				t.Errorf("got %v, %v", out, err)
			}
			if out, err = w.Update(editor, UpdateInput{ID: p.NodeID(), UsageLimit: graphql.OmittableOf(of(2))}); err != nil || len(out.UserErrors) > 0 {
				t.Errorf("got %v, %v", out, err)
			}
		})
		t.Run("a limit that falls while 64 orders take it is never passed", func(t *testing.T) {
			p := make()
			db.Client.Promotion.UpdateOne(p).SetUsageLimit(64).ExecX(d.system)
			orders := slices.Collect(func(yield func(int64) bool) {
				for range 64 {
					if !yield(d.order()) {
						return
					}
				}
			})
			var wg sync.WaitGroup
			var taken, refused atomic.Int64
			for i, order := range orders {
				wg.Go(func() {
					if i == 32 {
						out, err := w.Update(editor, UpdateInput{ID: p.NodeID(), UsageLimit: graphql.OmittableOf(of(20))})
						if err != nil {
							t.Error(err)
						} else if len(out.UserErrors) > 0 {
							refused.Add(1)
						}
					}
					if d.take(order, fmt.Sprint(i), p.ID) == nil {
						taken.Add(1)
					}
				})
			}
			wg.Wait()
			if refused.Load() == 0 && taken.Load() != 20 || refused.Load() == 1 && taken.Load() != 64 {
				t.Errorf("taken %d times, the limit was refused %d times", taken.Load(), refused.Load())
			}
			d.used(p.ID, int(taken.Load()))
		})
		t.Run("of 16 who change the version that all of them read, one does", func(t *testing.T) {
			p := make()
			var wg sync.WaitGroup
			var done atomic.Int64
			for i := range 16 {
				wg.Go(func() {
					_, err := w.Update(editor, UpdateInput{ID: p.NodeID(), ExpectedVersion: of(1), Name: of(fmt.Sprint("Name ", i))})
					if code, _ := fault.CodeOf(err); err == nil {
						done.Add(1)
					} else if code != fault.Conflict {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if done.Load() != 1 {
				t.Errorf("%d did", done.Load())
			}
		})
		t.Run("nothing of a change that is rejected stays", func(t *testing.T) {
			p := make()
			out, err := w.Update(editor, UpdateInput{ID: p.NodeID(), Name: of("Other"), BasisPoints: of(0)})
			if err != nil || len(out.UserErrors) != 1 || db.Client.Promotion.GetX(d.system, p.ID).Name != p.Name {
				t.Errorf("got %v, %v", out, err)
			}
		})
	})
}
