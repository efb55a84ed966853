package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Subject is who applies, in the data of a dossier's header on the wire. It masks itself
// wherever it is printed or logged; only as JSON it shows what it holds.
type Subject struct {
	Name   string `json:"name,omitempty"`   // in NFC
	Number string `json:"number,omitempty"` // số định danh cá nhân, or of another paper
}

// The bounds of a Subject.
const (
	MaxName   = 200 // runes
	MaxNumber = 20  // letters and digits
)

// subjectMask is what a Subject looks like.
const subjectMask = "[applicant]"

// String masks the subject.
func (Subject) String() string { return subjectMask }

// GoString masks the subject.
func (Subject) GoString() string { return subjectMask }

// Format masks the subject under every verb.
func (Subject) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(subjectMask)) }

// LogValue masks the subject.
func (Subject) LogValue() slog.Value { return slog.StringValue(subjectMask) }

// Check returns what is wrong with a subject, in words without it.
func (s *Subject) Check() error {
	switch {
	case !clean(s.Name) || utf8.RuneCountInString(s.Name) > MaxName:
		return fmt.Errorf("applicant's name: want at most %d characters in one line", MaxName)
	case !norm.NFC.IsNormalString(s.Name):
		return errors.New("applicant's name: want Unicode in NFC")
	case len(s.Number) > MaxNumber || strings.ContainsFunc(s.Number, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}):
		return fmt.Errorf("applicant's number: want 12 digits, or at most %d letters and digits of another paper", MaxNumber)
	}
	return nil
}

// normal returns the subject with its name in NFC and its number in capitals: keyboards and cards
// write either form, and a search finds only one.
func (s *Subject) normal() *Subject {
	if s == nil {
		return nil
	}
	return &Subject{Name: norm.NFC.String(s.Name), Number: strings.ToUpper(s.Number)}
}

// SplitSubject takes who applies out of an event's data: what is left can be kept in the open.
// Nil: it names nobody, or not in a form that this version knows.
func SplitSubject(e Event) (Event, *Subject) {
	e, raw := CutSubject(e)
	var s Subject
	if raw == nil || string(raw) == "null" || json.Unmarshal(raw, &s) != nil || s.Check() != nil {
		return e, nil
	}
	return e, &s
}

// CutSubject takes every field "subject" out of an event's data, however it is spelt and whatever
// is in it, and returns the last one as it came: of a fact that is not understood it has to be
// kept too, but not in the open. Data that has none, or is no object, stays as it is.
func CutSubject(e Event) (Event, json.RawMessage) {
	var cut json.RawMessage
	data := string(e.Data)
	if !valid(data) {
		return e, nil
	}
	left := append(make([]byte, 0, len(e.Data)), '{')
	err := members(data, func(name, value string) error {
		if strings.EqualFold(name, "subject") {
			cut = []byte(value)
			return nil
		}
		if len(left) > 1 {
			left = append(left, ',')
		}
		left = append(append(appendText(left, name), ':'), value...)
		return nil
	})
	if err != nil || cut == nil {
		return e, nil
	}
	e.Data = append(left, '}')
	return e, cut
}
