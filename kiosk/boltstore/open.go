package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"github.com/motcua/gateway/kiosk"
)

// open opens both files and brings them to agree. trusted is what the second file should say,
// known from before in this process; nil at its start. The caller holds all locks.
//
// Which file is right? The database holds everything and is right about what happened. The
// second file is right about which numbers are out: one that only it knows may have been
// printed by a database that is no longer here, and is never given again.
func (s *Store) open(ctx context.Context, trusted *numbers) (*handle, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.folder.cleanup(); err != nil {
		return nil, err
	}
	known, size, err := s.readNumbers()
	if err != nil {
		return nil, err
	}
	if trusted != nil {
		known, size = trusted, 0
	}
	db, lost, err := s.existing()
	if err != nil {
		return nil, err
	}
	if db == nil {
		return s.begin(known, lost)
	}
	h, err := s.resume(db, known, size, trusted != nil)
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	return h, nil
}

// readNumbers reads the second file. One that cannot be read is set aside and counts as
// missing.
func (s *Store) readNumbers() (*numbers, int64, error) {
	known, size, err := readNumbers(s.folder)
	if isDamage(err) {
		return nil, 0, s.setAside(numbersName, err)
	}
	return known, size, err
}

func (s *Store) setAside(name string, why error) error {
	to, err := s.folder.setAside(name, s.now())
	if err != nil {
		return err
	}
	attrs := []any{LogPath, s.folder.file(to), LogError, why}
	if p := (*panicked)(nil); errors.As(why, &p) {
		attrs = append(attrs, LogStack, string(p.stack))
	}
	s.log.Error("damaged file set aside", attrs...)
	return nil
}

// existing opens and checks the database that is there. It returns nil where none is, and lost
// if one was set aside now or held nothing: this program never leaves an empty file under that
// name (create), so one that is empty by now was a database.
func (s *Store) existing() (db *database, lost bool, err error) {
	path := s.folder.file(dbName)
	info, err := isFile(path)
	if info == nil || err != nil {
		return nil, false, err
	}
	db, err = s.check(path, info.Size())
	if isDamage(err) {
		return nil, true, s.setAside(dbName, err)
	}
	if db == nil && err == nil {
		return nil, true, classify(path, os.Remove(path))
	}
	return db, false, err
}

