package lan

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Assets are files built into the program, under a name that changes with their content, so that
// a browser keeps them for ever and never has an old one. The hash is of all of them and stands
// in the folder's name: scripts and styles may name each other, and an update changes all.
type Assets struct {
	root  string // "/counter/static/3f2a91c4d05e/"
	files map[string]asset
}

type asset struct {
	kind  string
	plain []byte
	// packed packs the file when it is first asked for, and not before the screen's first picture.
	// It returns nil where packing saves nothing.
	packed func() []byte
}

// minPacked is the smallest file that is worth packing: below, it fits into one packet anyway.
const minPacked = 1 << 10

// NewAssets reads all files of a folder, to be served below prefix ("/counter/static/").
func NewAssets(prefix string, files fs.FS) (*Assets, error) {
	a := &Assets{files: map[string]asset{}}
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%q %d\n", name, len(data))
		sum.Write(data)
		kind := kindOf(name)
		a.files[name] = asset{kind, data, sync.OnceValue(func() []byte { return pack(kind, data) })}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	a.root = strings.TrimSuffix(prefix, "/") + "/" + hex.EncodeToString(sum.Sum(nil)[:6]) + "/"
	return a, nil
}

// Path is the address of a file, for a page's template. For a file that is not there it is an
// error, so that the page's test fails and not the page.
func (a *Assets) Path(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return a.root + name, nil
}

// ServeHTTP serves the files under their present names, and 404 for any other.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, a.root)
	one, there := a.files[name]
	if !ok || !there {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", one.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	data := one.plain
	if packed := one.packed(); packed != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r) && r.Header.Get("Range") == "" {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", fmt.Sprint(len(packed)))
			if r.Method == http.MethodGet {
				_, _ = w.Write(packed) // a browser that went away needs no file
			}
			return
		}
	}
	http.ServeContent(w, r, path.Base(name), time.Time{}, bytes.NewReader(data))
}

// kindOf is the type of a file. The box may have no table of types, so those in use stand here.
func kindOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".ogg", ".opus":
		return "audio/ogg"
	case ".wav":
		return "audio/wav"
	default:
		if kind := mime.TypeByExtension(ext); kind != "" {
			return kind
		}
		return "application/octet-stream"
	}
}

// pack packs what is text; nil where that saves nothing.
func pack(kind string, data []byte) []byte {
	text := strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "image/svg") || strings.HasPrefix(kind, "application/json")
	if !text || len(data) < minPacked {
		return nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(data)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil || b.Len() >= len(data) { // a buffer in memory takes all
		return nil
	}
	return b.Bytes()
}

// takesGzip reads Accept-Encoding as browsers write it.
func takesGzip(r *http.Request) bool {
	return slices.ContainsFunc(strings.Split(r.Header.Get("Accept-Encoding"), ","), func(s string) bool {
		name, q, _ := strings.Cut(strings.TrimSpace(s), ";")
		q = strings.ReplaceAll(q, " ", "")
		return strings.EqualFold(strings.TrimSpace(name), "gzip") && q != "q=0" && !strings.HasPrefix(q, "q=0.0")
	})
}
