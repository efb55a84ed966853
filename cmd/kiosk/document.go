package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// The bounds of a configuration file. The sample office is 12 kB; a file larger than this is
// some other file, given by mistake. The parser looks for keys that stand twice in a time that
// grows with the square of their number: 120,000 of them took 15 s.
const (
	maxDocument = 1 << 20 // bytes
	maxKeys     = 6000    // equals signs; the sample office has 220
	maxProblems = 50      // told at once; a terminal shows no more
	maxKept     = 200     // kept; the rest is counted
	maxDepth    = 6       // parts of a path that are given a line; we read no deeper than 4
)

// document is one TOML file with the line of each of its values, so that whatever is wrong
// with a value, found here or by kiosk.Setup.Check, is told with its place.
type document struct {
	root     map[string]any
	lines    map[string]int // path, as in "service[2].prefix", to line
	last     int            // the file's last line
	problems []problem
	more     int // problems beyond maxKept
}

// problem is one thing that is wrong with a file.
type problem struct {
	line int
	path string // empty where the file itself is broken
	text string
}

// configError is all that is wrong with a file.
type configError struct {
	file     string
	problems []problem
	more     int // found and not kept
}

// Error lists the problems, each on a line of its own: FILE:LINE: PATH: what and what would be right.
func (e *configError) Error() string {
	var b strings.Builder
	for i, p := range e.problems {
		if i == maxProblems {
			fmt.Fprintf(&b, "\n%s: and %d more", e.file, len(e.problems)-i+e.more)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d: ", e.file, p.line)
		if p.path != "" {
			b.WriteString(p.path + ": ")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// parseDocument reads a file's bytes. Its error is a *configError.
func parseDocument(name string, data []byte) (*document, error) {
	broken := func(line int, text string) error {
		return &configError{file: name, problems: []problem{{line: max(line, 1), text: text}}}
	}
	if len(data) > maxDocument {
		return nil, broken(1, fmt.Sprintf("found more than %d bytes, want a configuration file", maxDocument))
	}
	if bytes.Count(data, []byte("=")) > maxKeys {
		return nil, broken(1, fmt.Sprintf("found more than %d keys, want the configuration of an office", maxKeys))
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // Windows editors put it there
	if !utf8.Valid(data) {
		at := 0
		for rest := data; ; {
			r, n := utf8.DecodeRune(rest)
			if r == utf8.RuneError && n <= 1 {
				break
			}
			rest, at = rest[n:], at+n
		}
		return nil, broken(1+bytes.Count(data[:at], []byte("\n")), fmt.Sprintf("found the byte 0x%02X, want text in UTF-8 (save the file as UTF-8)", data[at]))
	}
	doc := &document{lines: map[string]int{}, last: 1 + bytes.Count(data, []byte("\n"))}
	if err := toml.Unmarshal(data, &doc.root); err != nil {
		line, text := 1, err.Error()
		if d, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ = d.Position()
		}
		return nil, broken(min(line, doc.last), strings.TrimPrefix(text, "toml: "))
	}
	if err := doc.index(data); err != nil {
		return nil, broken(1, err.Error())
	}
	return doc, nil
}

// index notes the line of every key and of every element of an array.
func (d *document) index(data []byte) error {
	breaks := []int{}
	for i, c := range data {
		if c == '\n' {
			breaks = append(breaks, i)
		}
	}
	lineOf := func(n *unstable.Node) int {
		i, _ := slices.BinarySearch(breaks, int(n.Raw.Offset))
		return i + 1
	}
	elements := map[string]int{} // of arrays of tables, by path
	// resolve appends a dotted key to a path; inside an array of tables it means the newest element.
	// Parts beyond maxDepth are dropped: a megabyte of "a.a.a…" must not become half a million paths.
	resolve := func(path string, key unstable.Iterator) (string, int) {
		line := 0
		for key.Next() && strings.Count(path, ".") < maxDepth {
			if n := elements[path]; n > 0 {
				path = fmt.Sprintf("%s[%d]", path, n-1)
			}
			path = join(path, string(key.Node().Data))
			if line == 0 {
				line = lineOf(key.Node())
			}
			d.note(path, line)
		}
		return path, line
	}
	var value func(path string, line int, n *unstable.Node)
	value = func(path string, line int, n *unstable.Node) {
		if strings.Count(path, ".")+strings.Count(path, "[") >= maxDepth {
			return
		}
		switch n.Kind {
		case unstable.Array:
			i := 0
			for it := n.Children(); it.Next(); i++ {
				at := line
				if it.Node().Raw.Length > 0 {
					at = lineOf(it.Node())
				}
				p := fmt.Sprintf("%s[%d]", path, i)
				d.note(p, at)
				value(p, at, it.Node())
			}
		case unstable.InlineTable:
			for it := n.Children(); it.Next(); {
				if it.Node().Kind == unstable.KeyValue {
					p, at := resolve(path, it.Node().Key())
					value(p, at, it.Node().Value())
				}
			}
		}
	}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table:
			table, _ = resolve("", e.Key())
			if n := elements[table]; n > 0 {
				table = fmt.Sprintf("%s[%d]", table, n-1)
			}
		case unstable.ArrayTable:
			path, line := resolve("", e.Key())
			elements[path]++
			table = fmt.Sprintf("%s[%d]", path, elements[path]-1)
			d.note(table, line)
		case unstable.KeyValue:
			path, line := resolve(table, e.Key())
			value(path, line, e.Value())
		}
	}
	return p.Error()
}

// note keeps the first line at which a path stands.
func (d *document) note(path string, line int) {
	if _, ok := d.lines[path]; !ok {
		d.lines[path] = line
	}
}

// line returns the line of a path, or that of the nearest thing that holds it.
func (d *document) line(path string) int {
	for path != "" {
		if n := d.lines[path]; n > 0 {
			return min(n, d.last)
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 1
}

// add notes a problem, unless something about the same value is noted already: what follows
// from a mistake is not told as another one.
func (d *document) add(path, text string) {
	if len(d.problems) == maxKept {
		d.more++
		return
	}
	if !slices.ContainsFunc(d.problems, func(p problem) bool { return within(path, p.path) || within(p.path, path) }) {
		d.problems = append(d.problems, problem{line: d.line(path), path: path, text: text})
	}
}

// within reports whether path is inner or lies inside it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// err returns the problems in the order of the file, or nil.
func (d *document) err(name string) error {
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b problem) int { return a.line - b.line })
	return &configError{file: name, problems: d.problems, more: d.more}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
