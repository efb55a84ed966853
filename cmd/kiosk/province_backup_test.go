package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/backup"
	"github.com/motcua/gateway/sync/wire"
)

// Two backups into one file at once: one has it, whole, the other is told that it is there, and
// nothing of either is left beside it, nor of one that was killed before.
func TestTwoBackupsIntoOneFile(t *testing.T) {
	t.Parallel()
	hub, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	of := backup.Manifest{Gateway: wire.NewGatewayID(), Site: "coto", Certificate: [][]byte{cert}}
	dir := t.TempDir()
	file := filepath.Join(dir, "box.backup")
	if err := os.WriteFile(file+".new-17", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	var both, done sync.WaitGroup
	both.Add(2)
	errs := make([]error, 2)
	for i := range errs {
		src := &backup.Source{Dir: t.TempDir(), Signer: key, Manifest: of, Database: func(_ context.Context, w io.Writer) (int64, error) {
			both.Done()
			both.Wait() // both have begun their file
			n, err := w.Write(bytes.Repeat([]byte{byte(i)}, 1<<20))
			return int64(n), err
		}}
		done.Go(func() { _, errs[i] = writeBackup(t.Context(), src, file, []string{hub.Recipient().String()}) })
	}
	done.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), fs.ErrExist) {
		t.Errorf("got %v and %v, want one that is told it is there", errs[0], errs[1])
	}
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	trust := func(context.Context, []*x509.Certificate) (wire.GatewayID, kiosk.SiteCode, error) {
		return of.Gateway, of.Site, nil
	}
	if _, err := backup.Reseal(t.Context(), text, io.Discard, backup.Passphrase(), trust, hub); err != nil {
		t.Errorf("it does not open: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left beside it: %v, %v", entries, err)
	}
}
