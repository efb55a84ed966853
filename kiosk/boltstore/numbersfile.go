package boltstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"github.com/motcua/gateway/kiosk"
)

// numbersMax is the size beyond which a file under the name of the second one is not read: a
// thousand times what a year leaves behind.
const numbersMax = 64 << 20

// numbersFile is the open second file. One commit at a time appends to it; known may be read
// beside that.
type numbersFile struct {
	folder *folder
	file   *os.File
	err    error // why nothing is written any more: a failed fsync is not retried

	mu    sync.Mutex // guards what follows against readers
	slots int        // how many the file has room for
	next  int        // the first that is free
	known *numbers   // what is kept: a number that was written but not committed is not in it
}

// readNumbers reads what lies under the name of the second file. A file that is not there
// gives nil without an error. size is that of the file.
func readNumbers(f *folder) (n *numbers, size int64, err error) {
	path := f.file(numbersName)
	info, err := isFile(path)
	if info == nil || err != nil {
		return nil, 0, err
	}
	if info.Size() > numbersMax {
		return nil, 0, damage(path, fmt.Errorf("%d bytes are too many", info.Size()))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, classify(path, err)
	}
	b, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, 0, ioDamage(path, err)
	}
	n, err = parseNumbers(b)
	if err != nil {
		return nil, 0, &Trouble{ErrNewer, path, hintNewer, err}
	}
	return n, int64(len(b)), nil
}

// openNumbers opens the file for appending. Where it is missing (size 0), damaged, not of whole
// slots or full, it is written anew first and fresh is true; where it is half full,
// that is tried. The file is never nil.
func openNumbers(f *folder, known *numbers, size int64, last kiosk.Position, room int) (n *numbersFile, fresh bool, err error) {
	n = &numbersFile{folder: f, known: known, slots: int(size / slotSize), next: known.slots}
	must := size == 0 || size%slotSize != 0 || known.damaged > 0 || known.torn || n.next >= n.slots
	if must || n.next > n.slots/2 {
		err := n.rewrite(last, nil, room)
		if err == nil || must {
			return n, true, err
		}
		// A full disk leaves the old file as it was, and that still has room.
	}
	return n, false, n.open()
}

func (n *numbersFile) open() error {
	path := n.folder.file(numbersName)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open numbers: %w", classify(path, err))
	}
	n.file = file
	return nil
}

// rewrite puts a new file in the place of the old one: what is known, compacted, and more
// behind it. last is how far the database had come without more.
func (n *numbersFile) rewrite(last kiosk.Position, more []slot, room int) error {
	n.mu.Lock()
	slots := n.known.compact(last)
	n.mu.Unlock()
	for room < 2*(len(slots)+len(more)) {
		room *= 2
	}
	slots[len(slots)-1].seq = uint32(room) // the position: whoever reads the file knows its end
	slots = append(slots, more...)
	data := make([]byte, 0, room*slotSize)
	for _, s := range slots {
		data = appendSlot(data, s)
	}
	if err := n.folder.replace(numbersName, data[:cap(data)]); err != nil {
		return err
	}
	old := n.file
	if err := n.open(); err != nil {
		return err
	}
	n.mu.Lock()
	n.slots, n.next = room, len(slots)
	n.mu.Unlock()
	if old != nil {
		return old.Close()
	}
	return nil
}

// append makes slots durable. They are not known before commit is called. After an error
// every later call gives the same one.
func (n *numbersFile) append(last kiosk.Position, slots []slot) error {
	if n.err == nil {
		n.err = n.write(last, slots)
	}
	return n.err
}

func (n *numbersFile) write(last kiosk.Position, slots []slot) error {
	if n.next+len(slots) > n.slots {
		return n.rewrite(last, slots, n.slots)
	}
	var space [2 * slotSize]byte
	buf := space[:0]
	for _, s := range slots {
		buf = appendSlot(buf, s)
	}
	if _, err := n.file.WriteAt(buf, int64(n.next)*slotSize); err != nil {
		return fmt.Errorf("write numbers: %w", classify(n.file.Name(), err))
	}
	if err := fdatasync(n.file); err != nil {
		return fmt.Errorf("sync numbers: %w", classify(n.file.Name(), err))
	}
	n.mu.Lock()
	n.next += len(slots)
	n.mu.Unlock()
	return nil
}

// commit makes slots known.
func (n *numbersFile) commit(slots []slot) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range slots {
		n.known.add(s)
	}
}

// of returns the last numbers of a site.
func (n *numbersFile) of(site kiosk.SiteCode) map[kiosk.Day]map[kiosk.ServiceCode]uint32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.known.of(site)
}

// use returns how many slots are used and how many there are.
func (n *numbersFile) use() (used, room int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.next, n.slots
}

func (n *numbersFile) close() error {
	if n.file == nil {
		return nil
	}
	err := n.file.Close()
	n.file = nil
	return err
}

func fdatasync(f *os.File) error {
	return ignoringInterrupts(func() error { return syscall.Fdatasync(int(f.Fd())) })
}
