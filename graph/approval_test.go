package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"galley/ent"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

// office is a shop with rules: prices change by 10 % a day, orders up to 5.00 are cancelled by one person.
type office struct {
	*graphtest.Shop
	now                   time.Time
	staff, second, reader viewer.Viewer
}

// each runs a test in an office on each engine.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			o := &office{now: graphtest.Start()}
			o.Shop = graphtest.On(databasetest.Open(t, engine, func() time.Time { return o.now }))
			o.Rows = graphtest.Fill(t, o.Database)
			o.staff = o.Rows.Viewer("staff")
			o.second = viewer.Viewer{Kind: viewer.Staff, UserID: o.Rows.Users["clerk"].ID, Permissions: viewer.Permissions()}
			o.reader = viewer.Viewer{Kind: viewer.Staff, UserID: o.Rows.Users["bob"].ID, Permissions: []viewer.Permission{viewer.ApprovalRead, viewer.ApprovalWrite}}
			o.is(t, "ok", o.staff, `approvalRuleSet(input: {kind: PRICE_CHANGE, threshold: 1000}) { userErrors { code } }`)
			o.is(t, "ok", o.staff, `approvalRuleSet(input: {kind: ORDER_CANCELLATION, threshold: 500}) { userErrors { code } }`)
			test(t, o)
		})
	}
}

// is runs a mutation, compares what comes of it with a code, "ok" or "null", and returns its payload. VARIANT is
// that of 2.95, DEAR an order of Bob's of 12.95, CHEAP one of Ada's of 1.25.
func (o *office) is(t *testing.T, want string, as viewer.Viewer, mutation string) graphtest.Response {
	t.Helper()
	text := strings.NewReplacer("VARIANT", o.Rows.Variants["22001"].NodeID().String(), "DEAR", o.Rows.Orders["B1"].NodeID().String(),
		"CHEAP", o.Rows.Orders["A2"].NodeID().String()).Replace(mutation)
	r := o.Do(t, as, "mutation { f: "+text+" }", nil)
	if got := outcome(t, r); got != want {
		t.Errorf("%s: %s %s %+v instead of %s", mutation, got, r.Data, r.Errors, want)
	}
	return r
}

// price is what the variant costs, in pence, and its version.
func (o *office) price(t *testing.T) (price, version int) {
	t.Helper()
	v, err := o.Database.Client.Variant.Get(databasetest.System(t.Context()), o.Rows.Variants["22001"].ID)
	if err != nil {
		t.Fatal(err)
	}
	return int(v.PriceAmount), v.Version
}

func (o *office) priceIs(t *testing.T, want int) {
	t.Helper()
	if got, _ := o.price(t); got != want {
		t.Errorf("the variant costs %d instead of %d", got, want)
	}
}

// ask requests another price, and returns the approval's id.
func (o *office) ask(t *testing.T, as viewer.Viewer, price string) string {
	t.Helper()
	_, version := o.price(t)
	r := o.is(t, "ok", as, fmt.Sprintf(`approvalRequest(input: {variantUpdate: {id: "VARIANT", expectedVersion: %d, price: %q}, reason: "Sale"}) { approval { id } userErrors { code message } }`, version, price))
	var data struct {
		F struct{ Approval struct{ ID string } }
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data.F.Approval.ID
}

func approve(id string) string {
	return fmt.Sprintf(`approve(input: {id: %q, note: "Fine"}) { approval { status } userErrors { code message } }`, id)
}

// status is what has become of an approval.
func (o *office) status(t *testing.T, id string) (status string) {
	t.Helper()
	var data struct{ Node struct{ Status string } }
	o.Must(t, o.staff, fmt.Sprintf(`{ node(id: %q) { ... on Approval { status } } }`, id), nil, &data)
	return data.Node.Status
}

func set(price string) string {
	return fmt.Sprintf(`variantUpdate(input: {id: "VARIANT", price: %q, purchaseLimit: null}) { userErrors { code field message } }`, price)
}

func TestAPriceThatChangesALotWaitsForASecondPerson(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.is(t, "APPROVAL_NEEDED", o.staff, set("3.25")) // + 10.2 %
		o.is(t, "APPROVAL_NEEDED", o.staff, set("2.65"))
		o.priceIs(t, 295)
		id := o.ask(t, o.staff, "3.25")
		o.priceIs(t, 295)
		o.is(t, "OWN_REQUEST", o.staff, approve(id))
		o.is(t, "FORBIDDEN", o.reader, approve(id)) // who may not change prices does not do so by approving
		o.is(t, "FORBIDDEN", viewer.Viewer{Kind: viewer.APIKey, APIKeyID: 5, Permissions: viewer.Permissions()}, approve(id))
		if got := o.status(t, id); got != "PENDING" {
			t.Errorf("it is %s after refusals", got)
		}
		o.is(t, "ok", o.second, approve(id))
		o.priceIs(t, 325)
		o.is(t, "DECIDED", o.second, approve(id))
		o.is(t, "DECIDED", o.staff, fmt.Sprintf(`approvalCancel(input: {id: %q}) { userErrors { code } }`, id))
		if got := o.status(t, id); got != "APPROVED" {
			t.Errorf("it is %s", got)
		}
		want := []string{"approve approvals", "approve products", "approve variants"}
		var got []string
		for _, e := range auditLog(t, o.Shop, `action: ["approve"]`) {
			got = append(got, e.Action+" "+e.ObjectKind)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("the audit log has %v", got)
		}
	})
}

