package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math"
)

// bbolt reads its file through a memory map and trusts what it finds. A pointer that rotted
// sends it outside the map, where the process dies of a signal that a goroutine of tx.Check
// cannot recover from; a pointer to an ancestor sends it round for ever; a page that is free
// and in use at once is written over. pageChecker looks at the same pages with ordinary reads
// first. It needs nothing of the file to be true, takes a bounded number of steps, and what it
// accepts bbolt can walk (FuzzPages holds the two against each other).
//
// Layout: https://pkg.go.dev/go.etcd.io/bbolt/internal/common, file format version 2.
type pageChecker struct {
	file io.ReaderAt
	hwm  uint64 // pages in use and free, the first that is neither
	seen bitmap // reachable, or the freelist itself
	free bitmap
	// leaves is how many more leaf pages may be read. Branches are all read: only they have
	// pointers.
	leaves int
}

const (
	pageSize   = 4096
	pageHeader = 16
	elemSize   = 16

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10

	metaMagic   = 0xED0CDAED
	metaFormat  = 2
	metaSize    = 64
	noFreelist  = math.MaxUint64
	bucketElem  = 1
	bucketValue = 16 // root page and sequence in front of an inline page
	maxDepth    = 64 // a tree of pages that each hold two keys would fill every disk at half of it
)

// meta is one of the two pages that say where everything else is.
type meta struct {
	root, freelist, hwm, txid uint64
	pageSize                  uint32
}

// parseMeta reads a meta page.
func parseMeta(page []byte) (meta, error) {
	b := page[pageHeader : pageHeader+metaSize]
	le := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(b[:metaSize-8])
	switch {
	case le.Uint32(b) != metaMagic:
		return meta{}, fmt.Errorf("not a meta page")
	case le.Uint32(b[4:]) != metaFormat:
		return meta{}, fmt.Errorf("format %d, want %d", le.Uint32(b[4:]), metaFormat)
	case le.Uint64(b[56:]) != sum.Sum64():
		return meta{}, fmt.Errorf("checksum of the meta page does not match")
	}
	return meta{pageSize: le.Uint32(b[8:]), root: le.Uint64(b[16:]), freelist: le.Uint64(b[32:]), hwm: le.Uint64(b[40:]), txid: le.Uint64(b[48:])}, nil
}

// readMeta returns the newer of the two meta pages that are whole.
func readMeta(f io.ReaderAt) (meta, error) {
	var newest meta
	var first error
	found := false
	for i := range int64(2) {
		page := make([]byte, pageSize)
		if _, err := f.ReadAt(page, i*pageSize); err != nil {
			return meta{}, fmt.Errorf("read meta page %d: %w", i, err)
		}
		m, err := parseMeta(page)
		if err != nil {
			if first == nil {
				first = fmt.Errorf("meta page %d: %w", i, err)
			}
			continue
		}
		if m.pageSize != pageSize {
			// bbolt would believe it.
			return meta{}, fmt.Errorf("meta page %d: pages of %d bytes, want %d", i, m.pageSize, pageSize)
		}
		if !found || m.txid > newest.txid {
			newest, found = m, true
		}
	}
	if !found {
		return meta{}, first
	}
	return newest, nil
}

// checkPages looks at a database of size bytes: its metas, its freelist, all branches, and at
// most leaves leaf pages, the ones with the greatest keys of each bucket first.
func checkPages(f io.ReaderAt, size int64, leaves int) error {
	if size < 4*pageSize {
		return fmt.Errorf("file of %d bytes is shorter than an empty database", size)
	}
	m, err := readMeta(f)
	if err != nil {
		return err
	}
	if m.hwm > uint64(size)/pageSize {
		return fmt.Errorf("file has %d pages, its meta page knows of %d", size/pageSize, m.hwm)
	}
	c := &pageChecker{file: f, hwm: m.hwm, seen: newBitmap(m.hwm), free: newBitmap(m.hwm), leaves: leaves}
	if m.freelist != noFreelist {
		if err := c.freelist(m.freelist); err != nil {
			return fmt.Errorf("freelist: %w", err)
		}
	}
	_, err = c.tree(m.root, nil, nil, 0)
	return err
}

// page reads a page with its overflow and takes note of it.
func (c *pageChecker) page(id uint64) ([]byte, error) {
	if err := c.take(id); err != nil {
		return nil, err
	}
	p := make([]byte, pageSize)
	if _, err := c.file.ReadAt(p, int64(id)*pageSize); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	if got := binary.NativeEndian.Uint64(p); got != id {
		return nil, fmt.Errorf("page %d says that it is page %d", id, got)
	}
	overflow := uint64(binary.NativeEndian.Uint32(p[12:]))
	if overflow >= c.hwm-id {
		return nil, fmt.Errorf("page %d goes on for %d pages, beyond the end", id, overflow)
	}
	for i := range overflow {
		if err := c.take(id + 1 + i); err != nil {
			return nil, err
		}
	}
	if overflow > 0 {
		p = append(p, make([]byte, overflow*pageSize)...)
		if _, err := c.file.ReadAt(p[pageSize:], int64(id+1)*pageSize); err != nil {
			return nil, fmt.Errorf("page %d: %w", id, err)
		}
	}
	return p, nil
}

func (c *pageChecker) take(id uint64) error {
	switch {
	case id < 2 || id >= c.hwm:
		return fmt.Errorf("page %d is outside of 2 to %d", id, c.hwm)
	case c.seen.get(id):
		return fmt.Errorf("page %d is used twice", id)
	case c.free.get(id):
		return fmt.Errorf("page %d is free and in use", id)
	}
	c.seen.set(id)
	return nil
}

