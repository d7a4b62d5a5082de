package history

// WithLittleMemory has a small file do what a large one does: sort on disk, write in many batches.
func (o Options) WithLittleMemory() Options {
	o.bounds = bounds{sortMemory: 128 << 10, texts: 1 << 10, rows: 500}
	return o
}

// Figures are the report without what it keeps for itself.
func (r *Report) Figures() Report {
	figures := *r
	figures.total, figures.firstUnreadable = 0, nil
	return figures
}
