package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/control"
	"github.com/motcua/gateway/kiosk/durable"
	"github.com/motcua/gateway/sync/backup"
	"github.com/motcua/gateway/sync/wire"
	"github.com/motcua/gateway/ui/words"
)

// Backup implements [control.Province].
func (p *province) Backup(ctx context.Context, file string) (int64, error) {
	with, enrolled, err := p.signature()
	if err != nil {
		return 0, err
	}
	if !enrolled {
		return 0, backupProblem(backup.ErrNoHub)
	}
	keys, err := p.hubKeys(ctx)
	if err != nil {
		return 0, err
	}
	who := p.enrolment.Status()
	src := &backup.Source{Dir: p.state, Database: p.bolt.WriteTo, Signer: with.key, Manifest: backup.Manifest{
		Gateway: who.Gateway, Site: who.Site, Made: p.office.Time(), Last: wire.EventID(p.office.Last()), Certificate: with.chain,
	}}
	n, err := writeBackup(ctx, src, file, keys.Recipients)
	if err != nil {
		return 0, backupProblem(err)
	}
	return n, p.office.RecordLine(ctx, kiosk.LineMoved{What: kiosk.LineBackup}, byControl)
}

// writeBackup writes a backup into a file that was not there, and that is whole when it has its
// name.
func writeBackup(ctx context.Context, src *backup.Source, file string, recipients []string) (n int64, err error) {
	if _, err := os.Lstat(file); err == nil {
		return 0, fmt.Errorf("%s: %w", file, fs.ErrExist)
	}
	f, err := durable.New(filepath.Dir(file), filepath.Base(file))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Drop()) }()
	err = src.Write(ctx, f, recipients)
	if err == nil {
		n, err = f.Seek(0, io.SeekCurrent)
	}
	if err == nil {
		err = f.Create(file)
	}
	return n, err
}

func backupProblem(err error) error {
	code := "backup-failed"
	switch {
	case errors.Is(err, backup.ErrNoHub):
		code = "backup-no-hub"
	case errors.Is(err, fs.ErrExist):
		code = "backup-exists"
	}
	return &control.Problem{Status: http.StatusConflict, Code: code, Reason: words.ForLine().Backup(code), Hint: err.Error()}
}
