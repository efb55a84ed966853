package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// row says what a package may import. A package that no row names may not exist.
type row struct {
	packages string   // a path in the module; "/..." means it and all below
	own      []string // packages of ours that it may reach, in the same form
	modules  []string // third parties that it may reach, with what they bring along
	never    []string // of the standard library, as direct imports; "/..." as above
}

// rows is the table of the house. Rooms that are still to be built have their rows already.
func rows() []row {
	const (
		fyne    = "fyne.io/fyne/v2"
		barcode = "github.com/boombuler/barcode"
		image   = "golang.org/x/image"
		text    = "golang.org/x/text"
		crypto  = "golang.org/x/crypto"
		sys     = "golang.org/x/sys"
		fonts   = "github.com/go-fonts/liberation"
		dejavu  = "github.com/go-fonts/dejavu"
	)
	// The domain does no I/O. Values that log themselves (slog.LogValuer) are no I/O, and neither
	// is reading an address (net/netip).
	pure := []string{"os/...", "net", "net/http/...", "net/rpc/...", "net/smtp", "net/mail", "net/textproto", "log"}
	device := []string{"kiosk", "drivers", "drivers/serialport"}
	return []row{
		{"kiosk", nil, nil, pure},
		{"kiosk/calendar", []string{"kiosk"}, nil, pure},
		{"kiosk/catalogue", []string{"kiosk"}, nil, pure},
		{"kiosk/staff", []string{"kiosk"}, nil, pure},
		{"kiosk/report", []string{"kiosk"}, nil, pure},
		// Whoever keeps files may reach it: it is of the standard library alone.
		{"kiosk/durable", nil, nil, []string{"net/..."}},
		{"kiosk/boltstore", []string{"kiosk", "kiosk/durable"}, []string{"go.etcd.io/bbolt"}, nil},
		{"kiosk/secret", []string{"kiosk", "kiosk/durable"}, []string{crypto, sys, text}, nil},
		{"kiosk/blobstore", []string{"kiosk", "kiosk/durable", "kiosk/secret"}, []string{crypto}, nil},
		{"kiosk/control", []string{"kiosk", "kiosk/staff", "kiosk/report"}, nil, []string{"testing"}},
		{"kiosk/kiosktest", []string{"kiosk"}, nil, []string{"net/..."}},

		{"drivers", []string{"kiosk"}, nil, nil},
		{"drivers/serialport", nil, []string{"github.com/tarm/serial"}, nil},
		{"drivers/pins", nil, []string{"periph.io/x/conn/v3", "periph.io/x/host/v3"}, nil},
		{"drivers/pcsc", nil, []string{"github.com/ebfe/scard"}, nil},
		{"drivers/escpos", device, []string{fonts, dejavu, image, text, barcode}, nil},
		{"drivers/pn532", append(device, "drivers/pins"), nil, nil},
		{"drivers/idcard", device, []string{text}, nil},
		{"drivers/emrtd", append(device, "drivers/idcard"), []string{"github.com/osanderson/brainpool", text}, nil},
		{"drivers/scanner", device, nil, nil},
		{"drivers/speech", device, nil, nil},
		{"drivers/drivertest", device, nil, nil},
		// The devices that are programs know nothing of the office and of no driver but the line.
		{"drivers/simulated/...", []string{"drivers/serialport", "drivers/simulated/..."}, []string{"github.com/creack/pty", fonts, dejavu, image, barcode, sys}, nil},

		{"sync/wire", []string{"kiosk"}, []string{text}, nil},
		{"sync/wire/openapi", nil, nil, nil},
		{"sync/uplink", []string{"kiosk", "sync/wire"}, []string{"github.com/klauspost/compress", "golang.org/x/sync", sys}, nil},
		{"sync/backup", []string{"kiosk", "kiosk/durable", "sync/wire"}, []string{"filippo.io/age"}, nil},
		{"sync/ferry", []string{"kiosk", "kiosk/durable", "sync/wire"}, []string{"filippo.io/age"}, nil},
		{"sync/enrol", []string{"kiosk", "kiosk/durable", "sync/wire"}, []string{"github.com/smallstep/pkcs7"}, nil},
		{"sync/enrol/enroltest", []string{"kiosk", "kiosk/durable", "sync/wire", "sync/enrol"}, nil, nil},
		{"sync/hub", []string{"kiosk", "sync/wire"}, []string{"github.com/klauspost/compress", "github.com/prometheus/client_golang", "golang.org/x/sync"}, nil},
		{"sync/hub/sqlstore", []string{"kiosk", "kiosk/durable", "sync/wire", "sync/hub", "sync/enrol"}, []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5", "filippo.io/age"}, nil},
		{"sync/hub/sqlstore/pgtest", nil, nil, nil},
		{"sync/hub/sealed", []string{"kiosk", "sync/wire", "sync/hub"}, []string{"filippo.io/age"}, nil},
		{"sync/hub/files", []string{"kiosk", "kiosk/durable", "sync/wire", "sync/hub", "sync/hub/sealed"}, nil, nil},
		{"sync/hub/s3", []string{"kiosk", "sync/wire", "sync/hub", "sync/hub/sealed"}, []string{"github.com/minio/minio-go/v7"}, nil},
		{"sync/hub/pagesuite", []string{"kiosk", "sync/wire", "sync/hub", "sync/hub/sealed"}, []string{"filippo.io/age"}, nil},
		// The bad line shares no code with what it tests.
		{"sync/hubtest/line/...", nil, []string{sys}, nil},
		{"sync/hubtest/door", nil, nil, nil},
		{"sync/hubtest/stick", nil, nil, nil},
		{"sync/hubtest", []string{"kiosk", "sync/wire", "sync/hub"}, nil, nil},

		{"ui/words", []string{"kiosk"}, nil, nil},
		// What pages are looked at with; no program of ours reaches it.
		{"ui/browsertest", nil, []string{"github.com/chromedp/chromedp", "github.com/chromedp/cdproto"}, nil},
		{"ui/lan", []string{"kiosk", "kiosk/durable", "kiosk/staff", "ui/words"}, nil, nil},
		{"ui/counter", []string{"kiosk", "kiosk/durable", "kiosk/staff", "ui/words", "ui/lan"}, nil, nil},
		{"ui/lead", []string{"kiosk", "kiosk/durable", "kiosk/staff", "kiosk/report", "ui/words", "ui/lan"}, nil, nil},
		{"ui/board", []string{"kiosk", "kiosk/durable", "kiosk/staff", "ui/words", "ui/lan"}, nil, nil},
		{"ui/rating", []string{"kiosk", "kiosk/durable", "kiosk/staff", "ui/words", "ui/lan"}, nil, nil},
		{"ui/province", []string{"kiosk", "kiosk/durable", "kiosk/staff", "ui/words", "ui/lan"}, nil, nil},
		{"ui/touch/...", []string{"kiosk", "kiosk/durable", "kiosk/staff", "ui/words", "ui/lan", "ui/touch/..."}, []string{fyne, barcode, image, text, sys}, nil},

		{"cmd/internal/buildinfo", nil, nil, nil},
		{"cmd/...", []string{"kiosk/...", "drivers/...", "sync/...", "ui/...", "cmd/internal/..."}, []string{"*"}, nil},
	}
}

const module = "github.com/motcua/gateway"

// listed is what go list tells of a package.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
	Module     *struct{ Path string }
}

