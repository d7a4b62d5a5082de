package main

import "context"

type results struct{ rounds []round }

func (r *results) describe(ctx context.Context, h *harness) error { return nil }
func (r *results) tables() string { return "" }
func (r *results) write(string) error { return nil }
