package sqlstore

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// word is what facts that nobody understood are searched for: a person's number or a dossier's ID,
// in capitals.
type word string

func wordOf(s string) word { return word(strings.ToUpper(bare(s))) }

// shortestWord is what is looked for within texts. Papers have longer numbers, and a shorter one
// stands in half of all facts by chance.
const shortestWord = 6

// inJSON reports whether a word stands anywhere in a JSON value: in its names, its texts, its
// numbers, or the bytes of a CloudEvent's data_base64.
func (w word) inJSON(b []byte) bool {
	before := ""
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return false // its end, or it was none
		}
		switch v := token.(type) {
		case string:
			if w.in(v) {
				return true
			}
			if before == "data_base64" {
				data, err := base64.StdEncoding.DecodeString(v)
				if err == nil && (w.in(string(data)) || w.inJSON(data)) {
					return true
				}
			}
			before = v
		case json.Number:
			// As a number it has lost the zeros that most begin with.
			if w.in(v.String()) || word(strings.TrimLeft(string(w), "0")).in(v.String()) {
				return true
			}
		}
	}
}

// in reports whether a word stands in a text, whatever stands between its letters and digits:
// "034 190 012 345", "CMND:034190012345". It does not where it is the middle of a longer row of
// digits, or of letters.
func (w word) in(text string) bool {
	if len(w) < shortestWord {
		return false
	}
	var row []byte         // the text's letters and digits
	parted := []bool{true} // by place in row: whether something else stands before it
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		case !isDigit(c) && (c < 'A' || c > 'Z'):
			parted[len(row)] = true
			continue
		}
		row, parted = append(row, c), append(parted, false)
	}
	parted[len(row)] = true
	free := func(at int) bool { return parted[at] || isDigit(row[at-1]) != isDigit(row[at]) }
	for at := 0; ; at++ {
		i := bytes.Index(row[at:], []byte(w))
		if i < 0 {
			return false
		}
		if at += i; free(at) && free(at+len(w)) {
			return true
		}
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
