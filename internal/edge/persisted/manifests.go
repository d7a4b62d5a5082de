package persisted

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"galley/internal/edge/limit"
	"galley/internal/edge/watch"
)

// manifests are the trusted documents of some files, which may be written anew at any time.
type manifests struct {
	paths    []string
	besides  []string // texts of no file
	files    *watch.Files
	executor *limit.Executor
	logger   *slog.Logger
	current  atomic.Pointer[catalogue]
}

// catalogue is what the files said when they were last read.
type catalogue struct {
	byID  map[string]string
	texts map[string]struct{}
}

func open(o Options, executor *limit.Executor) (*manifests, error) {
	m := &manifests{paths: o.Manifests, besides: o.Texts, files: watch.New(o.Manifests...), executor: executor, logger: o.Logger}
	return m, m.read()
}

// find gives the document of a name.
func (m *manifests) find(name name) (string, bool) {
	c := m.current.Load()
	for _, id := range name.ids() {
		if text, ok := c.byID[id]; ok {
			return text, true
		}
	}
	return "", false
}

// has tells whether a text is that of a trusted document, however it came.
func (m *manifests) has(text string) bool {
	_, ok := m.current.Load().texts[text]
	return ok
}

// read reads all files, and puts what they say in the place of what was.
func (m *manifests) read() error {
	c := &catalogue{byID: map[string]string{}, texts: map[string]struct{}{}}
	for _, text := range m.besides {
		c.texts[text] = struct{}{}
	}
	for _, path := range m.paths {
		manifest, err := os.ReadFile(path) //nolint:gosec // the operator names it
		if err != nil {
			return fmt.Errorf("read trusted documents: %w", err)
		}
		documents, err := parse(manifest)
		if err != nil {
			return fmt.Errorf("read trusted documents: %s: %w", path, err)
		}
		for _, d := range documents {
			if other, ok := c.byID[d.id]; ok && other != d.text {
				return fmt.Errorf("read trusted documents: %s: the id %.80q stands for two documents", path, d.id)
			}
			c.byID[d.id] = d.text
			c.texts[d.text] = struct{}{}
		}
	}
	m.check(c)
	m.current.Store(c)
	return nil
}

// check has each document validated, which also keeps them ready in the executor's cache. One that does not fit the schema
// is logged: its client is older than the shop, or newer.
func (m *manifests) check(c *catalogue) {
	for id, text := range c.byID {
		if name, errs := m.executor.Check(context.Background(), text); len(errs) > 0 {
			m.logger.Error("a trusted document does not fit the schema", "id", id, "operation", name, "error", errs[0].Message)
		}
	}
	if len(m.paths) > 0 {
		m.logger.Info("trusted documents were read", "documents", len(c.byID))
	}
}

// Watch reads the manifests again when they change, until the context ends. Files that cannot be read, such as one that is
// half written, leave what was.
func (e *Executor) Watch(ctx context.Context, every time.Duration) {
	m := e.trusted
	if len(m.paths) == 0 {
		return
	}
	look := time.NewTicker(every)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if !m.files.Changed() {
			continue
		}
		if err := m.read(); err != nil {
			m.logger.ErrorContext(ctx, "the trusted documents stay as they were", "error", err)
		}
	}
}
