package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Together joins the syllables of Vietnamese words in a name with no-break spaces, so that a
// line never ends within one: "Đăng ký | cư trú" and not "Đăng ký cư | trú". A word of Vietnamese
// is often two or three syllables that are written apart, which no rule of spaces can tell;
// the list has those of offices' and services' names. Names of places stay together because
// all their syllables have capitals.
func Together(name string) string {
	syllables := strings.Split(joiner.Replace(name), " ")
	var b strings.Builder
	for i, s := range syllables {
		if i > 0 {
			if proper(syllables[i-1]) && proper(s) {
				b.WriteString(noBreak)
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(s)
	}
	return b.String()
}

const noBreak = "\u00a0"

// joiner joins the compounds, with a small or a capital first letter.
var joiner = newJoiner(compounds())

func newJoiner(compounds []string) *strings.Replacer {
	var pairs []string
	for _, c := range compounds {
		joined := strings.ReplaceAll(c, " ", noBreak)
		_, n := utf8.DecodeRuneInString(c)
		capital := strings.ToUpper(c[:n])
		pairs = append(pairs, c, joined, capital+c[n:], capital+joined[n:])
	}
	return strings.NewReplacer(pairs...)
}

// proper reports whether a syllable that stands alone may be part of a place's name.
func proper(syllable string) bool {
	r, _ := utf8.DecodeRuneInString(syllable)
	return unicode.IsUpper(r) && !strings.Contains(syllable, noBreak)
}

// compounds lists longer words before the shorter ones that they begin with.
func compounds() []string {
	return []string{
		"hành chính công", "hành chính", "trung tâm", "phục vụ", "đặc khu", "ủy ban", "nhân dân", "bộ phận", "một cửa",
		"trụ sở", "điểm tiếp nhận",
		"chứng thực", "bản sao", "chữ ký", "hộ tịch", "khai sinh", "kết hôn", "khai tử", "hôn nhân", "giám hộ",
		"đất đai", "môi trường", "xây dựng", "đô thị", "quy hoạch", "nhà ở", "giao thông",
		"hộ kinh doanh", "kinh doanh", "hợp tác xã", "nghề cá", "thủy sản", "nông nghiệp", "lâm nghiệp", "kiểm lâm",
		"bảo trợ", "xã hội", "trợ cấp", "người có công", "bảo hiểm", "y tế", "dân số", "giáo dục", "văn hóa", "thể thao",
		"đăng ký", "cư trú", "căn cước", "công an", "quân sự", "nghĩa vụ", "nội vụ", "dân tộc", "tôn giáo", "thi đua",
		"thủ tục", "hồ sơ", "kết quả", "tư vấn", "hướng dẫn", "dịch vụ công", "trực tuyến", "tư pháp",
	}
}