// list returns all packages that ours are built of, under build tags.
func list(t *testing.T, tags, cgo string) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps,Standard,Module", "-tags", tags, "./...")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

func (p listed) ours() (string, bool) {
	if p.Module == nil || p.Module.Path != module {
		return "", false
	}
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/"), true
}

// fits reports whether a path is the pattern's, or below it where that ends in "/...".
func fits(name, pattern string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == below || strings.HasPrefix(name, below+"/")
	}
	return name == pattern || pattern == "*"
}

func fitsAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return fits(name, p) })
}

func TestImports(t *testing.T) {
	t.Parallel()
	for name, build := range map[string][2]string{"no tags": {"", "1"}, "noos": {"noos", "0"}, "window": {"window", "1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, problem := range breaches(list(t, build[0], build[1]), rows()) {
				t.Error(problem)
			}
		})
	}
}

// breaches returns each import that no row allows.
func breaches(all map[string]listed, table []row) []string {
	var out []string
	for _, p := range all {
		name, ours := p.ours()
		if !ours {
			continue
		}
		i := slices.IndexFunc(table, func(r row) bool { return fits(name, r.packages) })
		if i < 0 {
			out = append(out, name+" has no row: say in imports_test.go what it may import")
			continue
		}
		r := table[i]
		// What a package of ours may reach, it may bring along; and so may a third party.
		modules := slices.Clone(r.modules)
		for _, dep := range p.Deps {
			other, ours := all[dep].ours()
			if j := slices.IndexFunc(table, func(o row) bool { return fits(other, o.packages) }); ours && j >= 0 && fitsAny(other, r.own) {
				modules = append(modules, table[j].modules...)
			}
		}
		brought := map[string]bool{}
		for _, dep := range p.Deps {
			if d := all[dep]; d.Module != nil && fitsAny(d.Module.Path, modules) {
				for _, b := range d.Deps {
					brought[b] = true
				}
			}
		}
		for _, dep := range p.Deps {
			d := all[dep]
			if other, ours := d.ours(); ours {
				if !fitsAny(other, r.own) && !fits(other, r.packages) {
					out = append(out, name+" reaches "+other)
				}
			} else if d.Module != nil && !d.Standard && !fitsAny(d.Module.Path, modules) && !brought[dep] {
				out = append(out, name+" reaches "+dep+" of "+d.Module.Path)
			}
		}
		for _, dep := range p.Imports {
			if all[dep].Standard && fitsAny(dep, r.never) {
				out = append(out, name+" imports "+dep)
			}
			if strings.HasPrefix(dep, module+"/cmd/") && !strings.HasPrefix(dep, module+"/cmd/internal/") {
				out = append(out, name+" imports a command: "+dep)
			}
			if dep == "fyne.io/fyne/v2/app" && !strings.HasPrefix(name, "cmd/") {
				out = append(out, name+" imports fyne/app: a window is given to it")
			}
		}
	}
	slices.Sort(out)
	return out
}

