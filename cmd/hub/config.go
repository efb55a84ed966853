package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// config is a configuration file.
type config struct {
	// Listen is where gateways connect, HOST:PORT; Names are the DNS names and addresses by which
	// they call the hub: they stand in its certificate.
	Listen string   `toml:"listen"`
	Names  []string `toml:"names"`
	// Status is plain HTTP without a login, so only on this machine.
	Status   string         `toml:"status"`
	Line     lineConfig     `toml:"line"`
	Database databaseConfig `toml:"database"`
	Pages    pagesConfig    `toml:"pages"`
	Page     pageConfig     `toml:"page"`
	Sites    []siteConfig   `toml:"site"`
}

// lineConfig is [line]: how many connections stand in the gateways' door at once.
type lineConfig struct {
	Connections int `toml:"connections"` // in all
	// Strangers is how many of one address have not shown yet that they are a gateway's, and
	// Gateways how many have. An address is an office with three boxes, or a carrier's NAT with a
	// whole province behind it.
	Strangers int `toml:"strangers_per_address"`
	Gateways  int `toml:"gateways_per_address"`
}

// defaultLine has room for a province that comes back at one moment through one address, where
// each of 162 gateways is a stranger until its handshake is over; and for the connections that a
// bad line has cut and nobody has missed yet, twelve of each gateway. No single address has more
// than a tenth of all.
func defaultLine() lineConfig {
	return lineConfig{Connections: 20_000, Strangers: 256, Gateways: 2_000}
}

// pageConfig is [page]: what people of the province see in a browser.
type pageConfig struct {
	// Listen is where browsers connect, HTTPS with logins; empty: nowhere. Names are those of the
	// address that people type.
	Listen string   `toml:"listen"`
	Names  []string `toml:"names"`
	Title  string   `toml:"title"` // the province's name, above every page
}

// siteConfig is [[site]]: an office by its name.
type siteConfig struct {
	Code    string `toml:"code"`
	Name    string `toml:"name"`
	Commune string `toml:"commune"`
}

// databaseConfig is [database].
type databaseConfig struct {
	// Postgres is an address, "host=/run/postgresql dbname=hub"; empty: SQLite in the state folder.
	// A password belongs into ~/.pgpass.
	Postgres string `toml:"postgres"`
}

// pagesConfig is [pages].
type pagesConfig struct {
	// Folder is where pages lie; empty: DIR/pages.
	Folder string    `toml:"folder"`
	S3     *s3Config `toml:"s3"` // nil: in files
}

// s3Config is [pages.s3].
type s3Config struct {
	Endpoint string `toml:"endpoint"` // host:port
	Insecure bool   `toml:"insecure"` // without TLS
	Region   string `toml:"region"`
	Bucket   string `toml:"bucket"`
	Prefix   string `toml:"prefix"`
	// KeyFile holds two lines: access key, secret key.
	KeyFile string `toml:"key_file"`
}

// What values have to be.
const (
	wantAddress  = `want HOST:PORT such as "0.0.0.0:8443"`
	wantLoopback = "it is plain HTTP without a login, so only an address of this machine will do: 127.0.0.1:PORT, [::1]:PORT or localhost:PORT"
	wantName     = `want a name such as "hub.quangninh.gov.vn", or an address without a port`
)

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != "" && len(s) < 300
}

func isLoopback(s string) bool {
	host, _, err := net.SplitHostPort(s)
	ip, notIP := netip.ParseAddr(host)
	return err == nil && (host == "localhost" || notIP == nil && ip.IsLoopback())
}

func isName(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || s != "" && len(s) <= 253 && !strings.ContainsAny(s, " :/\t\n")
}

