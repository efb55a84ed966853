package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// put is one key and its value; without one, on a shelf, the key is taken away.
type put struct {
	bucket     string
	key, value []byte
}

// Commit implements [kiosk.Store]. The second file is written beside the database and not after
// it: on a medium where an fsync takes 10 ms, a citizen waits for two of them and not for three.
// An error found before anything was written (a gap, a cancelled context) breaks nothing.
func (s *Store) Commit(ctx context.Context, c kiosk.Change) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit change: %w", err)
	}
	s.commits.Lock()
	defer s.commits.Unlock()
	if err := s.commit(c); err != nil {
		return fmt.Errorf("commit change: %w", err)
	}
	return nil
}

func (s *Store) commit(c kiosk.Change) error {
	h, err := s.acquire()
	if err != nil {
		return err
	}
	e, err := encodeChange(c, h.tail)
	if err != nil {
		s.release()
		return err
	}
	var numbers chan error
	if len(e.slots) > 0 {
		numbers = make(chan error, 1)
		go func() { numbers <- h.numbers.append(h.tail.last, e.slots) }()
	}
	txid, err := h.db.write(e.into)
	var numbersErr error
	if numbers != nil {
		numbersErr = <-numbers
	}
	s.release()
	if err != nil {
		return s.fail(err, txid)
	}
	h.end(e.tail)
	h.numbers.commit(e.slots)
	if numbersErr != nil {
		return fmt.Errorf("%w: %w", kiosk.ErrNumbersFile, numbersErr)
	}
	return nil
}

func (p put) into(tx *bbolt.Tx) error {
	b := tx.Bucket([]byte(p.bucket))
	switch p.bucket {
	case bucketFacts:
		b.FillPercent = factsFill
	case bucketLasts:
		return raiseLast(tx, p.key, p.value)
	case bucketShelves:
		if p.value == nil {
			return b.Delete(p.key)
		}
	}
	return b.Put(p.key, p.value)
}

// raiseLast puts a last number unless a higher one is known: a person may misread the paper.
func raiseLast(tx *bbolt.Tx, key, value []byte) error {
	b := tx.Bucket([]byte(bucketLasts))
	n, err := decodeNumber(key, value)
	if err != nil {
		return err
	}
	if old := b.Get(key); old != nil {
		if m, err := decodeNumber(key, old); err != nil || m >= n {
			return err
		}
	}
	return b.Put(key, value)
}

// put writes values in one transaction.
func (d *database) put(puts []put) (txid uint64, err error) {
	return d.write(func(tx *bbolt.Tx) error { return putAll(tx, puts) })
}

func putAll(tx *bbolt.Tx, puts []put) error {
	for _, p := range puts {
		if err := p.into(tx); err != nil {
			return fmt.Errorf("put into %s: %w", p.bucket, err)
		}
	}
	return nil
}

// write runs a transaction. It returns its number, to take it back if it failed half-way.
func (d *database) write(do func(tx *bbolt.Tx) error) (txid uint64, err error) {
	err = d.update(func(tx *bbolt.Tx) error {
		txid = uint64(tx.ID())
		return do(tx)
	})
	if err != nil {
		return txid, fmt.Errorf("write database: %w", classify(d.path, err))
	}
	return txid, nil
}