// The test can fail: a small world with one breach of each kind.
func TestBreachesAreFound(t *testing.T) {
	t.Parallel()
	own := &struct{ Path string }{module}
	bolt := &struct{ Path string }{"go.etcd.io/bbolt"}
	world := map[string]listed{}
	add := func(p listed) { world[p.ImportPath] = p }
	at := func(name string) string { return path.Join(module, name) }
	add(listed{ImportPath: "net/http", Standard: true})
	add(listed{ImportPath: "go.etcd.io/bbolt", Module: bolt, Deps: []string{"golang.org/x/sys/unix"}})
	add(listed{ImportPath: "golang.org/x/sys/unix", Module: &struct{ Path string }{"golang.org/x/sys"}})
	add(listed{ImportPath: "fyne.io/fyne/v2/app", Module: &struct{ Path string }{"fyne.io/fyne/v2"}})
	add(listed{ImportPath: at("kiosk"), Module: own, Imports: []string{"net/http"}, Deps: []string{"net/http"}})
	add(listed{ImportPath: at("kiosk/boltstore"), Module: own, Deps: []string{at("kiosk"), "go.etcd.io/bbolt", "golang.org/x/sys/unix", "net/http"}})
	add(listed{ImportPath: at("kiosk/control"), Module: own, Deps: []string{at("kiosk"), at("kiosk/boltstore"), "go.etcd.io/bbolt", "golang.org/x/sys/unix", "net/http"}})
	add(listed{ImportPath: at("ui/touch/look"), Module: own, Imports: []string{"fyne.io/fyne/v2/app"}, Deps: []string{"fyne.io/fyne/v2/app"}})
	add(listed{ImportPath: at("util"), Module: own})
	want := []string{
		"kiosk imports net/http",
		"kiosk/control reaches go.etcd.io/bbolt of go.etcd.io/bbolt",
		"kiosk/control reaches golang.org/x/sys/unix of golang.org/x/sys",
		"kiosk/control reaches kiosk/boltstore",
		"ui/touch/look imports fyne/app: a window is given to it",
		"util has no row: say in imports_test.go what it may import",
	}
	if got := breaches(world, rows()); !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
