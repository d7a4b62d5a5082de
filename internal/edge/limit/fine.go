package limit

import (
	"context"

	"galley/internal/fault"
)

// What is refused costs its caller too: about as much as it takes to see what is wrong with it, compared to what is answered.
const (
	fine          = 50 // points
	bytesPerPoint = 100
)

// Fine takes points for a request of so many bytes that was refused, whether its caller has them or not.
func (m *Meter) Fine(ctx context.Context, bytes int64) {
	if caller := m.payer(ctx); caller != "" {
		m.buckets.spend(caller, min(fine+bytes/bytesPerPoint, int64(m.tariff.Bucket.Size)))
	}
}

// Owes turns away whoever has to wait until their fines are paid, before anything of theirs is read.
func (m *Meter) Owes(ctx context.Context) error {
	caller := m.payer(ctx)
	if caller == "" {
		return nil
	}
	if wait := m.buckets.debt(caller); wait > 0 {
		return fault.Limited("Too much of what you sent was refused: try again later", wait)
	}
	return nil
}
