package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"galley/ent/paymentevent"
	"galley/internal/database/databasetest"
	"galley/internal/viewer"
)

const refundRule = `approvalRuleSet(input: {kind: REFUND, threshold: %d, active: %t}) { userErrors { code } }`

// refund gives back something of the payment of Ada's order A2, of which 1.25 was taken.
func (o *office) refund(t *testing.T, want string, as viewer.Viewer, amount string) {
	t.Helper()
	o.is(t, want, as, fmt.Sprintf(`paymentRefund(input: {payment: %q, amount: %q}) { userErrors { code message } }`, o.Rows.Payments["A2"].NodeID(), amount))
}

// askRefund requests a refund of the payment as it is now, and returns the approval's id.
func (o *office) askRefund(t *testing.T, want, amount string) string {
	t.Helper()
	_, version := o.refunded(t)
	r := o.is(t, want, o.staff, fmt.Sprintf(`approvalRequest(input: {paymentRefund: {payment: %q, amount: %q, reason: "Broken", expectedVersion: %d}}) { approval { id payment { id } } userErrors { code message } }`,
		o.Rows.Payments["A2"].NodeID(), amount, version))
	var data struct {
		F struct {
			Approval struct {
				ID      string
				Payment struct{ ID string }
			}
		}
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	if a := data.F.Approval; want == "ok" && a.Payment.ID != o.Rows.Payments["A2"].NodeID().String() {
		t.Errorf("it is about the payment %q", a.Payment.ID)
	}
	return data.F.Approval.ID
}

// refunded is what was given back, in pence, and the payment's version. It is what the ledger says.
func (o *office) refunded(t *testing.T) (pence, version int) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	p := o.Database.Client.Payment.GetX(ctx, o.Rows.Payments["A2"].ID)
	booked := 0
	for _, e := range o.Database.Client.PaymentEvent.Query().Where(paymentevent.PaymentID(p.ID), paymentevent.KindEQ(paymentevent.KindREFUNDED)).AllX(ctx) {
		booked += int(e.Amount)
	}
	if booked != int(p.RefundedAmount) {
		t.Errorf("%d are given back, the ledger says %d", p.RefundedAmount, booked)
	}
	return booked, p.Version
}

func (o *office) refundedIs(t *testing.T, want int) {
	t.Helper()
	if got, _ := o.refunded(t); got != want {
		t.Errorf("%d pence are given back instead of %d", got, want)
	}
}

// TestADearRefundIsGivenByTwo counts all that is given back of a payment: many small refunds are one large.
func TestADearRefundIsGivenByTwo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.is(t, "ok", o.staff, fmt.Sprintf(refundRule, 50, true))
		o.askRefund(t, "NOT_NEEDED", "0.50")
		o.refund(t, "ok", o.staff, "0.30")
		o.refund(t, "APPROVAL_NEEDED", o.staff, "0.21")
		o.refundedIs(t, 30)
		o.refund(t, "ok", o.staff, "0.20") // 0.50 altogether, as much as one may
		o.refund(t, "APPROVAL_NEEDED", o.second, "0.01")

		id := o.askRefund(t, "ok", "0.25")
		o.refundedIs(t, 50)
		o.is(t, "OWN_REQUEST", o.staff, approve(id))
		o.is(t, "FORBIDDEN", o.reader, approve(id)) // who may not give money back does not do so by approving
		o.refundedIs(t, 50)
		o.is(t, "ok", o.second, approve(id))
		o.refundedIs(t, 75)
		o.is(t, "DECIDED", o.second, approve(id))
		o.refundedIs(t, 75)
		if got := o.status(t, id); got != "APPROVED" {
			t.Errorf("it is %s", got)
		}

		stale, fresh := o.askRefund(t, "ok", "0.10"), o.askRefund(t, "ok", "0.50")
		o.is(t, "ok", o.second, approve(fresh))
		o.is(t, "CONFLICT", o.second, approve(stale)) // of a payment that has changed since it was asked for
		o.refundedIs(t, 125)
		o.refund(t, "NOT_REFUNDABLE", o.staff, "0.01")
	})
}

func TestARefundNeedsNobodyElseWithoutARule(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.refund(t, "ok", o.staff, "0.75")
		o.is(t, "ok", o.staff, fmt.Sprintf(refundRule, 0, true))
		o.refund(t, "APPROVAL_NEEDED", o.staff, "0.01")
		o.is(t, "ok", o.staff, strings.Replace(fmt.Sprintf(refundRule, 0, false), "input: {", "input: {expectedVersion: 1, ", 1))
		o.refund(t, "ok", o.staff, "0.50")
		o.refundedIs(t, 125)
	})
}

func TestRefundsAtOnceAreCountedTogether(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.is(t, "ok", o.staff, fmt.Sprintf(refundRule, 50, true))
		outcomes := make([]string, 8)
		var all sync.WaitGroup
		for i := range outcomes {
			all.Go(func() {
				outcomes[i] = outcome(t, o.Do(t, o.staff, fmt.Sprintf(`mutation { f: paymentRefund(input: {payment: %q, amount: "0.10"}) { userErrors { code } } }`, o.Rows.Payments["A2"].NodeID()), nil))
			})
		}
		all.Wait()
		slices.Sort(outcomes)
		if outcomes[2] != "APPROVAL_NEEDED" || outcomes[3] != "ok" || outcomes[7] != "ok" {
			t.Errorf("got %v", outcomes)
		}
		o.refundedIs(t, 50)
	})
}