func (c *pageChecker) freelist(id uint64) error {
	p, err := c.page(id)
	if err != nil {
		return err
	}
	if flags(p) != flagFreelist {
		return fmt.Errorf("page %d is no freelist", id)
	}
	ids, n := p[pageHeader:], uint64(count(p))
	if n == math.MaxUint16 { // then the first entry is the count
		n, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids))/8 {
		return fmt.Errorf("%d free pages do not fit", n)
	}
	before := uint64(0)
	for i := range n {
		v := binary.NativeEndian.Uint64(ids[i*8:])
		if v < 2 || v >= c.hwm || v <= before || c.seen.get(v) {
			return fmt.Errorf("free page %d after %d", v, before)
		}
		before = v
		c.free.set(v)
	}
	return nil
}

// tree checks a page and all below it, and tells whether it is a leaf. Its keys are at least
// low and below high, nil for no bound.
func (c *pageChecker) tree(id uint64, low, high []byte, depth int) (leaf bool, err error) {
	if depth > maxDepth {
		return false, fmt.Errorf("page %d lies too deep", id)
	}
	p, err := c.page(id)
	if err != nil {
		return false, err
	}
	switch flags(p) {
	case flagLeaf:
		c.leaves--
		if err := c.leaf(p, low, high, depth); err != nil {
			return true, fmt.Errorf("page %d: %w", id, err)
		}
		return true, nil
	case flagBranch:
		return false, c.branch(id, p, low, high, depth)
	}
	return false, fmt.Errorf("page %d is neither branch nor leaf", id)
}

func (c *pageChecker) branch(id uint64, p, low, high []byte, depth int) error {
	n := count(p)
	if n == 0 {
		return fmt.Errorf("page %d: branch without children", id)
	}
	if pageHeader+n*elemSize > len(p) {
		return fmt.Errorf("page %d: %d children do not fit", id, n)
	}
	keys := make([][]byte, n)
	kids := make([]uint64, n)
	for i := range n {
		e := p[pageHeader+i*elemSize:]
		pos, size := binary.NativeEndian.Uint32(e), binary.NativeEndian.Uint32(e[4:])
		key, ok := slice(e, uint64(pos), uint64(size))
		if !ok {
			return fmt.Errorf("page %d: key %d lies outside", id, i)
		}
		keys[i], kids[i] = key, binary.NativeEndian.Uint64(e[8:])
	}
	if err := ordered(keys, low, high); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	leaves := false
	for i := n - 1; i >= 0; i-- {
		if leaves && c.leaves <= 0 {
			// All children of a branch are of one kind: these are leaves too.
			if err := c.take(kids[i]); err != nil {
				return err
			}
			continue
		}
		to := high
		if i+1 < n {
			to = keys[i+1]
		}
		var err error
		if leaves, err = c.tree(kids[i], keys[i], to, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// leaf checks a leaf page and the buckets whose roots lie in it.
func (c *pageChecker) leaf(p, low, high []byte, depth int) error {
	n := count(p)
	if pageHeader+n*elemSize > len(p) {
		return fmt.Errorf("%d values do not fit", n)
	}
	keys := make([][]byte, n)
	for i := range n {
		e := p[pageHeader+i*elemSize:]
		u32 := binary.NativeEndian.Uint32
		pos, ksize, vsize := uint64(u32(e[4:])), uint64(u32(e[8:])), uint64(u32(e[12:]))
		both, ok := slice(e, pos, ksize+vsize)
		if !ok || ksize == 0 {
			return fmt.Errorf("value %d lies outside", i)
		}
		keys[i] = both[:ksize]
		if u32(e)&bucketElem == 0 {
			continue
		}
		if err := c.bucket(both[ksize:], depth); err != nil {
			return fmt.Errorf("bucket %q: %w", keys[i], err)
		}
	}
	return ordered(keys, low, high)
}

func (c *pageChecker) bucket(value []byte, depth int) error {
	if len(value) < bucketValue {
		return fmt.Errorf("value of %d bytes is too short", len(value))
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		_, err := c.tree(root, nil, nil, depth+1)
		return err
	}
	p := value[bucketValue:] // a small bucket lies within its value
	if len(p) < pageHeader || flags(p) != flagLeaf {
		return fmt.Errorf("inline page is no leaf")
	}
	if depth > maxDepth {
		return fmt.Errorf("lies too deep")
	}
	return c.leaf(p, nil, nil, depth+1)
}

func flags(p []byte) uint16 { return binary.NativeEndian.Uint16(p[8:]) }

func count(p []byte) int { return int(binary.NativeEndian.Uint16(p[10:])) }

// slice returns b[pos:pos+size] if that lies within b.
func slice(b []byte, pos, size uint64) ([]byte, bool) {
	if pos > uint64(len(b)) || size > uint64(len(b))-pos {
		return nil, false
	}
	return b[pos : pos+size], true
}

func ordered(keys [][]byte, low, high []byte) error {
	for i, k := range keys {
		switch {
		case i == 0 && low != nil && bytes.Compare(k, low) < 0,
			i > 0 && bytes.Compare(keys[i-1], k) >= 0,
			high != nil && bytes.Compare(k, high) >= 0:
			return fmt.Errorf("key %d is out of order", i)
		}
	}
	return nil
}

type bitmap []uint64

func newBitmap(n uint64) bitmap { return make(bitmap, n/64+1) }

func (b bitmap) get(i uint64) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bitmap) set(i uint64) { b[i/64] |= 1 << (i % 64) }
