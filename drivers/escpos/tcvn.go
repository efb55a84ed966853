package escpos

import "unicode"

// The TCVN-3 pages of a printer are the fonts of TCVN 5712:1993 (VN3): the accented letters
// stand at the same codes in both pages, small ones in the lower page and capitals in the
// upper. The public tables of the two pages (escpos-printer-db and a Java charset by another
// author) agree on all of those, and disagree with TCVN 5712 on where the seven plain
// capitals Ă Â Ê Ô Ơ Ư Đ stand. Those seven are therefore never sent as page codes; they go
// as downloaded glyphs, which is the same on every printer.
const (
	tcvnFirst  = 0xA8
	tcvnLower  = "ăâêôơưđ" // 0xA8 to 0xAE, in the lower page only
	tcvnAccent = 0xB5
)

// tcvnTones are the letters from 0xB5 on as the lower page has them; a space is a code
// without a letter.
const tcvnTones = "àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ"

// pageCode is one letter of the two pages.
type pageCode struct {
	code  byte
	upper bool
}

// tcvnPages returns the codes of the letters that both pages are known to hold.
func tcvnPages() map[rune]pageCode {
	m := make(map[rune]pageCode, 127)
	i := 0
	for _, r := range tcvnLower {
		m[r] = pageCode{code: byte(tcvnFirst + i)}
		i++
	}
	i = 0
	for _, r := range tcvnTones {
		if r != ' ' {
			m[r] = pageCode{code: byte(tcvnAccent + i)}
			m[unicode.ToUpper(r)] = pageCode{code: byte(tcvnAccent + i), upper: true}
		}
		i++
	}
	return m
}
