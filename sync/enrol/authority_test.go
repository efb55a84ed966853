package enrol

import (
	"bytes"
	"crypto/elliptic"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

func birth() time.Time { return time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC) }

// files lists a folder.
func files(t testing.TB, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	return strings.Join(names, " ")
}

func openAuthority(t testing.TB, dir string) *Authority {
	t.Helper()
	a, err := OpenAuthority(dir, birth())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAuthorityIsMadeOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	a := openAuthority(t, dir)
	if b := openAuthority(t, dir); !b.cert.Equal(a.cert) || !b.key.Equal(a.key) {
		t.Error("another one after a restart")
	}
	if got := files(t, dir); got != "ca.key ca.pem" {
		t.Errorf("the folder holds %s", got)
	}
	info, err := os.Stat(filepath.Join(dir, authorityKey))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode: %v %v", info.Mode(), err)
	}
	if c := a.cert; !c.IsCA || c.MaxPathLen != 0 || c.PublicKeyAlgorithm != x509.ECDSA || a.key.Curve != elliptic.P256() {
		t.Errorf("not the authority that we want: %+v", c)
	}
}

// Hub processes that start at the same moment over one folder have one authority.
func TestAuthorityOfManyProcesses(t *testing.T) {
	t.Parallel()
	for range 10 {
		dir := filepath.Join(t.TempDir(), "ca")
		found := make([]*Authority, 8)
		var all sync.WaitGroup
		for i := range found {
			all.Go(func() {
				a, err := OpenAuthority(dir, birth())
				if err != nil {
					t.Error(err)
				}
				found[i] = a
			})
		}
		all.Wait()
		for _, a := range found {
			if a == nil || !a.cert.Equal(found[0].cert) || !a.key.PublicKey.Equal(found[0].key.Public()) {
				t.Fatal("two authorities")
			}
		}
		if got := files(t, dir); got != "ca.key ca.pem" {
			t.Errorf("the folder holds %s", got)
		}
	}
}

// Between the two files there may have been a power cut.
func TestAuthorityIsFinished(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	a := openAuthority(t, dir)
	if err := os.Remove(filepath.Join(dir, authorityCert)); err != nil {
		t.Fatal(err)
	}
	b := openAuthority(t, dir)
	if !b.key.Equal(a.key) {
		t.Error("another key")
	}
	// What the first certificate has signed is still good.
	cert, err := a.issueGateway(wire.NewGatewayID(), kiosk.SiteCode("22-07192"), a.key.Public(), time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(cert, b.pool, x509.ExtKeyUsageClientAuth); err != nil {
		t.Error(err)
	}
}

func TestAuthorityIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	other := filepath.Join(t.TempDir(), "other")
	openAuthority(t, other)
	copyOf := func(name string) func(string) error {
		return func(path string) error {
			data, err := os.ReadFile(filepath.Join(other, name))
			if err != nil {
				return err
			}
			return os.WriteFile(path, data, 0o600)
		}
	}
	for name, v := range map[string]struct {
		file   string
		damage func(path string) error
		says   string
	}{
		"no key":             {authorityKey, os.Remove, "is missing"},
		"key cut":            {authorityKey, func(p string) error { return os.Truncate(p, 40) }, "PRIVATE KEY"},
		"key emptied":        {authorityKey, func(p string) error { return os.Truncate(p, 0) }, "PRIVATE KEY"},
		"key open to others": {authorityKey, func(p string) error { return os.Chmod(p, 0o644) }, "0644"},
		"key of another":     {authorityKey, copyOf(authorityKey), "another key"},
		"key too large":      {authorityKey, func(p string) error { return os.Truncate(p, maxFile+1) }, "more than"},
		"key is a folder":    {authorityKey, func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) }, "no ordinary file"},
		"key is a link": {authorityKey, func(p string) error {
			return errors.Join(os.Remove(p), os.Symlink(filepath.Join(other, authorityKey), p))
		}, "link"},
		"certificate cut":     {authorityCert, func(p string) error { return os.Truncate(p, 100) }, "CERTIFICATE"},
		"certificate emptied": {authorityCert, func(p string) error { return os.Truncate(p, 0) }, "CERTIFICATE"},
		"another certificate": {authorityCert, copyOf(authorityCert), "another key"},
		"certificate no authority": {authorityCert, func(p string) error {
			a, err := OpenAuthority(other, time.Now())
			if err != nil {
				return err
			}
			leaf, err := a.issueGateway(wire.NewGatewayID(), kiosk.SiteCode("22-07192"), a.key.Public(), time.Now(), time.Hour)
			if err != nil {
				return err
			}
			return os.WriteFile(p, writeCertificate(leaf.Raw), 0o644)
		}, "no authority"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "ca")
			openAuthority(t, dir)
			path := filepath.Join(dir, v.file)
			if err := v.damage(path); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(path)
			_, err := OpenAuthority(dir, birth())
			if err == nil || !strings.Contains(err.Error(), v.says) {
				t.Errorf("got %v, want something of %q", err, v.says)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

// A hub whose clock is set back after its first start issues certificates that are good.
func TestAuthorityAfterTheClockWentBack(t *testing.T) {
	t.Parallel()
	a := openAuthority(t, filepath.Join(t.TempDir(), "ca"))
	cert, err := a.issueGateway(wire.NewGatewayID(), kiosk.SiteCode("22-07192"), a.key.Public(), a.cert.NotBefore.Add(-1000*time.Hour), 90*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if cert.NotBefore.Before(a.cert.NotBefore) || cert.NotAfter.Sub(cert.NotBefore) != 90*24*time.Hour+early {
		t.Errorf("it lasts from %s to %s, its authority from %s", cert.NotBefore, cert.NotAfter, a.cert.NotBefore)
	}
	cert, err = a.issueGateway(wire.NewGatewayID(), kiosk.SiteCode("22-07192"), a.key.Public(), a.cert.NotAfter.Add(-time.Hour), 90*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if cert.NotAfter.After(a.cert.NotAfter) {
		t.Errorf("it ends %s, after its authority", cert.NotAfter)
	}
}
