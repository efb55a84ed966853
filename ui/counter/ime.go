package counter

import (
	"slices"
	"strings"
	"unicode"

	"github.com/motcua/gateway/kiosk"
)

// method is a way of typing Vietnamese letters. Unikey and EVKey take keys out of what is typed and
// put marks onto the letters before them, also in a field that wants a number: "A112" becomes "A12"
// in VNI, "AA012" becomes "Â012" in Telex. What is left has lost keys, so it is not read backwards:
// a number is typed anew by each method and compared.
type method struct {
	tones string // the keys of sắc, huyền, hỏi, ngã and nặng
	clear rune   // the key that takes a tone away
	// shape is the letter that a key makes of another one, such as Â of A; 0 where it makes none.
	shape func(key, letter rune) rune
	once  bool // after its first mark it leaves the rest of a word alone
}

func methods() []method {
	return []method{
		{tones: "12345", clear: '0', shape: vni}, {tones: "12345", clear: '0', shape: vni, once: true},
		{tones: "SFRXJ", clear: 'Z', shape: telex},
	}
}

func vni(key, letter rune) rune {
	switch string([]rune{key, letter}) {
	case "6A", "6Ă":
		return 'Â'
	case "6E":
		return 'Ê'
	case "6O", "6Ơ":
		return 'Ô'
	case "7O", "7Ô":
		return 'Ơ'
	case "7U":
		return 'Ư'
	case "8A", "8Â":
		return 'Ă'
	case "9D":
		return 'Đ'
	}
	return 0
}

func telex(key, letter rune) rune {
	switch string([]rune{key, letter}) {
	case "AA", "AĂ":
		return 'Â'
	case "EE":
		return 'Ê'
	case "OO", "OƠ":
		return 'Ô'
	case "WO", "WÔ":
		return 'Ơ'
	case "WU":
		return 'Ư'
	case "WA", "WÂ":
		return 'Ă'
	case "DD":
		return 'Đ'
	}
	return 0
}

// The vowels without a tone and with each of the five, in the order of [method]'s keys.
const vowels = "AÁÀẢÃẠ" + "ĂẮẰẲẴẶ" + "ÂẤẦẨẪẬ" + "EÉÈẺẼẸ" + "ÊẾỀỂỄỆ" + "IÍÌỈĨỊ" +
	"OÓÒỎÕỌ" + "ÔỐỒỔỖỘ" + "ƠỚỜỞỠỢ" + "UÚÙỦŨỤ" + "ƯỨỪỬỮỰ" + "YÝỲỶỸỴ"

const tones = 6 // none is one of them

// word is what stands in a field: letters, and digits after them.
type word struct {
	letters string // with their shapes, without a tone
	tone    int    // 1 to 5; 0: none. On which of the letters it stands, methods do not agree
	digits  string
}

// wordOf reads a field's text; false where it is no word. Capitals and small letters are the same.
func wordOf(text string) (word, bool) {
	var w word
	for _, r := range strings.ToUpper(text) {
		tone := 0
		if i := slices.Index([]rune(vowels), r); i >= 0 {
			r, tone = []rune(vowels)[i-i%tones], i%tones
		}
		switch digit := r >= '0' && r <= '9'; {
		case digit:
			w.digits += string(r)
		case !unicode.IsLetter(r) || w.digits != "" || tone != 0 && w.tone != 0:
			return word{}, false
		default:
			w.letters += string(r)
			w.tone += tone
		}
	}
	return w, w != word{}
}

// types returns what a method makes of a number that is typed key by key.
func (m method) types(n kiosk.Number) word {
	var w word
	asIs := false // until the end of the word
	for _, key := range string(n) {
		if !asIs {
			var took bool
			if took, asIs = m.mark(&w, key); took {
				continue
			}
		}
		if unicode.IsLetter(key) {
			w.letters += string(key)
			continue
		}
		w.digits += string(key)
		asIs = true // a digit that is no mark ends the word
	}
	return w
}

// mark lets a key be a mark. It reports whether the key was one and has gone, and whether the keys
// after it are taken as they are: the same mark twice is the key itself.
func (m method) mark(w *word, key rune) (took, asIs bool) {
	letters := []rune(w.letters)
	tone := strings.IndexRune(m.tones, key) + 1
	switch {
	case tone > 0 && strings.ContainsFunc(w.letters, func(r rune) bool { return strings.ContainsRune(vowels, r) }):
		if w.tone == tone {
			w.tone = 0
			return false, true
		}
		w.tone = tone
		return true, m.once
	case key == m.clear && w.tone != 0:
		w.tone = 0
		return true, m.once
	}
	for i, r := range slices.Backward(letters) {
		if s := m.shape(key, r); s != 0 {
			letters[i] = s
			w.letters = string(letters)
			return true, m.once
		}
		if plain := unmarked(r); plain != r && m.shape(key, plain) == r {
			letters[i] = plain
			w.letters = string(letters)
			return false, true
		}
	}
	return false, false
}

// unmarked is the letter of the Latin alphabet under a shape.
func unmarked(r rune) rune {
	switch r {
	case 'Ă', 'Â':
		return 'A'
	case 'Ê':
		return 'E'
	case 'Ô', 'Ơ':
		return 'O'
	case 'Ư':
		return 'U'
	case 'Đ':
		return 'D'
	}
	return r
}

// may reports whether w can have come of typing n: in full, without the zeros before its digits,
// without its letters, or by a method.
func (w word) may(n kiosk.Number) bool {
	full, ok := wordOf(string(n))
	if !ok {
		return false
	}
	if w.digits != "" && (w.letters == full.letters && w.tone == full.tone || w.letters == "") &&
		strings.TrimLeft(w.digits, "0") == strings.TrimLeft(full.digits, "0") {
		return true
	}
	return slices.ContainsFunc(methods(), func(m method) bool { return m.types(n) == w })
}
