package live

// Waiting is how many topics somebody waits for.
func (b *Broker) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.subs)
}
