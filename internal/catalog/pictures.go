package catalog

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"galley/internal/fault"
)

const (
	// pixelsAtOnce bounds the memory of decoding: the largest picture that we take goes alone. A pixel
	// takes 4 to 20 bytes while a picture is made.
	pixelsAtOnce = MaxPixels
	// keptBytes and keptPictures bound what is kept of what was made.
	keptBytes    = 64 << 20
	keptPictures = 4096
	// makeTimeout bounds how long one waits for a picture, in line and in the making.
	makeTimeout = 20 * time.Second
)

// pictures keeps what was made of pictures lately, makes each but once for all who ask for it at the
// same time, and bounds what is decoded at once.
type pictures struct {
	decoding *semaphore.Weighted
	least    int64 // what the smallest picture weighs, so that no more are decoded than there are processors
	flights  singleflight.Group

	mu    sync.Mutex
	kept  *simplelru.LRU[pictureKey, []byte]
	bytes int
}

// pictureKey names what was made of a picture. Size 0 is the file as it is stored.
type pictureKey struct {
	picture       int64
	width, height int
	format        string
}

func newPictures() *pictures {
	p := &pictures{
		decoding: semaphore.NewWeighted(pixelsAtOnce),
		least:    pixelsAtOnce / int64(runtime.GOMAXPROCS(0)),
	}
	kept, err := simplelru.NewLRU(keptPictures, func(_ pictureKey, data []byte) { p.bytes -= len(data) })
	if err != nil { // only of a size below one
		panic(err)
	}
	p.kept = kept
	return p
}

// enter waits until a picture of this size may be decoded; call what it returns when that is done.
func (p *pictures) enter(ctx context.Context, width, height int) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, makeTimeout)
	defer cancel()
	weight := min(max(int64(width)*int64(height), p.least), pixelsAtOnce)
	if err := p.decoding.Acquire(ctx, weight); err != nil {
		return nil, fault.Wrap(fault.Unavailable, "Too many pictures are being made: try again in a moment", err)
	}
	return func() { p.decoding.Release(weight) }, nil
}

// get returns a picture that is kept, or makes it. What is made is made for everybody: it goes on
// when the one who asked first goes away.
func (p *pictures) get(ctx context.Context, key pictureKey, produce func(context.Context) ([]byte, error)) ([]byte, error) {
	if data, ok := p.lookup(key); ok {
		return data, nil
	}
	flight := p.flights.DoChan(fmt.Sprint(key), func() (any, error) {
		if data, ok := p.lookup(key); ok { // kept since we looked
			return data, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
		defer cancel()
		data, err := safely(ctx, produce)
		if err == nil {
			p.keep(key, data)
		}
		return data, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-flight:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.([]byte), nil
	}
}

// safely makes an error of a panic: here it would end the process.
func safely(ctx context.Context, produce func(context.Context) ([]byte, error)) (data []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			data, err = nil, fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return produce(ctx)
}

func (p *pictures) lookup(key pictureKey) ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.Get(key)
}

func (p *pictures) keep(key pictureKey, data []byte) {
	if len(data) > keptBytes/8 { // it would push too much else out
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept.Remove(key)
	p.kept.Add(key, data)
	p.bytes += len(data)
	for p.bytes > keptBytes {
		p.kept.RemoveOldest()
	}
}
