package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk/kiosktest"
)

// sample returns the bytes of a small database with branches, freed pages and an inline bucket.
func sample(t testing.TB, facts int) []byte {
	t.Helper()
	dir := t.TempDir()
	s := mustOpen(t, Options{Dir: dir})
	c := kiosktest.NewClerk(t, s, kiosktest.Site, kiosktest.Monday)
	for range facts {
		_, ch := c.Issue(kiosktest.Certify, "A")
		more := c.Facts(kiosktest.Facts()[1:]...)
		ch.Records = append(ch.Records, more.Records...)
		c.Commit(t, ch)
	}
	mustClose(t, s)
	b, err := os.ReadFile(filepath.Join(dir, dbName))
	if err != nil {
		t.Fatal(err)
	}
	m, err := readMeta(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return b[:m.hwm*pageSize]
}

func check(b []byte) error { return checkPages(bytes.NewReader(b), int64(len(b)), math.MaxInt) }

// seals the meta pages of a database again after they were changed.
func resum(b []byte) {
	for i := range 2 {
		m := b[i*pageSize+pageHeader:]
		sum := fnv.New64a()
		sum.Write(m[:metaSize-8])
		binary.NativeEndian.PutUint64(m[metaSize-8:], sum.Sum64())
	}
}

func TestCheckPages(t *testing.T) {
	t.Parallel()
	whole := sample(t, 30)
	if err := check(whole); err != nil {
		t.Fatalf("a whole database: %v", err)
	}
	m, err := readMeta(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	newest := int(m.txid%2)*pageSize + pageHeader
	root := int(m.root) * pageSize
	// A branch page that is in use, so that pointers can be bent.
	c := &pageChecker{file: bytes.NewReader(whole), hwm: m.hwm, seen: newBitmap(m.hwm), free: newBitmap(m.hwm), leaves: math.MaxInt}
	if _, err := c.tree(m.root, nil, nil, 0); err != nil {
		t.Fatal(err)
	}
	branch := 0
	for i := 2; i < int(m.hwm); i++ {
		if c.seen.get(uint64(i)) && flags(whole[i*pageSize:]) == flagBranch {
			branch = i * pageSize
		}
	}
	if branch == 0 {
		t.Fatal("the sample has no branch page")
	}
	u64 := binary.NativeEndian.PutUint64
	u32 := binary.NativeEndian.PutUint32
	u16 := binary.NativeEndian.PutUint16
	for _, v := range []struct {
		what string
		bend func(b []byte) []byte
		want string
	}{
		{"cut within its pages", func(b []byte) []byte { return b[:len(b)-pageSize] }, "meta page knows"},
		{"nothing but two metas", func(b []byte) []byte { return b[:2*pageSize] }, "shorter"},
		{"both metas wiped", func(b []byte) []byte { clear(b[:2*pageSize]); return b }, "not a meta page"},
		{"another format", func(b []byte) []byte { u32(b[pageHeader+4:], 3); u32(b[pageSize+pageHeader+4:], 3); resum(b); return b }, "format 3"},
		{"pages of another size", func(b []byte) []byte {
			u32(b[pageHeader+8:], 1024)
			u32(b[pageSize+pageHeader+8:], 1024)
			resum(b)
			return b
		}, "pages of 1024"},
		{"a meta that rotted", func(b []byte) []byte { b[pageHeader+20] ^= 1; b[pageSize+pageHeader+20] ^= 1; return b }, "checksum"},
		{"a root outside", func(b []byte) []byte { u64(b[newest+16:], 1<<40); resum(b); return b }, "outside"},
		{"a freelist outside", func(b []byte) []byte { u64(b[newest+32:], m.hwm); resum(b); return b }, "freelist"},
		{"a freelist that is a leaf", func(b []byte) []byte { u64(b[newest+32:], m.root); resum(b); return b }, "no freelist"},
		{"more free pages than fit", func(b []byte) []byte { u16(b[int(m.freelist)*pageSize+10:], 60000); return b }, "do not fit"},
		{"a free page that is in use", func(b []byte) []byte {
			u16(b[int(m.freelist)*pageSize+10:], 1)
			u64(b[int(m.freelist)*pageSize+pageHeader:], m.root)
			return b
		}, "free and in use"},
		{"a page under another's number", func(b []byte) []byte { u64(b[root:], 7777); return b }, "says that it is"},
		{"a page that goes on for ever", func(b []byte) []byte { u32(b[root+12:], math.MaxUint32); return b }, "beyond the end"},
		{"a page of no type", func(b []byte) []byte { u16(b[root+8:], 0x40); return b }, "neither"},
		{"a branch to its own ancestor", func(b []byte) []byte { u64(b[branch+pageHeader+8:], m.root); return b }, "used twice"},
		{"a branch out of the file", func(b []byte) []byte { u64(b[branch+pageHeader+8:], 1<<50); return b }, "outside"},
		{"a branch without children", func(b []byte) []byte { u16(b[branch+10:], 0); return b }, "without children"},
		{"a branch with too many children", func(b []byte) []byte { u16(b[branch+10:], 65535); return b }, "do not fit"},
		{"a key outside of its page", func(b []byte) []byte { u32(b[branch+pageHeader+4:], 1<<20); return b }, "outside"},
		{"more values than fit", func(b []byte) []byte { u16(b[root+10:], 65535); return b }, "do not fit"},
		{"a value outside of its page", func(b []byte) []byte { u32(b[root+pageHeader+12:], math.MaxUint32); return b }, "outside"},
		{"keys out of order", func(b []byte) []byte { copy(b[bytes.Index(b[root:], []byte("facts"))+root:], "zzzzz"); return b }, "order"},
	} {
		b := v.bend(bytes.Clone(whole))
		if err := check(b); err == nil || !strings.Contains(err.Error(), v.want) {
			t.Errorf("%s: %v, want %q", v.what, err, v.want)
		}
	}
	// One meta alone is what a power cut leaves: the older state is found.
	b := bytes.Clone(whole)
	clear(b[newest-pageHeader : newest-pageHeader+pageSize])
	if err := check(b); err != nil {
		t.Errorf("with the newer meta wiped: %v", err)
	}
}

// A file that is too large to be read at every start has its branches and newest leaves read.
func TestCheckPagesBounded(t *testing.T) {
	t.Parallel()
	b := sample(t, 200)
	m, err := readMeta(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	reads := &countingReader{r: bytes.NewReader(b)}
	if err := checkPages(reads, int64(len(b)), 5); err != nil {
		t.Fatal(err)
	}
	if reads.n >= int(m.hwm)/2 {
		t.Errorf("%d of %d pages read, want a few", reads.n, m.hwm)
	}
}

type countingReader struct {
	r *bytes.Reader
	n int
}

func (c *countingReader) ReadAt(p []byte, at int64) (int, error) {
	c.n++
	return c.r.ReadAt(p, at)
}

// FuzzPages bends bytes of a database. What the checker accepts, bbolt must be able to open,
// walk, check and write without a panic, a fault or a walk without end; what bbolt's own check
// calls wrong is either refused or a page that merely nobody uses.
func FuzzPages(f *testing.F) {
	whole := sample(f, 12)
	f.Add([]byte{}, false)
	f.Add([]byte{0, 0, 16, 255}, true)
	f.Add([]byte{0, 0, 24, 8, 0, 16, 24, 8}, true)
	f.Add([]byte{0, 32, 8, 1, 0, 48, 10, 200}, true)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, edits []byte, sum bool) {
		b := bytes.Clone(whole)
		for ; len(edits) >= 4; edits = edits[4:] {
			at := int(edits[0])<<16 | int(edits[1])<<8 | int(edits[2])
			b[at%len(b)] ^= edits[3]
		}
		if sum {
			resum(b)
		}
		// bbolt reads the metas without looking at their headers; only its check does.
		for _, at := range []int{0, pageSize} {
			copy(b[at:at+pageHeader], whole[at:])
		}
		if check(b) != nil {
			return
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.db", os.Getpid()))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: pageSize, NoSync: true, NoFreelistSync: false, FreelistType: bbolt.FreelistMapType, Timeout: time.Second})
		if err != nil {
			t.Fatalf("accepted, but bbolt does not open it: %v", err)
		}
		defer db.Close()
		err = db.View(func(tx *bbolt.Tx) error {
			for err := range tx.Check() {
				if !strings.Contains(err.Error(), "unreachable unfreed") {
					t.Errorf("accepted, but bbolt says: %v", err)
				}
			}
			// Values that rotted are errors here, and nothing worse.
			if verify(tx) == nil {
				_, _ = given(tx)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
