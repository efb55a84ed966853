package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/sync/backup"
)

func enrol(s *session) (request, error) {
	return request{http.MethodPost, "/v1/line/enrol", control.Enrol{Hub: s.names[0], Code: s.names[1]}}, nil
}

func generate(s *session) (request, error) {
	pages := 20
	if text := s.flags["pages"]; text != "" {
		var err error
		if pages, err = strconv.Atoi(text); err != nil {
			return request{}, errUsage("-pages is a number")
		}
	}
	return request{http.MethodPost, "/v1/dossiers/generate", control.Generate{Pages: pages}}, nil
}

// passphrase asks for what a verb needs. A passphrase never stands on a command line, where other
// programs and the shell's history would see it.
func passphrase(verb string) func(*session) (request, error) {
	return func(s *session) (request, error) {
		var in control.Passphrase
		var err error
		if verb == "change" {
			if in.Old, err = s.secret("the passphrase until now: "); err != nil {
				return request{}, err
			}
		}
		if in.Passphrase, err = s.secret("passphrase: "); err != nil {
			return request{}, err
		}
		if verb != "unlock" {
			again, err := s.secret("once more: ")
			if err != nil {
				return request{}, err
			}
			if again != in.Passphrase {
				return request{}, errUsage("the two are not the same")
			}
		}
		return request{http.MethodPost, "/v1/key/" + verb, in}, nil
	}
}

// whichBox is what a technician is told whose folder has another key than the backup.
const whichBox = `  -box spare  it is another box: its key, pages, line and numbers are set aside too. Pages that the
              province has not got would stay there: kioskctl line tells, while that box runs
  -box same   it is the box that was backed up: it keeps them, and the passphrase that it has now`

// restore puts a backup into the state folder of a box that is switched off.
func restore(ctx context.Context, s *session) error {
	box := backup.Onto(s.flags["box"])
	if box != backup.OntoKnown && box != backup.OntoSame && box != backup.OntoSpare {
		return errUsage("-box is same or spare")
	}
	err := s.client.Do(ctx, http.MethodGet, "/v1/key", nil, &control.Key{})
	if !errors.Is(err, control.ErrNotRunning) {
		return backup.ErrRunning
	}
	f, err := os.Open(s.names[0])
	if err != nil {
		return err
	}
	defer f.Close()
	word, err := s.secret("the passphrase that the province told: ")
	if err != nil {
		return err
	}
	out, err := backup.Restore(ctx, f, word, s.state, box, time.Now())
	if errors.Is(err, backup.ErrWhichBox) {
		return fmt.Errorf("%w; nothing was changed\n%s", err, whichBox)
	}
	if err != nil {
		return err
	}
	m := out.Manifest
	fmt.Fprintf(s.out, "restored: site %s, gateway %s, as of %s, up to fact %s\n", m.Site, m.Gateway, when(m.Made), m.Last)
	for _, name := range out.Aside {
		fmt.Fprintf(s.out, "set aside: %s\n", filepath.Join(s.state, name))
	}
	fmt.Fprintln(s.out, "start kiosk; it begins a new epoch, and on this box it knows the last numbers of today by itself")
	fmt.Fprintln(s.out, "on a spare one, once the hall has opened, it asks for the last number on paper of each service: the province knows those that reached it")
	return nil
}