func (s *Store) check(path string, size int64) (*database, error) {
	if size == 0 {
		return nil, nil
	}
	empty, err := checkDatabase(path, size)
	if empty || err != nil {
		return nil, err
	}
	db, err := openDatabase(path, s.wait, s.unsynced)
	if err != nil {
		return nil, err
	}
	empty, err = db.bring(migrations())
	if err == nil && !empty {
		err = db.read(verify)
	}
	if empty || err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// bring brings the database to the version of this program. empty is true for one without a
// single bucket.
func (d *database) bring(steps []migration) (empty bool, err error) {
	var have uint64
	err = d.read(func(tx *bbolt.Tx) (err error) {
		have, err = version(tx)
		return err
	})
	newest := steps[len(steps)-1].to
	switch {
	case err != nil:
		return false, err
	case have == 0:
		return true, nil
	case have > newest:
		return false, &Trouble{ErrNewer, d.path, hintNewer, fmt.Errorf("version %d of the database, this program knows %d", have, newest)}
	}
	return false, d.migrate(have, steps)
}

// begin makes a new database. lost is true if one was set aside for it.
func (s *Store) begin(known *numbers, lost bool) (*handle, error) {
	earlier, err := s.folder.anySetAside()
	if err != nil {
		return nil, err
	}
	// A second file that knows of a fact, or holds nothing that can be read, had a database.
	lost = lost || earlier || known != nil && (known.given() || known.last.Seq > 0 || known.writes == 0)
	unknown := lost && (known == nil || known.damaged > 0 || known.torn || known.writes == 0)

	var present kiosk.Position
	if known == nil {
		known = newNumbers()
	}
	if known.writes > 0 {
		present.Epoch = known.last.Epoch + 1
	}
	if known.writes == 0 || known.damaged > 0 || known.torn {
		present.Epoch = max(present.Epoch, kiosk.EpochAt(s.now()))
	}
	if err := checkEpoch(present.Epoch); err != nil {
		return nil, err
	}
	// The database first: it keeps that numbers are unknown, which the second file is about to
	// look innocent of. No fact bears the new epoch before both know it.
	db, err := s.create(present.Epoch, unknown, known.all())
	if err != nil {
		return nil, err
	}
	n, _, err := openNumbers(s.folder, known, 0, present, s.room)
	if err != nil {
		return nil, errors.Join(err, n.close(), db.close())
	}
	if lost {
		s.log.Warn("new database begun after a lost one", LogPath, db.path, LogEpoch, present.Epoch, "numbers_known", !unknown)
	} else {
		s.log.Info("new database begun", LogPath, db.path, LogEpoch, present.Epoch)
	}
	h := newHandle(db, n, tail{last: present})
	h.replaced = lost
	return h, nil
}

func checkEpoch(e kiosk.Epoch) error {
	if e > kiosk.MaxEpoch {
		return fmt.Errorf("epoch %d: no more than %d fit into the order of facts", e, kiosk.MaxEpoch)
	}
	return nil
}

// create makes the database under another name, so that a power cut never leaves half of one.
// It is born knowing the numbers that are out: either file alone tells them.
func (s *Store) create(epoch kiosk.Epoch, unknown bool, out []slot) (*database, error) {
	path, tmp := s.folder.file(dbName), s.folder.file(dbName+tempSuffix)
	db, err := openDatabase(tmp, s.wait, s.unsynced)
	if err != nil {
		return nil, fmt.Errorf("make database: %w", err)
	}
	err = db.migrate(0, migrations())
	if err == nil {
		err = db.update(func(tx *bbolt.Tx) error {
			if unknown {
				if err := putMeta(tx, metaUnknown, 1); err != nil {
					return err
				}
			}
			return adopt(tx, epoch, out)
		})
	}
	if err = errors.Join(err, db.close()); err != nil {
		_ = os.Remove(tmp)
		return nil, fmt.Errorf("make database: %w", classify(path, err))
	}
	if err := renameNew(tmp, path); err != nil {
		return nil, fmt.Errorf("name database: %w", classify(path, err))
	}
	if err := s.folder.sync(); err != nil {
		return nil, err
	}
	return openDatabase(path, s.wait, s.unsynced)
}

// resume goes on with a database that was found whole.
func (s *Store) resume(db *database, known *numbers, size int64, trusted bool) (*handle, error) {
	var end tail
	var out, lacking []slot
	err := db.read(func(tx *bbolt.Tx) (err error) {
		if end, err = readTail(tx); err != nil {
			return err
		}
		if out, err = given(tx); err != nil || known == nil {
			return err
		}
		lacking, err = missed(tx, known.beyond(out), end.out.prunedDays)
		return err
	})
	if err != nil {
		return nil, err
	}
	at := end.last
	was := at.Epoch
	epoch, unknown := was, false
	switch {
	case known == nil:
		// Nobody can say whether this is the newest database of this box: an older copy of it
		// may have been put back. People look at the last paper, unless nothing has ever happened.
		unknown = end.head.Facts > 0
		s.log.Warn("second file of numbers was missing", LogPath, s.folder.file(numbersName))
		known = newNumbers()
		epoch = max(was+1, kiosk.EpochAt(s.now()))
	case trusted && !before(at, s.last):
	case before(at, known.last) || trusted:
		// A copy from earlier was put back, or the power was cut between the two files: places
		// beyond its last one may be taken. What cannot be read of the second file may have been
		// numbers of the hours that a copy lacks.
		epoch = max(known.last.Epoch, was) + 1
		unknown = !trusted && (known.damaged > 0 || known.torn)
	}
	if err := checkEpoch(epoch); err != nil {
		return nil, err
	}
	if epoch != was || len(lacking) > 0 {
		s.log.Warn("database may lack facts", LogPath, db.path, LogEpoch, epoch, "numbers", len(lacking))
		err := db.update(func(tx *bbolt.Tx) error {
			if unknown {
				if err := putMeta(tx, metaUnknown, 1); err != nil {
					return err
				}
			}
			return adopt(tx, epoch, lacking)
		})
		if err != nil {
			return nil, fmt.Errorf("begin epoch: %w", classify(db.path, err))
		}
	}
	if epoch != was {
		at = kiosk.Position{Epoch: epoch}
	}
	numbers, err := s.reconcile(known, size, at, out)
	if err != nil {
		return nil, err
	}
	end.last = at
	return newHandle(db, numbers, end), nil
}

// missed leaves those numbers out that the database does not know because their days were pruned.
func missed(tx *bbolt.Tx, numbers []slot, pruned kiosk.Day) ([]slot, error) {
	var out []slot
	for _, v := range numbers {
		_, present, err := presentDay(tx, v.site)
		if err != nil {
			return nil, err
		}
		if v.day >= pruned || v.day == present {
			out = append(out, v)
		}
	}
	return out, nil
}

// adopt begins an epoch and keeps numbers that no ticket of the database bears witness to.
func adopt(tx *bbolt.Tx, epoch kiosk.Epoch, out []slot) error {
	for _, v := range out {
		key := lastKey(v.site, v.day, v.service)
		if err := raiseLast(tx, key, encodeNumber(key, uint64(v.seq))); err != nil {
			return err
		}
	}
	return putMeta(tx, metaEpoch, uint64(epoch))
}

// reconcile opens the second file and brings it to know at least what the database knows.
func (s *Store) reconcile(known *numbers, size int64, at kiosk.Position, out []slot) (*numbersFile, error) {
	var more []slot
	for _, v := range out {
		if d := known.days[siteDay{v.site, v.day}]; d == nil || d.last[v.service] < v.seq {
			more = append(more, v)
		}
	}
	if before(known.last, at) {
		more = append(more, slot{kind: slotPosition, at: at})
	}
	for _, v := range more {
		known.add(v)
	}
	n, fresh, err := openNumbers(s.folder, known, size, at, s.room)
	if err == nil && !fresh && len(more) > 0 {
		err = n.append(at, more)
	}
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}
