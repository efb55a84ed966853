package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// What encoding/json does not do: show the members of an object as they stand, one after the
// other, so that a name that stands there twice is seen, and cut a batch into events of which a
// bad one spoils no good one. Everything here is total on any bytes; validity is json.Valid's.

// skipSpace returns b behind its leading white space.
func skipSpace(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// cutValue cuts the JSON value that b begins with. False: it does not end in b.
func cutValue(b []byte) (value, rest []byte, ok bool) {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := stringEnd(b[i:])
			if n < 0 {
				return nil, nil, false
			}
			i += n - 1
			if depth == 0 {
				return b[:i+1], b[i+1:], true
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // a scalar ends here
				return b[:i], b[i:], i > 0
			}
			if depth--; depth == 0 {
				return b[:i+1], b[i+1:], true
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return b[:i], b[i:], i > 0
			}
		}
	}
	return b, nil, depth == 0 && len(b) > 0
}

// stringEnd returns the length of the JSON string that b begins with, -1 where it does not end.
func stringEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// members gives each member of an object, in order, with the bytes of its value. The text must be
// valid JSON; what is not an object is ErrSyntax. The bytes are the object's own, where nothing in
// them is escaped.
func members(object []byte, yield func(name, value []byte) error) error {
	errNone := fmt.Errorf("want a JSON object: %w", ErrSyntax)
	rest := skipSpace(object)
	if len(rest) == 0 || rest[0] != '{' {
		return errNone
	}
	rest = skipSpace(rest[1:])
	for len(rest) > 0 && rest[0] != '}' {
		quoted, after, ok := cutValue(rest)
		name, text := rawText(quoted)
		after = skipSpace(after)
		if !ok || !text || len(after) == 0 || after[0] != ':' {
			return errNone
		}
		value, after, ok := cutValue(skipSpace(after[1:]))
		if !ok {
			return errNone
		}
		if err := yield(name, value); err != nil {
			return err
		}
		rest = skipSpace(after)
		if len(rest) > 0 && rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
	}
	return nil
}

// rawText reads a JSON string out of valid JSON; false where the value is none.
func rawText(b []byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != '"' {
		return nil, false
	}
	if bytes.IndexByte(b, '\\') < 0 {
		return b[1 : len(b)-1], true
	}
	var s string
	err := json.Unmarshal(b, &s)
	return []byte(s), err == nil
}

// readText is rawText as a string of its own.
func readText(b []byte) (string, bool) {
	s, ok := rawText(b)
	return string(s), ok
}

// ReadJSON reads one JSON value of at most most bytes into out, and nothing after it. Unknown
// fields are ignored. It fails with ErrTooLarge, ErrSyntax, or as r does.
func ReadJSON(r io.Reader, most int64, out any) error {
	b, err := ReadAll(r, most)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, out); err != nil {
		// The words of encoding/json may hold what was read.
		return fmt.Errorf("read JSON: %w", ErrSyntax)
	}
	return nil
}

// ReadAll reads r to its end, or fails with ErrTooLarge after most bytes.
func ReadAll(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(b)) > most {
		return nil, fmt.Errorf("message beyond %d bytes: %w", most, ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	return b, nil
}
