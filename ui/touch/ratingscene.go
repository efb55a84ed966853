package touch

import (
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/screen"
	"github.com/motcua/gateway/ui/words"
)

// rated is the present page of a rating.
func (b scenery) rated(head screen.Head) screen.Model {
	w := b.words.Rating
	back := []screen.Item{b.backItem()}
	switch b.page {
	case pageRatePrefix:
		return screen.List{Head: head, Title: w.Prefix, Say: w.Why, Items: b.letters(anyTicket), Page: b.turned, Ways: back}
	case pageRateNumber:
		m := screen.Pad{
			Head: head, Title: w.Number, Say: w.Why, Typed: b.rating.prefix + b.rating.typed,
			Enter: w.Enter, Erase: w.Erase, Ways: back,
		}
		if b.rating.wrong != "" {
			m.Note = screen.Note{Text: b.wrongToRate(b.rating.wrong)}
		}
		return m
	case pageRateLevel:
		return screen.List{Head: head, Title: w.Ask(string(b.rating.number)), Items: levels(w), Scale: true, Ways: back}
	case pageRateWhy:
		return screen.List{Head: head, Title: w.Reason, Items: reasons(w), Ways: back}
	case pageRated:
		home := screen.Item{Press: screen.Press{Do: screen.GoHome}, Icon: look.IconBack, Name: b.words.Ways.Home}
		return screen.Ask{Head: head, Icon: look.IconCheck, Title: w.Thanks, Say: []string{w.ThanksMore}, Ways: []screen.Item{home}}
	}
	return screen.Ask{Head: head, Icon: look.IconClock, Title: w.Keeping, Say: []string{b.words.Busy.Wait}}
}

func (b scenery) wrongToRate(c kiosk.Code) string {
	if c == kiosk.CodeWrongState {
		return b.words.Rating.NotYet
	}
	return b.words.Refusal(c)
}

func (b scenery) backItem() screen.Item {
	return screen.Item{Press: screen.Press{Do: screen.GoBack}, Icon: look.IconBack, Name: b.words.Ways.Back}
}

// letters are the tiles of the letters with which numbers of today begin, with what they stand
// for.
func (b scenery) letters(wanted func(*kiosk.Ticket) bool) []screen.Item {
	var out []screen.Item
	for _, p := range prefixes(b.snap, wanted) {
		out = append(out, screen.Item{Press: screen.Press{Do: screen.Prefix, Text: p}, Name: p, Fact: b.under(p), Letter: true})
	}
	return out
}

// under names the service whose numbers begin with letters.
func (b scenery) under(prefix string) string {
	for i := range b.snap.Setup.Services {
		if v := &b.snap.Setup.Services[i]; strings.EqualFold(v.Prefix, prefix) {
			return v.Name.In(b.language)
		}
	}
	return ""
}

func levels(w words.Rating) []screen.Item {
	var out []screen.Item
	icons := map[kiosk.RatingLevel]look.Icon{
		kiosk.RatingVeryGood: look.IconGlad, kiosk.RatingGood: look.IconContent, kiosk.RatingBad: look.IconUnhappy,
	}
	for _, l := range []kiosk.RatingLevel{kiosk.RatingVeryGood, kiosk.RatingGood, kiosk.RatingBad} {
		out = append(out, screen.Item{Press: screen.Press{Do: screen.RateLevel, Text: string(l)}, Icon: icons[l], Name: w.Level(l)})
	}
	return out
}

func reasons(w words.Rating) []screen.Item {
	var out []screen.Item
	for _, r := range []kiosk.RatingReason{kiosk.RatingWait, kiosk.RatingAttitude, kiosk.RatingUnclear, kiosk.RatingAgain, kiosk.RatingOther, ""} {
		i := screen.Item{Press: screen.Press{Do: screen.RateWhy, Text: string(r)}, Name: w.Because(r)}
		if r == "" {
			i.Kind = look.Quiet
		}
		out = append(out, i)
	}
	return out
}
