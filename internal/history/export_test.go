package history

// WithLittleMemory has sorters use their temporary files early.
func (o Options) WithLittleMemory() Options {
	o.sortMemory = 128 << 10
	return o
}

// Figures are the report without what it keeps for itself.
func (r *Report) Figures() Report {
	figures := *r
	figures.total, figures.firstUnreadable = 0, nil
	return figures
}
