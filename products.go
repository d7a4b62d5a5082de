package main

import (
	"context"
	"io"

	"galley/internal/config"
)

func importProducts(ctx context.Context, settings config.ImportProducts, stdout io.Writer) error { return nil }

func exportProducts(ctx context.Context, settings config.ExportProducts, stdout io.Writer) error { return nil }
