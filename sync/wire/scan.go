package wire

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// What encoding/json does not do: show the members of an object as they stand, one after the
// other, so that a name that stands there twice is seen, and cut a batch into events of which a
// bad one spoils no good one. Everything here is total on any text; whether it is JSON, valid
// says. What is read are pieces of the text that was given, so that nothing is copied.

// skipSpace returns s behind its leading white space.
func skipSpace(s string) string {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t' || s[0] == '\r' || s[0] == '\n') {
		s = s[1:]
	}
	return s
}

// cutValue cuts the JSON value that s begins with. False: it does not end in s.
func cutValue(s string) (value, rest string, ok bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			n := stringEnd(s[i:])
			if n < 0 {
				return "", "", false
			}
			i += n - 1
			if depth == 0 {
				return s[:i+1], s[i+1:], true
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // a scalar ends here
				return s[:i], s[i:], i > 0
			}
			if depth--; depth == 0 {
				return s[:i+1], s[i+1:], true
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return s[:i], s[i:], i > 0
			}
		}
	}
	return s, "", depth == 0 && len(s) > 0
}

// stringEnd returns the length of the JSON string that s begins with, -1 where it does not end.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// members gives each member of an object, in order, with the text of its value. The text must be
// valid JSON; what is not an object is ErrSyntax.
func members(object string, yield func(name, value string) error) error {
	rest := skipSpace(object)
	if len(rest) == 0 || rest[0] != '{' {
		return noObject()
	}
	rest = skipSpace(rest[1:])
	for len(rest) > 0 && rest[0] != '}' {
		quoted, after, ok := cutValue(rest)
		name, text := readText(quoted)
		after = skipSpace(after)
		if !ok || !text || len(after) == 0 || after[0] != ':' {
			return noObject()
		}
		value, after, ok := cutValue(skipSpace(after[1:]))
		if !ok {
			return noObject()
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

func noObject() error { return fmt.Errorf("want a JSON object: %w", ErrSyntax) }

// readText reads a JSON string out of valid JSON; false where the value is none.
func readText(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' {
		return "", false
	}
	if strings.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1], true
	}
	var text string
	err := json.Unmarshal([]byte(s), &text)
	return text, err == nil
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
