//go:build soak

package main_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"crypto/sha256"

	"filippo.io/age"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/minio/minio-go/v7"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/motcua/gateway/kiosk/secret"
)

// province reads what a hub keeps, by SQL of its own and by age. The one thing that it takes from
// the code under test is the hub's key, which opens the dossiers' keys.
type province struct {
	db    *sql.DB
	open  func(name string) (io.ReadCloser, error) // an object with a page's sealed bytes
	key   *secret.Key
	words ed25519.PublicKey // of statements, as GET /v1/keys tells it
}

// openDatabase opens a hub's database to look at it: a file, or an address of PostgreSQL.
func openDatabase(file, address string) (*sql.DB, error) {
	if address != "" {
		return sql.Open("pgx", address)
	}
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(20000)", "query_only(ON)"}}
	return sql.Open("sqlite", "file:"+file+"?"+q.Encode())
}

// inFolder opens objects that are files, inBucket those of an S3 store.
func inFolder(dir string) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join(dir, filepath.FromSlash(name))) }
}

func inBucket(c *minio.Client) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		return c.GetObject(context.Background(), s3Bucket, name, minio.GetObjectOptions{})
	}
}

// of reads everything that is kept of a gateway.
func (p *province) of(ctx context.Context, gateway string) (*held, error) {
	h := &held{marks: map[uint64]heldMark{}, dossiers: map[string]*heldDossier{}, issued: map[string]uint64{}, key: p.words}
	return h, errors.Join(
		p.rows(ctx, func(scan func(...any) error) error {
			var epoch uint64
			var m heldMark
			err := scan(&epoch, &m.seq, &m.chain)
			h.marks[epoch] = m
			return err
		}, `SELECT epoch, seq, chain FROM marks WHERE gateway = $1`, gateway),
		p.rows(ctx, func(scan func(...any) error) error {
			var e heldEvent
			err := scan(&e.at.epoch, &e.at.seq, &e.json)
			h.events = append(h.events, e)
			return err
		}, `SELECT epoch, seq, data FROM events WHERE gateway = $1 ORDER BY epoch, seq`, gateway),
		p.rows(ctx, func(scan func(...any) error) error {
			var at spot
			var why string
			err := scan(&at.epoch, &at.seq, &why)
			h.aside = append(h.aside, at.String()+" "+why)
			return err
		}, `SELECT epoch, seq, why FROM quarantine WHERE gateway = $1 ORDER BY epoch, seq`, gateway),
		p.rows(ctx, func(scan func(...any) error) error {
			var v heldItem
			err := scan(&v.cursor, &v.kind, &v.json)
			h.feed = append(h.feed, v)
			return err
		}, `SELECT cursor, kind, data FROM feed WHERE gateway = $1 ORDER BY cursor`, gateway),
		p.rows(ctx, func(scan func(...any) error) error { return scan(&h.newest) },
			`SELECT feed FROM gateways WHERE gateway = $1`, gateway),
		p.rows(ctx, func(scan func(...any) error) error {
			var day, n uint64
			var service string
			err := scan(&day, &service, &n)
			h.issued[fmt.Sprintf("%04d-%02d-%02d %s", day/10000, day/100%100, day%100, service)] = n
			return err
		}, `SELECT n.day, n.service, n.seq FROM numbers n JOIN boxes b ON b.site = n.site WHERE b.gateway = $1`, gateway),
		p.dossiers(ctx, gateway, h),
	)
}

func (p *province) dossiers(ctx context.Context, gateway string, h *held) error {
	keys := map[string]*age.X25519Identity{}
	err := p.rows(ctx, func(scan func(...any) error) error {
		var id string
		var wrapped []byte
		d := &heldDossier{}
		if err := scan(&id, &d.gateway, &d.site, &d.manifest, &d.statement, &d.missing, &d.complete, &d.bytes, &d.counted, &wrapped); err != nil {
			return err
		}
		h.dossiers[id] = d
		plain, err := p.key.Open("hub/dossier-identity", wrapped, []byte(id))
		if err != nil {
			return fmt.Errorf("the key of dossier %s: %w", id, err)
		}
		keys[id], err = age.ParseX25519Identity(string(plain))
		return err
	}, `SELECT dossier, gateway, site, manifest, statement, missing, complete_at, bytes, pages, identity FROM dossiers WHERE gateway = $1`, gateway)
	if err != nil {
		return err
	}
	return p.rows(ctx, func(scan func(...any) error) error {
		var id string
		var v heldPage
		if err := scan(&id, &v.component, &v.hash, &v.media, &v.size, &v.kept); err != nil {
			return err
		}
		v.sum, v.trouble = p.page(id, v.hash, keys[id])
		h.dossiers[id].pages = append(h.dossiers[id].pages, v)
		return nil
	}, `SELECT p.dossier, p.component, p.hash, p.media, p.size, p.kept_at FROM pages p JOIN dossiers d ON d.dossier = p.dossier
		WHERE d.gateway = $1 ORDER BY p.dossier, p.place`, gateway)
}

// page opens a page where package sealed says that it lies, and returns what its bytes hash to.
func (p *province) page(dossier, hash string, key *age.X25519Identity) (sum, trouble string) {
	sealed, err := p.open("pages/" + dossier[len(dossier)-2:] + "/" + dossier + "/" + hash + ".age")
	if errors.Is(err, fs.ErrNotExist) {
		return "", "no such object"
	}
	if err != nil {
		return "", err.Error()
	}
	defer sealed.Close()
	plain, err := age.Decrypt(sealed, key)
	if err != nil {
		return "", err.Error()
	}
	h := sha256.New()
	if _, err := io.Copy(h, plain); err != nil {
		return "", err.Error()
	}
	return hexSum(h), ""
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// rows runs a query and gives each row to take.
func (p *province) rows(ctx context.Context, take func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := p.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return rows.Err()
}
