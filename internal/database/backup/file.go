package backup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Create writes a file whole or not at all: under another name first, which it gets when all of it is on the
// disk. A file that is there is left alone, unless it may be overwritten.
func Create(path string, overwrite bool, write func(io.Writer) error) (err error) {
	if err := vacant(path, overwrite); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*") // readable by its owner only
	if err != nil {
		return fmt.Errorf("create backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = os.Remove(file.Name())
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close(), vacant(path, overwrite)); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("name backup: %w", err)
	}
	return syncFolder(folder)
}

func vacant(path string, overwrite bool) error {
	if _, err := os.Lstat(path); overwrite || errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	return fmt.Errorf("%s is there already: --force overwrites it", path)
}

// syncFolder makes a new name last.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the folder that was written to
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = folder.Close() }()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
