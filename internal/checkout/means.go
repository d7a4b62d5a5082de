package checkout

import "galley/internal/settlement"

// means are how the order is to be paid.
func (in CompleteInput) means() settlement.Means {
	return settlement.NewMeans(in.Payment, in.Instrument, in.ReturnURL)
}
