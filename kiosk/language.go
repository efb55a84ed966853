package kiosk

// Language is the language in which a citizen is served, as an ISO 639-1 code. Chinese is
// written in simplified characters.
type Language string

// The languages of the first offices.
const (
	Vietnamese Language = "vi"
	English    Language = "en"
	Chinese    Language = "zh"
)

// Languages lists the known languages, Vietnamese first.
func Languages() []Language { return []Language{Vietnamese, English, Chinese} }

// Valid reports whether l is a known language.
func (l Language) Valid() bool {
	switch l {
	case Vietnamese, English, Chinese:
		return true
	}
	return false
}

// Text is one name in several languages. Vietnamese is always there.
type Text map[Language]string

// In returns the text in l, or in Vietnamese where l is missing.
func (t Text) In(l Language) string {
	if s := t[l]; s != "" {
		return s
	}
	return t[Vietnamese]
}
