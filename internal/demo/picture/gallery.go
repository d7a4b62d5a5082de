package picture

import (
	"context"
	"runtime"
)

// PaintAll draws pictures on all processors and gives them to each one by one,
// in their order, from the caller's own goroutine. It stops at the first error.
func PaintAll(ctx context.Context, pictures []Picture, each func(Picture, []byte) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// Painter n draws picture n, and from there on each one as many places
	// further as there are painters: so the order is known without sorting.
	painters := make([]chan painted, min(runtime.GOMAXPROCS(0), len(pictures)))
	for n := range painters {
		painters[n] = make(chan painted, 1)
		go paintEvery(ctx, pictures, n, len(painters), painters[n])
	}
	for i, picture := range pictures {
		if err := ctx.Err(); err != nil {
			return err
		}
		select {
		case done := <-painters[i%len(painters)]:
			if done.err != nil {
				return done.err
			}
			if err := each(picture, done.png); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

type painted struct {
	png []byte
	err error
}

func paintEvery(ctx context.Context, pictures []Picture, from, step int, out chan<- painted) {
	painter := NewPainter()
	for i := from; i < len(pictures) && ctx.Err() == nil; i += step {
		png, err := painter.PNG(pictures[i])
		select {
		case out <- painted{png, err}:
		case <-ctx.Done():
			return
		}
	}
}
