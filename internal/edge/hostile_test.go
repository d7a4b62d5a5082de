package edge_test

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHostileBodies is about what the limits of documents do not see. It measures the CPU of the
// process, and therefore runs alone.
func TestHostileBodies(t *testing.T) {
	shop := newShop(t, nil)
	const (
		mostCPU   = 2 * time.Second
		mostBytes = 4 << 10
		picture   = `{"query":"mutation($i: PictureInput!, $m: [Upload]) { pictureUpload(input: $i, more: $m) }","variables":`
		repeated  = 300_000
	)
	for name, body := range map[string]string{
		"a megabyte of opening brackets":           strings.Repeat("[", 1<<20-1),
		"a megabyte of opening objects":            strings.Repeat(`{"a":`, 200_000),
		"variables that nest without end":          picture + `{"m":` + strings.Repeat("[", 1_000_000),
		"variables that nest as deep as JSON goes": picture + `{"i":{"file":` + strings.Repeat("[", 9_990) + strings.Repeat("]", 9_990) + `,"x":1}}}`,
		"an endless key of an input":               picture + `{"i":{"` + strings.Repeat("k", 1_000_000) + `":1}}}`,
		"an endless list":                          picture + `{"i":{"alt":"x"},"m":[` + strings.Repeat("1,", repeated) + `1]}}`,
		"an endless number":                        picture + `{"i":{"alt":` + strings.Repeat("9", 1_000_000) + `}}}`,
		"a number of endless size":                 picture + `{"i":1e999999999}}`,
		"unknown parameters without end":           `{"query":"{ hello }"` + numbered(`,"k%d":0`, 80_000) + `}`,
		"a document of a megabyte":                 `{"query":"` + strings.Repeat("[", 1_000_000) + `"}`,
		"an endless operation name":                `{"query":"{ hello }","operationName":"` + strings.Repeat("n", 1_000_000) + `"}`,
	} {
		t.Run(name+" is answered at once, in a few lines", func(t *testing.T) {
			before := usedCPU(t)
			w := request{body: body}.to(shop)
			took := usedCPU(t) - before
			t.Logf("%7d bytes: %8s CPU, status %d, %.120s", len(body), took.Round(10*time.Microsecond), w.Code, w.Body)
			if took > mostCPU {
				t.Errorf("took %s of CPU", took)
			}
			if w.Body.Len() > mostBytes {
				t.Errorf("answered %d bytes", w.Body.Len())
			}
		})
	}
}

func usedCPU(tb testing.TB) time.Duration {
	tb.Helper()
	runtime.GC()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
