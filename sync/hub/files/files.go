package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sealed"
)

// DefaultReserve is how much room is left to the other things on the disk, in bytes: a database
// that cannot grow is worse than a page that has to wait.
const DefaultReserve = 512 << 20

// Options of a folder.
type Options struct {
	Dir string
	// Reserve is how many bytes are left free; 0 means DefaultReserve, less than 0 none.
	Reserve int64
}

// Folder keeps objects as files.
type Folder struct {
	dir     string
	reserve int64
	// made are the upper folders that this process has seen made and durable. They are never
	// removed, and there are few: two letters of base32.
	made sync.Map
}

var _ sealed.Objects = (*Folder)(nil)

// temps is the folder of files that have no name yet.
const temps = "tmp"

// Open makes the folder where it is missing.
func Open(o Options) (*Folder, error) {
	if o.Reserve == 0 {
		o.Reserve = DefaultReserve
	}
	f := &Folder{dir: o.Dir, reserve: o.Reserve}
	if o.Dir == "" {
		return nil, errors.New("open the folder for pages: no folder named")
	}
	if err := os.MkdirAll(f.file(temps), 0o700); err != nil {
		return nil, fmt.Errorf("open the folder for pages: %w", err)
	}
	if err := errors.Join(durable.SyncFolder(filepath.Dir(f.dir)), durable.SyncFolder(f.dir)); err != nil {
		return nil, fmt.Errorf("open the folder for pages: %w", err)
	}
	return f, nil
}

func (f *Folder) file(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// Put is described at [sealed.Objects].
func (f *Folder) Put(ctx context.Context, name string, size int64, r io.Reader) error {
	if !fs.ValidPath(name) || strings.HasPrefix(name, temps+"/") {
		return fmt.Errorf("keep %q: not a name", name)
	}
	if err := f.room(size); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	if err := f.put(ctx, name, size, r); err != nil {
		return fmt.Errorf("keep %s: %w", name, full(err))
	}
	return nil
}

func (f *Folder) put(ctx context.Context, name string, size int64, r io.Reader) (err error) {
	tmp, err := durable.New(f.file(temps), path.Base(name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tmp.Drop()) }()
	if err := write(ctx, tmp, size, r); err != nil {
		return err
	}
	return f.give(tmp, name)
}

// write writes exactly size bytes.
func write(ctx context.Context, out io.Writer, size int64, r io.Reader) error {
	// One byte more, so that r comes to its end and can say what it thinks of the whole.
	n, err := io.Copy(out, io.LimitReader(r, size+1))
	switch {
	case err != nil:
		return err
	case n != size:
		return fmt.Errorf("%d bytes came, not %d", n, size)
	}
	return context.Cause(ctx)
}

// give names a file.
func (f *Folder) give(tmp *durable.File, name string) error {
	folder := path.Dir(name)
	// Whoever deletes the last file of a folder removes the folder too, just now perhaps.
	for try := 0; ; try++ {
		if err := f.makeFolder(folder); err != nil {
			return err
		}
		err := tmp.Replace(f.file(name))
		if errors.Is(err, fs.ErrNotExist) && try < 8 {
			if _, gone := os.Stat(tmp.Name()); gone == nil {
				continue
			}
			// It had its name already, and was deleted with it.
			return nil
		}
		return err
	}
}

// makeFolder makes a folder and its name durable, and the ones above. Another process may have
// made it a moment ago and not have come to that, so the name is made durable in any case.
func (f *Folder) makeFolder(folder string) error {
	if folder == "." {
		return nil
	}
	if _, done := f.made.Load(folder); done {
		return nil
	}
	parent := path.Dir(folder)
	if err := f.makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(f.file(folder), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := durable.SyncFolder(f.file(parent)); err != nil {
		return err
	}
	if lasting(folder) {
		f.made.Store(folder, nil)
	}
	return nil
}

// lasting reports whether a folder is never removed: pages/ and uploads/, and pages/SS.
func lasting(folder string) bool {
	return folder == "uploads" || folder == "pages" || path.Dir(folder) == "pages"
}

// room is hub.ErrFull where size bytes more would touch the reserve.
func (f *Folder) room(size int64) error {
	if f.reserve < 0 {
		return nil
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &s); err != nil {
		return fmt.Errorf("look for room: %w", err)
	}
	if free := int64(s.Bavail) * s.Bsize; free-size < f.reserve {
		return fmt.Errorf("%w: %d MB free, %d MB of them reserved", hub.ErrFull, free>>20, f.reserve>>20)
	}
	return nil
}

// full tells a disk without room from one that fails.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", hub.ErrFull, err)
	}
	return err
}

// Get is described at [sealed.Objects].
func (f *Folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	in, err := os.Open(f.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("get %s: %w", name, hub.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", name, err)
	}
	return in, nil
}

// List is described at [sealed.Objects].
func (f *Folder) List(ctx context.Context, prefix string) iter.Seq2[sealed.Object, error] {
	return func(yield func(sealed.Object, error) bool) {
		stop := errors.New("enough")
		err := fs.WalkDir(os.DirFS(f.dir), path.Clean(prefix), func(name string, d fs.DirEntry, err error) error {
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if err == nil && d.Type().IsRegular() {
				var info fs.FileInfo
				if info, err = d.Info(); err == nil && !yield(sealed.Object{Name: name, Changed: info.ModTime()}, nil) {
					return stop
				}
			}
			if errors.Is(err, fs.ErrNotExist) { // never there, or no longer
				return nil
			}
			return err
		})
		if err != nil && err != stop {
			yield(sealed.Object{}, fmt.Errorf("list %s: %w", prefix, err))
		}
	}
}

// Delete is described at [sealed.Objects].
func (f *Folder) Delete(_ context.Context, names []string) error {
	folders := map[string]bool{}
	for _, name := range names {
		err := os.Remove(f.file(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete %s: %w", name, err)
		}
		folders[path.Dir(name)] = true
	}
	for folder := range folders {
		for !lasting(folder) && folder != "." && os.Remove(f.file(folder)) == nil {
			folder = path.Dir(folder) // an empty one's parent
		}
		if err := durable.SyncFolder(f.file(folder)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete %d files: %w", len(names), err)
		}
	}
	return nil
}

// Tidy is described at [sealed.Objects]. Empty folders go too, whatever their age: a Put that was
// about to use one makes it again.
func (f *Folder) Tidy(ctx context.Context, before time.Time) error {
	for o, err := range f.List(ctx, temps+"/") {
		if err != nil {
			return err
		}
		if !o.Changed.Before(before) {
			continue
		}
		if err := os.Remove(f.file(o.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("tidy %s: %w", o.Name, err)
		}
	}
	var folders []string
	err := fs.WalkDir(os.DirFS(f.dir), "uploads", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && name != "uploads" {
			folders = append(folders, name)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("tidy: %w", err)
	}
	for _, folder := range slices.Backward(folders) { // the inner ones first
		_ = syscall.Rmdir(f.file(folder)) // one that is in use is not empty
	}
	return nil
}