// encodeChange checks a change that is to follow what is kept and returns what it writes into the
// database and into the second file, and what the next change follows.
func encodeChange(c kiosk.Change, after tail) (*encoder, error) {
	if err := checkCode("site", c.Site); err != nil {
		return nil, err
	}
	e := &encoder{
		site:  c.Site,
		tail:  after,
		puts:  make([]put, 0, len(c.Records)+len(c.Tickets)+len(c.Counters)+len(c.Dossiers)+6),
		after: after.last,
		drops: c.Dropped,
	}
	if c.NewEpoch {
		if err := e.epoch(c.Records); err != nil {
			return nil, err
		}
	}
	for i := range c.Records {
		if err := e.record(&c.Records[i]); err != nil {
			return nil, err
		}
	}
	if len(c.Records) > 0 {
		e.put(bucketChain, []byte(chainHead), encodeEnd([]byte(chainHead), e.tail.head))
	}
	for i := range c.Tickets {
		if err := e.ticket(&c.Tickets[i]); err != nil {
			return nil, err
		}
	}
	for i := range c.Counters {
		v := &c.Counters[i]
		if err := checkCode("counter", v.Counter); err != nil {
			return nil, err
		}
		key := counterKey(c.Site, v.Day, v.Counter)
		e.put(bucketCounters, key, encodeCounter(key, v))
	}
	for i := range c.Dossiers {
		if err := e.dossier(&c.Dossiers[i]); err != nil {
			return nil, err
		}
	}
	for i := range c.Blobs {
		if err := e.blob(&c.Blobs[i]); err != nil {
			return nil, err
		}
	}
	if c.Hall != nil {
		key := dayKey(c.Site, c.Hall.Day)
		e.put(bucketHalls, key, encodeHall(key, c.Hall))
	}
	if c.Box != nil {
		key := []byte(c.Site)
		e.put(bucketBoxes, key, encodeBox(key, c.Box))
		if c.Box.UnknownDay != 0 && len(c.Box.NumbersUnknown) == 0 {
			// Everything that was unknown has been confirmed, or there is nothing more to ask.
			e.put(bucketMeta, []byte(metaUnknown), encodeNumber([]byte(metaUnknown), 0))
		}
	}
	return e, nil
}

// encoder gathers what a change writes.
type encoder struct {
	site  kiosk.SiteCode
	tail  tail // after what was encoded so far
	puts  []put
	slots []slot

	after kiosk.Position // the last fact before the change
	blobs []kiosk.BlobRecord
	drops []kiosk.BlobPlace
}

// into writes everything.
func (e *encoder) into(tx *bbolt.Tx) error {
	if err := putAll(tx, e.puts); err != nil {
		return err
	}
	return e.tail.out.move(tx, e.drops, e.blobs, e.after)
}

// epoch begins the epoch of the first of records. The second file hears of it at once: a database
// that is lost tomorrow must not have its places taken once more.
func (e *encoder) epoch(records []kiosk.Record) error {
	was := e.tail.last
	if len(records) == 0 || records[0].Epoch <= was.Epoch || records[0].Seq != 1 {
		return fmt.Errorf("an epoch has to begin with a fact at 1 of one later than %d", was.Epoch)
	}
	now := records[0].Position
	if err := checkEpoch(now.Epoch); err != nil {
		return err
	}
	e.tail.last = kiosk.Position{Epoch: now.Epoch}
	e.put(bucketMeta, []byte(metaEpoch), encodeNumber([]byte(metaEpoch), uint64(now.Epoch)))
	e.slots = append(e.slots, slot{kind: slotPosition, at: now})
	return nil
}

func (e *encoder) put(bucket string, key, value []byte) {
	e.puts = append(e.puts, put{bucket, key, value})
}

func (e *encoder) record(r *kiosk.Record) error {
	if r.Site != e.site {
		return fmt.Errorf("record of site %q in a change of %q", r.Site, e.site)
	}
	if want := e.tail.last.Next(); r.Position != want {
		return fmt.Errorf("record at %d-%d: want %d-%d", r.Epoch, r.Seq, want.Epoch, want.Seq)
	}
	key := factKey(r.Position)
	value, hash, err := encodeRecord(key, r, e.tail.head.Hash)
	if err != nil {
		return fmt.Errorf("record at %d-%d: %w", r.Epoch, r.Seq, err)
	}
	e.put(bucketFacts, key, value)
	if of := (siteDay{r.Site, r.Day}); of != e.tail.of || e.tail.head.Facts == 0 {
		e.puts = append(e.puts, stretch(of, r.Position))
		e.tail.of = of
	}
	if e.tail.head.Facts == e.tail.out.sent {
		e.tail.out.oldestFact = r.At
	}
	e.tail.last = r.Position
	e.tail.head = kiosk.ChainHead{Last: r.Position, Facts: e.tail.head.Facts + 1, Hash: hash}
	switch f := r.Fact.(type) {
	case kiosk.TicketIssued:
		return e.number(f.Ticket.Day, f.Ticket.Service, f.Ticket.Seq, r.Position)
	case kiosk.NumbersConfirmed:
		if f.Last == 0 {
			return nil
		}
		// No ticket of this database bears witness to that number.
		key := lastKey(e.site, r.Day, f.Service)
		e.put(bucketLasts, key, encodeNumber(key, uint64(f.Last)))
		return e.number(r.Day, f.Service, f.Last, r.Position)
	}
	return nil
}