func TestManySmallStepsAreOneLarge(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.is(t, "ok", o.staff, set("3.10"))
		o.now = o.now.Add(time.Hour)
		o.is(t, "ok", o.staff, set("3.20"))
		o.is(t, "APPROVAL_NEEDED", o.staff, set("3.30")) // 3 % more than before, 12 % than in the morning
		o.is(t, "ok", o.staff, set("2.95"))              // and back
		o.is(t, "ok", o.staff, set("3.20"))
		o.now = o.now.Add(24 * time.Hour)
		o.is(t, "ok", o.staff, set("3.30")) // a day later
		o.is(t, "ok", o.second, approve(o.ask(t, o.staff, "9.00")))
		o.now = o.now.Add(time.Minute)
		o.is(t, "ok", o.staff, set("9.50")) // measured by what was approved
		o.is(t, "APPROVAL_NEEDED", o.staff, set("3.30"))
	})
}

func TestWhatNeedsNobodyElseIsNotAskedFor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		request := `approvalRequest(input: {variantUpdate: {id: "VARIANT"%s}}) { userErrors { code message } }`
		o.is(t, "NOT_NEEDED", o.staff, fmt.Sprintf(request, `, expectedVersion: 1, price: "3.00"`))
		o.priceIs(t, 295)
		o.is(t, "INVALID", o.staff, fmt.Sprintf(request, `, price: "9.00"`)) // without the version
		o.is(t, "INVALID", o.staff, fmt.Sprintf(request, `, expectedVersion: 1, price: "-9.00"`))
		o.is(t, "CONFLICT", o.staff, fmt.Sprintf(request, `, expectedVersion: 2, price: "9.00"`))
		o.is(t, "FORBIDDEN", o.reader, fmt.Sprintf(request, `, expectedVersion: 1, price: "9.00"`))
		o.is(t, "FORBIDDEN", o.Rows.Viewer("ada"), `approvalRequest(input: {orderCancel: {id: "CHEAP", expectedVersion: 1}}) { userErrors { code } }`)
		o.is(t, "BAD_USER_INPUT", o.staff, `approvalRequest(input: {}) { userErrors { code } }`)
		o.is(t, "BAD_USER_INPUT", o.staff, `approvalRequest(input: {orderCancel: {id: "DEAR"}, variantUpdate: {id: "VARIANT"}}) { userErrors { code } }`)
		o.is(t, "INVALID", o.staff, `approvalRuleSet(input: {kind: PRICE_CHANGE, threshold: -1}) { userErrors { code } }`)
		o.is(t, "INVALID", o.staff, `approvalRuleSet(input: {kind: PRICE_CHANGE, threshold: 1000001}) { userErrors { code } }`)
		o.is(t, "CONFLICT", o.staff, `approvalRuleSet(input: {kind: PRICE_CHANGE, threshold: 1, expectedVersion: 1}) { userErrors { code } }`)
		o.is(t, "ok", o.staff, `approvalRuleSet(input: {kind: PRICE_CHANGE, threshold: 1, active: false}) { userErrors { code } }`)
		o.is(t, "ok", o.staff, set("9.00"))
	})
}

func TestWhatChangedMeanwhileGoesOnWaiting(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.ask(t, o.staff, "9.00")
		o.is(t, "ok", o.staff, set("3.00"))
		o.is(t, "CONFLICT", o.second, approve(id))
		o.priceIs(t, 300)
		if got := o.status(t, id); got != "PENDING" {
			t.Errorf("it is %s", got)
		}
		again := o.ask(t, o.staff, "9.00")
		o.is(t, "ok", o.staff, fmt.Sprintf(`variantArchive(input: {id: %q}) { userErrors { code } }`, o.Rows.Variants["22002S"].NodeID()))
		o.is(t, "FORBIDDEN", o.second, fmt.Sprintf(`approvalCancel(input: {id: %q}) { userErrors { code } }`, again))
		o.is(t, "ok", o.staff, fmt.Sprintf(`approvalCancel(input: {id: %q}) { userErrors { code } }`, again))
		o.is(t, "DECIDED", o.second, approve(again))
		refused := o.ask(t, o.staff, "9.00")
		o.is(t, "OWN_REQUEST", o.staff, fmt.Sprintf(`refuse(input: {id: %q}) { userErrors { code } }`, refused))
		o.is(t, "ok", o.second, fmt.Sprintf(`refuse(input: {id: %q, note: "Too much"}) { userErrors { code } }`, refused))
		late := o.ask(t, o.staff, "9.00")
		o.now = o.now.Add(7 * 24 * time.Hour)
		o.is(t, "EXPIRED", o.second, approve(late))
		o.priceIs(t, 300)
		for status, want := range map[string][]string{
			"PENDING": nil, "EXPIRED": {id, late, o.Rows.Approval.NodeID().String()}, "WITHDRAWN": {again}, "REFUSED": {refused},
			"EXPIRED, REFUSED": {id, late, refused, o.Rows.Approval.NodeID().String()}, "": nil,
		} {
			var data struct {
				Approvals struct{ Nodes []struct{ ID string } }
			}
			o.Must(t, o.staff, fmt.Sprintf(`{ approvals(filter: {status: [%s]}) { nodes { id } } }`, status), nil, &data)
			var got []string
			for _, n := range data.Approvals.Nodes {
				got = append(got, n.ID)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %v instead of %v", status, got, want)
			}
		}
	})
}

