package province

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// What makes a gateway one to look at.
const (
	oldFact     = time.Hour           // a fact that has waited so long
	oddClock    = 5 * time.Minute     // a clock that is so far off
	soonExpires = 30 * 24 * time.Hour // a certificate that ends so soon was not renewed in time
	asideShown  = 200
	gone        = 30 * 24 * time.Hour // a revoked gateway is shown for so long
)

// level is how urgently somebody has to look.
type level int

const (
	levelGone level = -1 // revoked
	levelGood level = 0
	levelLook level = 1
	levelAct  level = 2
	levelFoul level = 3 // what the box says cannot be true
)

// box is a gateway's line on the page.
type box struct {
	Gateway
	Place  Site
	Level  level
	Ago    string // since the last contact
	Waits  string // its backlog; empty: none
	Oldest string
	Says   []string // what to know, the gravest first
	Hints  []string // lasting advice, for the page of the gateway alone
	Clock  string
	Key    string
}

// Class is the look of the line.
func (b box) Class() string {
	return map[level]string{levelGone: "off", levelLook: "look", levelAct: "act", levelFoul: "act"}[b.Level]
}

// trouble is one thing to know of a gateway.
type trouble struct {
	level level
	says  string
}

// judge finds what there is to know of a gateway.
func (p *Pages) judge(g Gateway, now time.Time) (level, []string) {
	if !g.Revoked.IsZero() {
		return levelGone, []string{p.w.Gateways.Revoked(dateOf(g.Revoked))}
	}
	w := p.w.Gateways
	var found []trouble
	add := func(when bool, l level, says string) {
		if when {
			found = append(found, trouble{l, says})
		}
	}
	add(!g.Cloned.IsZero(), levelFoul, w.Cloned(p.when(g.Cloned)))
	add(g.Forked > 0, levelFoul, w.Forked(g.Forked))
	add(g.Forged > 0, levelFoul, w.Forged)
	add(g.Seen.IsZero(), levelLook, w.Never)
	add(!g.Seen.IsZero() && now.Sub(g.Seen) > p.o.Silent, levelAct, w.Silent)
	mute := now.Sub(g.Seen) <= p.o.Silent && now.Sub(g.Told) > p.o.Silent
	add(mute, levelLook, w.Mute)
	add(!g.Until.IsZero() && now.After(g.Until), levelAct, w.Expired)
	add(!g.Until.IsZero() && !now.After(g.Until) && g.Until.Sub(now) < soonExpires, levelLook, w.Expires)
	for _, f := range g.Faults {
		add(f.Severity != kiosk.SeverityHint, map[kiosk.Severity]level{kiosk.SeverityStop: levelAct, kiosk.SeverityWarn: levelLook}[f.Severity], p.vi.Fault(f.Code))
	}
	if !g.Told.IsZero() {
		add(!g.ClockSure || g.ClockOff.Abs() > oddClock, levelLook, w.OddClock)
		add(g.Parked > 0, levelLook, w.Parked(g.Parked))
		add(g.Oldest > oldFact, levelLook, w.Waits(p.w.Span(g.Oldest)))
	}
	add(g.Aside > g.Forked+g.Forged, levelLook, w.Aside(g.Aside-g.Forked-g.Forged))
	slices.SortStableFunc(found, func(a, b trouble) int { return cmp.Compare(b.level, a.level) })
	worst, says := levelGood, []string(nil)
	for _, t := range found {
		worst = max(worst, t.level)
		says = append(says, t.says)
	}
	return worst, says
}

