package counter

import (
	"net/url"
	"strings"

	"github.com/motcua/gateway/kiosk"
)

// line is a row of a list as the page shows it before its script does.
type line struct {
	Number            kiosk.Number
	Name, Mark, Badge string
	How               string
	Over              bool
	Link              string
}

// Line writes a row out.
func (v view) Line(r Row) line {
	q := url.Values{"open": {"number"}, "n": {string(r.Number)}}
	if v.At != "" {
		q.Set("at", string(v.At))
	}
	l := line{Number: r.Number, Name: v.Service(r), How: v.Span(r.At), Link: "?" + q.Encode(), Over: v.State.over(r)}
	switch {
	case r.Due != 0:
		l.Mark = put(v.Words.Page.Due, "t", v.Length(r.Due-v.State.Now))
	case r.Sent:
		l.Mark = v.Words.Page.Sent
	case r.Of != "" && r.Of != v.State.Counter:
		l.Mark = put(v.Words.Offline.AtQ, "q", r.Of)
	}
	var badges []string
	if r.Language != "" {
		badges = append(badges, strings.ToUpper(string(r.Language)))
	}
	if r.Priority != kiosk.NoPriority {
		badges = append(badges, v.Words.Page.Priority)
	}
	l.Badge = strings.Join(badges, " · ")
	return l
}

func (s State) over(r Row) bool { return r.At != 0 && r.Of == "" && s.Now-r.At > s.Limit }

// MoreWaiting is how many wait beyond the rows.
func (v view) MoreWaiting() int { return v.State.Waiting.Count - len(v.State.Waiting.Rows) }

// MoreNews is how many faults stand beside the first.
func (v view) MoreNews() int { return max(0, len(v.State.Faults)-1+v.State.Unsaid) }

// Keys lists the letters and what they do, in the order of the page.
func (v view) Keys() [][2]string {
	var out [][2]string
	for _, verb := range buttons() {
		w := v.Words.Verbs[verb]
		out = append(out, [2]string{w.Key, w.Button})
	}
	p := v.Words
	return append(out,
		[2]string{"C", p.Verbs[kiosk.VerbSend].Button}, [2]string{"M", p.Verbs[kiosk.VerbRaise].Button + " / " + p.Verbs[kiosk.VerbLower].Button},
		[2]string{"H", p.Verbs[kiosk.VerbUndo].Button}, [2]string{"S", p.Choose.Title}, [2]string{"N", p.Pause.Button + " / " + p.Pause.Resume},
		[2]string{"R", p.Pause.Leave}, [2]string{"B", p.Page.Come}, [2]string{"?", p.Help.Title})
}

// Modules are the scripts that the page's own loads, so that the browser asks for all at once.
func (v view) Modules() []string {
	return []string{"choose.js", "clock.js", "keys.js", "steps.js", "store.js", "view.js"}
}
