package checkout

import "galley/internal/settlement"

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
