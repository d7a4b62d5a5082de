// Package watch notices that files were written, so that what was read from them is read again.
package watch

import "os"

// Files are files as they were when they were last looked at. It is for one goroutine at a time.
type Files struct {
	paths  []string
	stamps []os.FileInfo
}

// New looks at files for the first time. Do it before reading them: what is written between the two is
// seen the next time.
func New(paths ...string) *Files {
	f := &Files{paths: paths, stamps: make([]os.FileInfo, len(paths))}
	f.Changed()
	return f
}

// Changed tells whether any of the files is another than when it was last called.
func (f *Files) Changed() bool {
	changed := false
	for i, path := range f.paths {
		stamp, _ := os.Stat(path) // one that is not there fails to be read
		changed = changed || !same(stamp, f.stamps[i])
		f.stamps[i] = stamp
	}
	return changed
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