func TestOneOfManyApprovalsAtOnceMakesTheChange(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.ask(t, o.staff, "9.00")
		outcomes := make([]string, 8)
		var all sync.WaitGroup
		for i := range outcomes {
			all.Go(func() { outcomes[i] = outcome(t, o.Do(t, o.second, "mutation { f: "+approve(id)+" }", nil)) })
		}
		all.Wait()
		slices.Sort(outcomes)
		if outcomes[7] != "ok" || outcomes[6] != "DECIDED" || outcomes[0] != "DECIDED" {
			t.Errorf("got %v", outcomes)
		}
		if price, version := o.price(t); price != 900 || version != 2 {
			t.Errorf("price %d, version %d", price, version)
		}
	})
}

func TestADearOrderIsCancelledByTwo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		cancel := `orderCancel(input: {id: "%s"}) { userErrors { code } }`
		o.is(t, "ok", o.staff, fmt.Sprintf(cancel, "CHEAP"))
		o.is(t, "APPROVAL_NEEDED", o.staff, fmt.Sprintf(cancel, "DEAR"))
		machine := viewer.Viewer{Kind: viewer.APIKey, APIKeyID: o.key(t), Permissions: viewer.Permissions()}
		r := o.is(t, "ok", machine, `approvalRequest(input: {orderCancel: {id: "DEAR", expectedVersion: 1, reason: "Fraud"}}) { approval { id input order { number } requestedBy { id } } userErrors { code } }`)
		var data struct {
			F struct {
				Approval struct {
					ID          string
					Input       map[string]any
					Order       struct{ Number string }
					RequestedBy any
				}
			}
		}
		if err := json.Unmarshal(r.Data, &data); err != nil {
			t.Fatal(err)
		}
		a := data.F.Approval
		if a.Order.Number != "B1" || a.RequestedBy != nil || a.Input["reason"] != "Fraud" || a.Input["id"] != o.Rows.Orders["B1"].NodeID().String() {
			t.Errorf("got %+v", a)
		}
		o.is(t, "OWN_REQUEST", o.staff, approve(a.ID)) // whose API key asked
		o.is(t, "ok", o.second, approve(a.ID))
		if got, err := o.Database.Client.Order.Get(databasetest.System(t.Context()), o.Rows.Orders["B1"].ID); err != nil || got.Status != "CANCELLED" || got.CancelReason != "Fraud" {
			t.Errorf("got %+v %v", got, err)
		}
	})
}

// key is an API key that the staff's account has made.
func (o *office) key(t *testing.T) (key int64) {
	t.Helper()
	err := o.Database.InTx(databasetest.System(t.Context()), func(ctx context.Context, tx *ent.Tx) error {
		made, err := tx.APIKey.Create().SetName("ERP").SetTokenHash([]byte{1}).SetHint("gk_1").SetPermissions(viewer.Permissions()).
			SetCreatedBy(o.staff.UserID).Save(ctx)
		if err == nil {
			key = made.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAnOwnerCancelsAlone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.is(t, "ok", o.Rows.Viewer("bob"), `orderCancel(input: {id: "DEAR"}) { userErrors { code } }`)
	})
}

// TestARequestKeepsWhatWasLeftOut approves a change that says nothing of the purchase limit, then one that removes it.
func TestARequestKeepsWhatWasLeftOut(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for i, input := range []string{`price: "99.00"`, `price: "20.00", purchaseLimit: null`} {
			r := o.is(t, "ok", o.staff, fmt.Sprintf(`approvalRequest(input: {variantUpdate: {id: %q, expectedVersion: %d, %s}}) { approval { id } userErrors { code message } }`,
				o.Rows.Variants["25001"].NodeID(), i+o.Rows.Variants["25001"].Version, input))
			var data struct {
				F struct{ Approval struct{ ID string } }
			}
			if err := json.Unmarshal(r.Data, &data); err != nil {
				t.Fatal(err)
			}
			o.is(t, "ok", o.second, approve(data.F.Approval.ID))
			v, err := o.Database.Client.Variant.Get(databasetest.System(t.Context()), o.Rows.Variants["25001"].ID)
			if err != nil || (v.PurchaseLimit == nil) != (i == 1) {
				t.Errorf("%s: limit %v, %v", input, v.PurchaseLimit, err)
			}
		}
	})
}