func (e *encoder) number(day kiosk.Day, service kiosk.ServiceCode, seq uint32, at kiosk.Position) error {
	if seq == 0 {
		return nil
	}
	if err := checkCode("service", service); err != nil {
		return err
	}
	e.slots = append(e.slots, slot{kind: slotNumber, site: e.site, day: day, service: service, seq: seq, at: at})
	return nil
}

func (e *encoder) ticket(t *kiosk.Ticket) error {
	if t.Site != e.site {
		return fmt.Errorf("ticket %s of site %q in a change of %q", t.Number, t.Site, e.site)
	}
	if err := checkCode("service", t.Service); err != nil {
		return fmt.Errorf("ticket %s: %w", t.Number, err)
	}
	key := ticketKey(t.Site, t.Day, t.Service, t.Seq)
	e.put(bucketTickets, key, encodeTicket(key, t))
	return nil
}

// fail closes the files after a write that failed and takes back what it may have left.
func (s *Store) fail(cause error, txid uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Error("write failed, store closed", LogPath, s.folder.path, LogError, cause)
	s.why, s.undo = cause, txid
	s.drop()
	if err := s.takeBack(); err != nil {
		s.log.Error("failed commit may be found again", LogPath, s.folder.path, LogError, err)
	}
	return cause
}

// takeBack undoes a commit that failed while its last page, the meta page, was on its way: the
// page may stand in the cache or on the disk, and whoever opens the file next would find the
// commit that was refused. bbolt keeps two metas and has not touched what the older one points
// to, so wiping the newer is what a power cut in that moment would have done.
func (s *Store) takeBack() error {
	if s.undo == 0 {
		return nil
	}
	f, err := os.OpenFile(s.folder.file(dbName), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("take back failed commit: %w", classify(s.folder.file(dbName), err))
	}
	if err = errors.Join(wipeMeta(f, s.undo), f.Close()); err != nil {
		return fmt.Errorf("take back failed commit: %w", err)
	}
	s.undo = 0
	return nil
}

// wipeMeta wipes the meta page of a transaction that failed, if it was written. An attempt that
// failed itself is made again: the page looks wiped by then, but only in the cache.
func wipeMeta(f *os.File, txid uint64) error {
	meta := func(txid uint64) (meta, error) {
		page := make([]byte, pageSize)
		if _, err := f.ReadAt(page, int64(txid%2)*pageSize); err != nil {
			return meta{}, fmt.Errorf("read meta page: %w", err)
		}
		return parseMeta(page)
	}
	newer, newerErr := meta(txid)
	if newerErr == nil && newer.txid != txid {
		return nil // it never came that far, or another one was committed since
	}
	if older, err := meta(txid - 1); err != nil || older.txid != txid-1 {
		return errors.Join(fmt.Errorf("no meta page of transaction %d to go back to", txid-1), err)
	}
	if _, err := f.WriteAt(make([]byte, metaSize), int64(txid%2)*pageSize+pageHeader); err != nil {
		return fmt.Errorf("wipe meta page: %w", err)
	}
	return fdatasync(f)
}