// line puts a gateway into words.
func (p *Pages) line(g Gateway, now time.Time) box {
	b := box{Gateway: g, Place: p.site(g.Site), Ago: "–", Clock: "–", Key: "–"}
	b.Level, b.Says = p.judge(g, now)
	for _, f := range g.Faults {
		if f.Severity == kiosk.SeverityHint {
			b.Hints = append(b.Hints, p.vi.Fault(f.Code))
		}
	}
	if !g.Seen.IsZero() {
		b.Ago = p.w.Ago(now.Sub(g.Seen))
	}
	if g.Told.IsZero() {
		return b
	}
	b.Key, b.Clock = p.w.Key(g.KeySource), p.w.Gateways.ClockOff(g.ClockOff, g.ClockSure)
	if g.Facts > 0 || g.Pages > 0 {
		b.Waits = p.w.Backlog(int(g.Facts), g.Pages, g.Bytes)
		if g.Oldest > 0 {
			b.Oldest = p.w.Span(g.Oldest)
		}
	}
	return b
}

// gatewaysBody is the page of all gateways.
type gatewaysBody struct {
	Boxes           []box
	All             int
	Act, Look, Good int
	Facts, Pages    int
	Now             time.Time
}

// gatewaysAgain is how often the page comes by itself, in seconds.
const gatewaysAgain = "30"

// gateways shows all gateways, those in trouble first.
func (p *Pages) gateways(w http.ResponseWriter, r *http.Request, m me) error {
	all, err := p.o.Hub.Gateways(r.Context())
	if err != nil {
		return err
	}
	body := gatewaysBody{Now: p.o.Now()}
	for _, g := range all {
		if !m.right.maySee(g.Site) || !g.Revoked.IsZero() && body.Now.Sub(g.Revoked) > gone {
			continue
		}
		b := p.line(g, body.Now)
		body.Boxes = append(body.Boxes, b)
		switch b.Level {
		case levelAct, levelFoul:
			body.Act++
		case levelLook:
			body.Look++
		case levelGood:
			body.Good++
		}
		if b.Level != levelGone {
			body.All++
			body.Facts += int(g.Facts)
			body.Pages += g.Pages
		}
	}
	slices.SortFunc(body.Boxes, func(a, b box) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(a.Place.Commune, b.Place.Commune), cmp.Compare(a.Place.Name, b.Place.Name), cmp.Compare(a.ID, b.ID))
	})
	f := frame{Title: p.w.Gateways.Title, Refresh: gatewaysAgain + ";url=/province/gateways/live", Body: body}
	return p.write(w, r, m, http.StatusOK, "gateways", f)
}

// live is the page as it comes again by itself. That is no deed of anybody: a screen left open
// does not stay signed in by it.
func (p *Pages) live() http.Handler {
	show := p.let(route{"", []Role{RoleViewer, RoleProvince, RoleAdmin}, p.gateways})
	asked := p.o.Gate.Officer(show)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := p.o.Gate.Look(r)
		if err != nil {
			asked.ServeHTTP(w, r) // which leads to the sign-in
			return
		}
		show(w, r, s)
	})
}

// gatewayBody is the page of one gateway.
type gatewayBody struct {
	Box   box
	Aside []asideLine
	More  bool // than are shown
}

type asideLine struct {
	Gateway string
	At      string
	Why     string
	Kept    time.Time
}

func (p *Pages) asideLines(aside []Aside) []asideLine {
	out := make([]asideLine, 0, len(aside))
	for _, a := range aside {
		out = append(out, asideLine{a.Gateway, position(a.At), p.w.AsideWhy(a.Why), a.Kept})
	}
	return out
}

// gateway shows one gateway with what was put aside of it.
func (p *Pages) gateway(w http.ResponseWriter, r *http.Request, m me) error {
	all, err := p.o.Hub.Gateways(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(g Gateway) bool { return g.ID == r.PathValue("id") && m.right.maySee(g.Site) })
	if i < 0 {
		return ErrNotFound
	}
	body := gatewayBody{Box: p.line(all[i], p.o.Now())}
	aside, err := p.o.Hub.Aside(r.Context(), all[i].ID, asideShown+1)
	if err != nil {
		return err
	}
	body.More, body.Aside = len(aside) > asideShown, p.asideLines(aside[:min(len(aside), asideShown)])
	return p.write(w, r, m, http.StatusOK, "gateway", frame{Title: body.Box.Place.Name, Body: body})
}
