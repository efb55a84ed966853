package kiosk

import "strings"

// ClipID names one recorded phrase of a voice: a language as a BCP 47 tag and a name within
// it, "vi/digit-1", or one of the two marks below. It stands in packs and on disk.
type ClipID string

// The marks that stand between clips. Without one the voice makes the short pause that is
// between digits.
const (
	ClipPause ClipID = "|" // a phrase ends here: a longer pause
	ClipClose ClipID = "+" // the clips around it are one number: hardly a pause
)

// maxClipID is the longest clip name, in bytes.
const maxClipID = 64

// Language returns the language of a clip, "" for a mark. It may be one that is only heard and
// never read, such as "tyz", and then it is not [Language.Valid].
func (c ClipID) Language() Language {
	tag, _, ok := strings.Cut(string(c), "/")
	if !ok {
		return ""
	}
	return Language(tag)
}

// Mark reports whether c is a mark and has no sound.
func (c ClipID) Mark() bool { return c == ClipPause || c == ClipClose }

// Valid reports whether c can name a recorded phrase: two words of a–z, 0–9 and '-' with a
// slash between, at most 64 bytes in all. A valid name holds nothing that a file system
// could take for a path out of its folder.
func (c ClipID) Valid() bool {
	tag, name, ok := strings.Cut(string(c), "/")
	return ok && len(c) <= maxClipID && plainWord(tag) && plainWord(name)
}

func plainWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" &&
		s[0] != '-' && s[len(s)-1] != '-'
}

// Prompt (câu mẫu) is what a person, or a program that speaks, reads to record one clip.
type Prompt struct {
	ID ClipID
	// Text is what is to be read aloud. For a language that has no letters of its own here it
	// is the Vietnamese meaning, to be said in that language.
	Text string
	// Meaning is true where Text is only the meaning.
	Meaning bool
}

// Announcement (lời gọi số) is one call of a number to a counter.
type Announcement struct {
	Number   Number
	Counter  CounterCode
	Language Language
	// Order is the place of the call's fact, as [Ticket.CallOrder]: a higher one is newer.
	Order uint64
}

// Announcement returns the last call of the ticket.
func (t *Ticket) Announcement() Announcement {
	return Announcement{Number: t.Number, Counter: t.Counter, Language: t.Language, Order: t.CallOrder}
}

// VoiceStatus is the condition of the voice at one moment.
type VoiceStatus struct {
	State DeviceState
	// Code names why State is not DeviceReady; empty when ready.
	Code FaultCode
	// Hint is for the technician, in plain English.
	Hint string
	// Damaged are the clips whose files do not hold what their pack says. Another pack's clip
	// is heard in their place, if there is one.
	Damaged []ClipID
	// Missing are the clips that were asked for and that no pack has: their language was left
	// out of the announcement.
	Missing []ClipID
}

// Flaw is what is wrong with a recording. The values are stable.
type Flaw string

// The flaws of a recording.
const (
	FlawUnreadable Flaw = "unreadable" // not a sound file of a known form, or too large
	FlawSilent     Flaw = "silent"     // nobody speaks
	FlawQuiet      Flaw = "quiet"      // too far from the microphone
	FlawClipped    Flaw = "clipped"    // too loud: the tops of the waves are cut off
	FlawNoisy      Flaw = "noisy"      // the room is too loud for the voice
	FlawShort      Flaw = "short"
	FlawLong       Flaw = "long"
	FlawCutStart   Flaw = "cut-start" // the voice is already heard when the recording begins
	FlawCutEnd     Flaw = "cut-end"   // and still when it ends
)

// Flaws lists all of them.
func Flaws() []Flaw {
	return []Flaw{
		FlawUnreadable, FlawSilent, FlawQuiet, FlawClipped, FlawNoisy,
		FlawShort, FlawLong, FlawCutStart, FlawCutEnd,
	}
}