// check tells what is wrong with each value, by its key.
func (c *config) check(wrong func(key, want string)) {
	if !isAddress(c.Listen) {
		wrong("listen", wantAddress)
	}
	if !isLoopback(c.Status) {
		wrong("status", wantLoopback)
	}
	if slices.ContainsFunc(c.Names, func(n string) bool { return !isName(n) }) {
		wrong("names", wantName)
	}
	for _, v := range []struct {
		key string
		n   int
	}{{"connections", c.Line.Connections}, {"strangers_per_address", c.Line.Strangers}, {"gateways_per_address", c.Line.Gateways}} {
		if v.n < 1 || v.n > maxConnections {
			wrong("line."+v.key, fmt.Sprintf("want a number from 1 to %d", maxConnections))
		}
	}
	if c.Page.Listen != "" && !isAddress(c.Page.Listen) {
		wrong("page.listen", wantAddress)
	}
	if slices.ContainsFunc(c.Page.Names, func(n string) bool { return !isName(n) }) {
		wrong("page.names", wantName)
	}
	if slices.ContainsFunc(c.Sites, func(v siteConfig) bool { return v.Code == "" || v.Name == "" }) {
		wrong("site", "want a code and a name for each")
	}
	s := c.Pages.S3
	if s == nil {
		return
	}
	if c.Pages.Folder != "" {
		wrong("pages.folder", "want a folder or [pages.s3], not both")
	}
	if !isAddress(s.Endpoint) {
		wrong("pages.s3.endpoint", `want HOST:PORT such as "s3.tinh.gov.vn:443"`)
	}
	if s.Bucket == "" {
		wrong("pages.s3.bucket", "want the name of a bucket that is there")
	}
	if s.KeyFile == "" {
		wrong("pages.s3.key_file", "want a file of two lines, access key and secret key")
	}
}

const (
	maxConfig      = 1 << 16 // of a file, in bytes
	maxConnections = 1_000_000
)

// configError is a configuration that is wrong, with FILE:LINE where that is known.
type configError struct{ text string }

func (e *configError) Error() string { return e.text }

// loadConfig reads the file; empty: what a hub is without one.
func loadConfig(file string) (*config, error) {
	c := &config{Listen: "127.0.0.1:8443", Status: "127.0.0.1:8444", Line: defaultLine()}
	if file == "" {
		return c, c.complete()
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, &configError{err.Error()}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, &configError{err.Error()}
	}
	if len(data) > maxConfig {
		return nil, &configError{fmt.Sprintf("%s: more than %d bytes, want a configuration", file, maxConfig)}
	}
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(c); err != nil {
		return nil, explainTOML(file, err)
	}
	var problems []string
	c.check(func(key, want string) {
		problems = append(problems, fmt.Sprintf("%s:%d: %s: %s", file, lineOf(data, key), key, want))
	})
	if len(problems) > 0 {
		return nil, &configError{strings.Join(problems, "\n")}
	}
	return c, c.complete()
}

// complete gives the hub the names of this machine where it was given none.
func (c *config) complete() error {
	if len(c.Names) > 0 {
		return nil
	}
	c.Names = []string{"localhost", "127.0.0.1", "::1"}
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("find this machine's name: %w", err)
	}
	if host != "localhost" && isName(host) {
		c.Names = append(c.Names, host)
	}
	return nil
}

// explainTOML puts file and line before what is wrong.
func explainTOML(file string, err error) error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		lines := make([]string, len(strict.Errors))
		for i := range strict.Errors {
			d := &strict.Errors[i]
			line, _ := d.Position()
			lines[i] = fmt.Sprintf("%s:%d: %s: no such key", file, line, strings.Join(d.Key(), "."))
		}
		return &configError{strings.Join(lines, "\n")}
	}
	if d, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := d.Position()
		where := strings.Join(d.Key(), ".")
		if where != "" {
			where += ": "
		}
		return &configError{fmt.Sprintf("%s:%d: %s%s", file, line, where, strings.TrimPrefix(d.Error(), "toml: "))}
	}
	return &configError{file + ": " + err.Error()}
}

// lineOf returns the line on which a key stands, or else the table that it should stand in.
func lineOf(data []byte, key string) int {
	var p unstable.Parser
	p.Reset(data)
	line, table := 1, ""
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind != unstable.Table && e.Kind != unstable.KeyValue {
			continue
		}
		var path []string
		at := 0
		for it := e.Key(); it.Next(); {
			if path == nil {
				at = 1 + bytes.Count(data[:it.Node().Raw.Offset], []byte("\n"))
			}
			path = append(path, string(it.Node().Data))
		}
		here := strings.Join(path, ".")
		if e.Kind == unstable.Table {
			table = here + "."
		} else {
			here = table + here
		}
		if here == key {
			return at
		}
		if strings.HasPrefix(key, here+".") {
			line = at
		}
	}
	return line
}
