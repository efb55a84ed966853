package words

import (
	"strconv"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// Announcement returns the clips of one announcement, language by language: Vietnamese first,
// then the ticket's own language, then those that the office adds. None comes twice.
func Announcement(a kiosk.Announcement, also ...kiosk.Language) [][]kiosk.ClipID {
	t := kiosk.Ticket{Number: a.Number, Language: a.Language}
	out := [][]kiosk.ClipID{Call(t, a.Counter, kiosk.Vietnamese)}
	said := map[kiosk.Language]bool{kiosk.Vietnamese: true, "": true}
	for _, l := range append([]kiosk.Language{a.Language}, also...) {
		if !said[l] {
			said[l] = true
			out = append(out, Call(t, a.Counter, l))
		}
	}
	return out
}

// Call returns the clips with which a ticket is called to a counter in one language: "Mời công
// dân có số A, không, một, hai, đến quầy số ba". A language other than the written three is one
// that is only heard; its prompts are those of [Prompts].
func Call(t kiosk.Ticket, counter kiosk.CounterCode, l kiosk.Language) []kiosk.ClipID {
	out := []kiosk.ClipID{clip(l, "number")}
	out = append(out, spelt(string(t.Number), l)...)
	if l == kiosk.Chinese {
		out = append(out, clip(l, "number-end"))
	}
	out = append(out, kiosk.ClipPause, clip(l, "to-counter"))
	out = append(out, counterClips(string(counter), l)...)
	if l == kiosk.Chinese {
		out = append(out, clip(l, "handle"))
	}
	return out
}

func clip(l kiosk.Language, name string) kiosk.ClipID {
	return kiosk.ClipID(string(l) + "/" + name)
}

func digit(l kiosk.Language, d int) kiosk.ClipID { return clip(l, "digit-"+strconv.Itoa(d)) }

// spelt says a code one sign after the other; what is neither letter nor digit is not said.
// A language that is only heard has no names of letters: it borrows the Vietnamese ones.
func spelt(code string, l kiosk.Language) []kiosk.ClipID {
	letters := l
	if !l.Valid() {
		letters = kiosk.Vietnamese
	}
	var out []kiosk.ClipID
	for _, r := range strings.ToLower(code) {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, digit(l, int(r-'0')))
		case r >= 'a' && r <= 'z':
			out = append(out, clip(letters, "letter-"+string(r)))
		}
	}
	return out
}

// counterClips says 1 to 99 as a number in the written languages, all else sign by sign.
func counterClips(code string, l kiosk.Language) []kiosk.ClipID {
	n, err := strconv.Atoi(code)
	if err != nil || n < 1 || n > 99 || code[0] < '1' || code[0] > '9' {
		return spelt(code, l)
	}
	switch l {
	case kiosk.Vietnamese:
		return joined(viNumber(n))
	case kiosk.English:
		return joined(enNumber(n))
	case kiosk.Chinese:
		return joined(zhNumber(n))
	}
	return spelt(code, l)
}

// joined closes the pauses within a number.
func joined(parts []kiosk.ClipID) []kiosk.ClipID {
	out := parts[:1:1]
	for _, p := range parts[1:] {
		out = append(out, kiosk.ClipClose, p)
	}
	return out
}

// viNumber counts as one does in Vietnamese: mười một, mười lăm, hai mươi mốt, hai mươi tư.
func viNumber(n int) []kiosk.ClipID {
	const l = kiosk.Vietnamese
	tens, unit := n/10, n%10
	var out []kiosk.ClipID
	switch tens {
	case 0:
	case 1:
		out = append(out, clip(l, "ten"))
	default:
		out = append(out, digit(l, tens), clip(l, "tens"))
	}
	switch {
	case unit == 0:
	case unit == 5 && tens > 0:
		out = append(out, clip(l, "five-after"))
	case unit == 1 && tens > 1:
		out = append(out, clip(l, "one-after"))
	case unit == 4 && tens > 1:
		out = append(out, clip(l, "four-after"))
	default:
		out = append(out, digit(l, unit))
	}
	return out
}

func enNumber(n int) []kiosk.ClipID {
	const l = kiosk.English
	switch {
	case n < 10:
		return []kiosk.ClipID{digit(l, n)}
	case n < 20 || n%10 == 0:
		return []kiosk.ClipID{clip(l, "number-"+strconv.Itoa(n))}
	}
	return []kiosk.ClipID{clip(l, "number-"+strconv.Itoa(n-n%10)), digit(l, n%10)}
}

func zhNumber(n int) []kiosk.ClipID {
	const l = kiosk.Chinese
	var out []kiosk.ClipID
	if n >= 20 {
		out = append(out, digit(l, n/10))
	}
	if n >= 10 {
		out = append(out, clip(l, "ten"))
	}
	if n%10 != 0 {
		out = append(out, digit(l, n%10))
	}
	return out
}

// Prompts lists what has to be read to record a voice of a language: every clip that [Call]
// can ask for, but for the letters that a language without letters borrows.
func Prompts(l kiosk.Language) []kiosk.Prompt {
	r := reading(l)
	prompt := func(name, text string) kiosk.Prompt {
		return kiosk.Prompt{ID: clip(l, name), Text: text, Meaning: !l.Valid()}
	}
	out := []kiosk.Prompt{prompt("number", r.number), prompt("to-counter", r.toCounter)}
	for d, s := range strings.Fields(r.digits) {
		out = append(out, prompt("digit-"+strconv.Itoa(d), s))
	}
	for _, p := range r.more {
		out = append(out, prompt(p[0], p[1]))
	}
	for i, s := range r.letters {
		out = append(out, prompt("letter-"+string(rune('a'+i)), s))
	}
	return out
}

