package limit

import (
	"context"
	"maps"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"galley/internal/fault"
	"galley/internal/viewer"
)

// Tariff is what a shop makes of costs.
type Tariff struct {
	Bucket Bucket
	Show   bool             // in each answer; else in those to requests that ask for it: {"extensions": {"cost": true}}
	Now    func() time.Time // the clock by which buckets fill
}

// Meter stands before an executor, estimates what an operation costs, and has its caller pay for it.
type Meter struct {
	graphql.GraphExecutor
	limits  Limits
	tariff  Tariff
	buckets *buckets // nil where nobody pays
}

// Metered puts a meter before an executor. Of the limits it holds those of the answer.
func Metered(next graphql.GraphExecutor, limits Limits, tariff Tariff) *Meter {
	m := &Meter{GraphExecutor: next, limits: limits.orDefaults(), tariff: tariff}
	if tariff.Bucket.Size > 0 {
		m.buckets = newBuckets(tariff.Bucket, tariff.Now)
	}
	return m
}

const billExtension = "galley.cost"

// bill is what an operation costs, as its client may see it.
type bill struct {
	Points  int64   `json:"points"`
	Objects share   `json:"objects"`
	Values  share   `json:"values"`
	Bucket  *filled `json:"bucket,omitempty"`
}

// share is an estimate, and the most that is allowed.
type share struct {
	Estimated int64 `json:"estimated"`
	Limit     int   `json:"limit"`
}

// filled is a caller's bucket once the operation is paid for.
type filled struct {
	Size      int   `json:"size"`
	Remaining int64 `json:"remaining"`
	PerSecond int   `json:"perSecond"`
}

// CreateOperationContext refuses an operation that may answer too much, or that its caller has no points left for. The
// caller is the context's viewer.
func (m *Meter) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	opCtx, errs := m.GraphExecutor.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return opCtx, errs
	}
	cost, most := Estimate(opCtx), m.limits.answer(viewer.From(ctx))
	if err := cost.check(most); err != nil {
		return opCtx, gqlerror.List{err}
	}
	b := &bill{Points: cost.Points(), Objects: share{cost.Nodes, most.Nodes}, Values: share{cost.Values, most.Values}}
	if err := m.charge(ctx, b); err != nil {
		return opCtx, gqlerror.List{err}
	}
	if m.tariff.Show || opCtx.Extensions["cost"] == true {
		opCtx.Stats.SetExtension(billExtension, b)
	}
	return opCtx, nil
}

// payer is who pays, empty where nobody does.
func (m *Meter) payer(ctx context.Context) string {
	if m.buckets == nil {
		return ""
	}
	return callerOf(ctx)
}

// charge takes the points out of the caller's bucket.
func (m *Meter) charge(ctx context.Context, b *bill) *gqlerror.Error {
	caller := m.payer(ctx)
	if caller == "" {
		return nil
	}
	size := m.tariff.Bucket.Size
	if b.Points > int64(size) {
		return exceeded{"points", size, b.Points}.refuse("The operation costs %d points, where a caller has %d at the most", b.Points, size)
	}
	remaining, wait := m.buckets.take(caller, b.Points)
	if wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		err := refusef(fault.RateLimited, "The operation costs %d points, and %d are left: try again in %d s", b.Points, remaining, seconds)
		err.Extensions["retryAfter"] = seconds
		return err
	}
	b.Bucket = &filled{size, remaining, m.tariff.Bucket.PerSecond}
	return nil
}

// DispatchOperation adds extensions.cost to the first answer.
func (m *Meter) DispatchOperation(ctx context.Context, opCtx *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	responses, ctx := m.GraphExecutor.DispatchOperation(ctx, opCtx)
	b, ok := opCtx.Stats.GetExtension(billExtension).(*bill)
	if !ok {
		return responses, ctx
	}
	told := false
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if response == nil || told {
			return response
		}
		told = true
		response.Extensions = maps.Clone(response.Extensions)
		if response.Extensions == nil {
			response.Extensions = map[string]any{}
		}
		response.Extensions["cost"] = b
		return response
	}, ctx
}
