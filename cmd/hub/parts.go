package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk/secret"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/files"
	"github.com/motcua/gateway/sync/hub/s3"
	"github.com/motcua/gateway/sync/hub/sealed"
	"github.com/motcua/gateway/sync/hub/sqlstore"
	"github.com/motcua/gateway/sync/wire"
)

// parts are what serving and the verbs stand on alike: a verb sees just what a request sees, and
// needs no hub that runs.
type parts struct {
	store     *sqlstore.Store
	pages     hub.Pages
	signer    *wire.Signer
	registrar *enrol.Registrar
	key       *secret.Key
	sticks    []*age.X25519Identity // what comes on a stick, and backups, may be sealed for
}

// purposeStatement is the purpose of the hub's key from which its signing key is derived: hubs
// side by side that are given one key sign alike, and it needs no file of its own.
const purposeStatement = "hub/statement"

func openParts(ctx context.Context, c *config, state string, now func() time.Time, log *slog.Logger) (*parts, error) {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	key, err := secret.OpenHubKey(state)
	if err != nil {
		return nil, err
	}
	seed := key.Derive(purposeStatement)
	p := &parts{signer: wire.NewSigner(ed25519.NewKeyFromSeed(seed[:])), key: key}
	sc := sqlstore.Config{Keys: key, Now: now, Log: log}
	if c.Database.Postgres != "" {
		p.store, err = sqlstore.OpenPostgres(ctx, c.Database.Postgres, sc)
	} else {
		p.store, err = sqlstore.OpenSQLite(ctx, filepath.Join(state, "hub.db"), sc)
	}
	if err != nil {
		return nil, err
	}
	if err := p.open(ctx, c, state, now, log); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// open opens what stands beside the database.
func (p *parts) open(ctx context.Context, c *config, state string, now func() time.Time, log *slog.Logger) error {
	objects, err := openObjects(ctx, c, state)
	if err != nil {
		return err
	}
	// First of all these, because they tell whether hub.key is the database's own: with another one
	// a hub would find nobody whom the database holds, and nobody to erase.
	if p.sticks, err = p.stickKeys(ctx); err != nil {
		return err
	}
	if p.pages, err = sealed.New(objects); err != nil {
		return err
	}
	authority, err := enrol.OpenAuthority(filepath.Join(state, "authority"), now())
	if err != nil {
		return err
	}
	p.registrar, err = enrol.NewRegistrar(enrol.RegistrarConfig{Authority: authority, Store: p.store.Enrolment(), Names: c.Names, Now: now, Log: log})
	return err
}

func (p *parts) close() error { return p.store.Close() }

// openObjects opens where the pages lie.
func openObjects(ctx context.Context, c *config, state string) (sealed.Objects, error) {
	s := c.Pages.S3
	if s == nil {
		return files.Open(files.Options{Dir: cmp.Or(c.Pages.Folder, filepath.Join(state, "pages"))})
	}
	access, private, err := readKeyFile(s.KeyFile)
	if err != nil {
		return nil, err
	}
	return s3.Open(ctx, s3.Config{
		Endpoint: s.Endpoint, Secure: !s.Insecure, Region: s.Region, Bucket: s.Bucket, Prefix: s.Prefix,
		AccessKey: access, SecretKey: s3.Secret(private),
	})
}

// readKeyFile reads the two lines of an S3 account, from a file that nobody else may read.
func readKeyFile(path string) (access, private string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", "", fmt.Errorf("read the keys of S3: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("others may read it: chmod 600 %s", path)
	}
	if err != nil {
		return "", "", fmt.Errorf("read the keys of S3: %w", err)
	}
	lines := bufio.NewScanner(io.LimitReader(f, 4096))
	for _, to := range []*string{&access, &private} {
		if lines.Scan() {
			*to = strings.TrimSpace(lines.Text())
		}
	}
	if err := lines.Err(); err != nil || private == "" {
		return "", "", errors.Join(err, fmt.Errorf("read the keys of S3: %s: want two lines, access key and secret key", path))
	}
	return access, private, nil
}

// identified tells whose a request is that the registrar has let through.
func identified(r *http.Request) (hub.Identity, error) {
	who, ok := enrol.IdentityOf(r.Context())
	if !ok {
		return hub.Identity{}, &wire.Problem{Status: http.StatusForbidden, Code: wire.CodeUnknown, Title: "nobody here knows you"}
	}
	return hub.Identity{Gateway: who.Gateway, Site: who.Site}, nil
}