// read is what is read aloud in one language.
type read struct {
	number, toCounter string
	digits            string      // ten words
	more              [][2]string // clip and text
	letters           []string    // A to Z
}

func reading(l kiosk.Language) read {
	// North and south say D and Gi alike; G is "gờ" so that it is not heard as D.
	vi := read{
		number:    "Mời công dân có số",
		toCounter: "đến quầy số",
		digits:    "không một hai ba bốn năm sáu bảy tám chín",
		more:      [][2]string{{"ten", "mười"}, {"tens", "mươi"}, {"one-after", "mốt"}, {"four-after", "tư"}, {"five-after", "lăm"}},
		letters: []string{
			"A", "Bê", "Xê", "Dê", "E", "Ép", "Gờ", "Hát", "I", "Gi", "Ca", "E-lờ", "Em-mờ",
			"En-nờ", "O", "Pê", "Quy", "E-rờ", "Ét", "Tê", "U", "Vê", "Vê kép", "Ích", "Y dài", "Dét",
		},
	}
	latin := strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "")
	switch l {
	case kiosk.Vietnamese:
		return vi
	case kiosk.English:
		en := read{
			number:    "Number",
			toCounter: "please go to counter",
			digits:    "zero one two three four five six seven eight nine",
			letters:   latin,
		}
		for i, s := range strings.Fields("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen") {
			en.more = append(en.more, [2]string{"number-" + strconv.Itoa(10+i), s})
		}
		for i, s := range strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety") {
			en.more = append(en.more, [2]string{"number-" + strconv.Itoa(20+10*i), s})
		}
		return en
	case kiosk.Chinese:
		// A voice says 一 and not 幺, which many of those who learnt Chinese here do not know.
		return read{
			number:    "请",
			toCounter: "到",
			digits:    "零 一 二 三 四 五 六 七 八 九",
			more:      [][2]string{{"number-end", "号"}, {"handle", "号窗口办理"}, {"ten", "十"}},
			letters:   latin,
		}
	}
	return read{number: vi.number, toCounter: vi.toCounter, digits: vi.digits}
}

// HeardLanguages lists the languages of the region that are heard and not read, by their BCP 47
// tags: Dao of both groups (Iu Mien and Kim Mun), Tày, and the Sán Chỉ's own, which has no tag of
// its own. An office may add others.
func HeardLanguages() []kiosk.Language { return []kiosk.Language{"ium", "mji", "tyz", "yue-x-sanchi"} }

// SpokenName returns what a language is called among the voices, in Vietnamese; for a language
// that is not known, its tag.
func SpokenName(l kiosk.Language) string {
	switch l {
	case kiosk.Vietnamese:
		return "Tiếng Việt"
	case kiosk.English:
		return "Tiếng Anh"
	case kiosk.Chinese:
		return "Tiếng Trung Quốc"
	case "ium":
		return "Tiếng Dao Thanh Phán"
	case "mji":
		return "Tiếng Dao Thanh Y"
	case "tyz":
		return "Tiếng Tày"
	case "yue-x-sanchi":
		return "Tiếng Sán Chỉ"
	}
	return string(l)
}

// Flaw returns what whoever recorded a prompt is to do about a flaw.
func (w Words) Flaw(f kiosk.Flaw) string { return flaw(f).in(w.Language) }

func flaw(f kiosk.Flaw) saying {
	switch f {
	case kiosk.FlawSilent:
		return saying{"Chưa nghe thấy tiếng nói. Xin kiểm tra micro rồi ghi lại.", "No voice is heard. Please check the microphone and record again.", "没有听到说话声。请检查麦克风后重录。"}
	case kiosk.FlawQuiet:
		return saying{"Tiếng nói quá nhỏ. Xin ngồi gần micro hơn hoặc nói to hơn.", "The voice is too low. Please sit nearer to the microphone or speak up.", "声音太小。请靠近麦克风或提高音量。"}
	case kiosk.FlawClipped:
		return saying{"Tiếng nói quá to nên bị rè. Xin ngồi xa micro hơn một chút.", "The voice is so loud that it crackles. Please sit back a little.", "声音太大，出现破音。请离麦克风稍远一点。"}
	case kiosk.FlawNoisy:
		return saying{"Xung quanh ồn quá. Xin ghi lại khi phòng yên tĩnh hơn.", "The room is too noisy. Please record again when it is quieter.", "周围太吵。请在安静时重录。"}
	case kiosk.FlawShort:
		return saying{"Bản ghi quá ngắn. Xin đọc trọn câu mẫu.", "The recording is too short. Please read all of the text.", "录音太短。请读完整句。"}
	case kiosk.FlawLong:
		return saying{"Bản ghi quá dài. Xin chỉ đọc câu mẫu.", "The recording is too long. Please read the text and nothing else.", "录音太长。请只读提示的内容。"}
	case kiosk.FlawCutStart:
		return saying{"Đầu câu bị mất. Xin bấm ghi, chờ một giây rồi mới đọc.", "The beginning is missing. Please start, wait one second, and then read.", "开头被截断。请按下录音，等一秒再读。"}
	case kiosk.FlawCutEnd:
		return saying{"Cuối câu bị mất. Xin đọc xong, chờ một giây rồi mới dừng.", "The end is missing. Please wait one second after reading before you stop.", "结尾被截断。请读完后等一秒再停止。"}
	}
	return saying{"Không đọc được bản ghi. Xin ghi lại.", "The recording cannot be read. Please record again.", "无法读取录音，请重录。"}
}
