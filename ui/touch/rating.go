package touch

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/screen"
)

// rating is what a citizen says of a visit, as far as it has come.
type rating struct {
	prefix string
	typed  string
	wrong  kiosk.Code // why the number that was typed cannot be rated; empty: nothing is wrong
	number kiosk.Number
	level  kiosk.RatingLevel
	why    kiosk.RatingReason
	unsure bool // an answer was lost: it may have been kept
}

// maxDigits is how many digits of a number can be typed.
const maxDigits = 5

// rating reports whether the page is one of those on which a visit is rated.
func (p page) rating() bool {
	switch p {
	case pageRatePrefix, pageRateNumber, pageRateLevel, pageRateWhy, pageRateBusy:
		return true
	}
	return false
}

// canRate reports whether a visit of today is over and not rated yet. Whether it may be rated is
// the office's to say.
func canRate(snap *kiosk.Snapshot) bool {
	return slices.ContainsFunc(snap.Tickets, func(t kiosk.Ticket) bool { return t.State == kiosk.Served && t.Rating == "" })
}

// prefixOf returns the letters of a number.
func prefixOf(n kiosk.Number) string { return strings.TrimRight(string(n), "0123456789") }

// prefixes returns the letters of today's numbers that are wanted, in alphabetical order.
func prefixes(snap *kiosk.Snapshot, wanted func(*kiosk.Ticket) bool) []string {
	var out []string
	for i := range snap.Tickets {
		if p := prefixOf(snap.Tickets[i].Number); wanted(&snap.Tickets[i]) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

func anyTicket(*kiosk.Ticket) bool { return true }

// typedNumber is the number that was typed; "A" and "12" are A012.
func typedNumber(prefix, digits string) kiosk.Number {
	seq, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return ""
	}
	return kiosk.FormatNumber(prefix, uint32(seq))
}

// key takes in a key of a keypad and returns what was typed then.
func key(p screen.Press, typed string, most int) string {
	switch {
	case p.Do == screen.Erase && typed != "":
		return typed[:len(typed)-1]
	case p.Do == screen.Digit && len(p.Text) == 1 && p.Text >= "0" && p.Text <= "9" && len(typed) < most:
		return typed + p.Text
	}
	return typed
}

// beginRating goes to the first of the pages; a lone letter is not asked for.
func (s *Session) beginRating(snap *kiosk.Snapshot, now time.Time) bool {
	if !canRate(snap) {
		return false
	}
	s.rating, s.turned = rating{}, 0
	letters := prefixes(snap, anyTicket)
	if len(letters) == 1 {
		s.rating.prefix = letters[0]
		s.turn(pageRateNumber, now)
		return true
	}
	s.turn(pageRatePrefix, now)
	return true
}

func (s *Session) pressRating(p screen.Press, snap *kiosk.Snapshot, now time.Time) ([]Work, bool) {
	if p.Do == screen.GoBack && s.page != pageRateBusy {
		s.rating, s.turned = rating{}, 0
		s.turn(pageHome, now)
		return nil, true
	}
	switch s.page {
	case pageRatePrefix:
		switch {
		case p.Do == screen.NextPage || p.Do == screen.PrevPage:
			s.turned = min(max(p.Page, 0), len(snap.Tickets))
			return nil, true
		case p.Do == screen.Prefix && slices.Contains(prefixes(snap, anyTicket), p.Text):
			s.rating.prefix, s.turned = p.Text, 0
			s.turn(pageRateNumber, now)
			return nil, true
		}
	case pageRateNumber:
		return nil, s.typeRating(p, snap, now)
	case pageRateLevel:
		level := kiosk.RatingLevel(p.Text)
		switch {
		case p.Do != screen.RateLevel || !level.Valid():
		case level == kiosk.RatingBad:
			s.turn(pageRateWhy, now)
			return nil, true
		default:
			return s.rate(level, ""), true
		}
	case pageRateWhy:
		// The reasons stand where the levels stood.
		why := kiosk.RatingReason(p.Text)
		if p.Do == screen.RateWhy && why.Valid() && now.Sub(s.entered) >= s.limits.Settle {
			return s.rate(kiosk.RatingBad, why), true
		}
	}
	return nil, false
}

// typeRating takes the keys of the number. What can be seen of it now is said now, before
// somebody thinks about an answer.
func (s *Session) typeRating(p screen.Press, snap *kiosk.Snapshot, now time.Time) bool {
	switch p.Do {
	case screen.Digit, screen.Erase:
		s.rating.typed, s.rating.wrong = key(p, s.rating.typed, maxDigits), ""
		return true
	case screen.Enter:
		if s.rating.typed == "" {
			return false
		}
		t, ok := snap.Ticket(typedNumber(s.rating.prefix, s.rating.typed))
		switch {
		case !ok:
			s.rating.wrong = kiosk.CodeUnknownTicket
		case t.State != kiosk.Served:
			s.rating.wrong = kiosk.CodeWrongState
		case t.Rating != "":
			s.rating.wrong = kiosk.CodeRatedAlready
		default:
			s.rating.number = t.Number
			s.turn(pageRateLevel, now)
		}
		return true
	}
	return false
}

// rate asks the office to keep it.
func (s *Session) rate(level kiosk.RatingLevel, why kiosk.RatingReason) []Work {
	s.rating.level, s.rating.why = level, why
	s.page = pageRateBusy
	return []Work{Rate{Key: s.key, Number: s.rating.number, Level: level, Reason: why}}
}

// answerRating thanks, or says what did not work. Where an earlier answer was lost, "rated
// already" is this visitor's own word.
func (s *Session) answerRating(w Rate, a Answer, now time.Time) {
	if w.Key != s.key || w.Number != s.rating.number || s.page != pageRateBusy {
		return
	}
	if a.Err == nil || s.rating.unsure && refused(a.Err) == kiosk.CodeRatedAlready {
		s.since = now
		s.turn(pageRated, now)
		return
	}
	again := transient(a.Err)
	s.rating.unsure = s.rating.unsure || again
	s.sorry(a.Err, again, now)
}
