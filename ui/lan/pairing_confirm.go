package lan

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
)

// misses are wrong digits in a row.
type misses struct {
	n    int
	last time.Time
}

// Wrong digits cost nothing the first times, then five seconds and each time double. Everybody
// together is slowed less, so that one who guesses does not keep the others from work.
const (
	freeEach, freeAll       = 3, 12
	longestEach, longestAll = 10 * time.Minute, 30 * time.Second
	missesForgotten         = time.Hour
	maxGuessers             = 256
)

func (m *misses) wait(now time.Time, free int, longest time.Duration) time.Duration {
	if m == nil || m.n < free {
		return 0
	}
	d := min(5*time.Second<<min(m.n-free, 12), longest)
	return min(max(0, m.last.Add(d).Sub(now)), d)
}

func (p *Pairing) held(by string, now time.Time) time.Duration {
	return max(p.wrong[by].wait(now, freeEach, longestEach), p.wrong["/"].wait(now, freeAll, longestAll))
}

func (p *Pairing) missed(by string, now time.Time) {
	for who, m := range p.wrong {
		if d := now.Sub(m.last); d >= missesForgotten || d < 0 {
			delete(p.wrong, who)
		}
	}
	for _, who := range []string{by, "/"} {
		m := p.wrong[who]
		if m == nil {
			if len(p.wrong) >= maxGuessers {
				continue // the row of all holds them
			}
			m = &misses{}
			p.wrong[who] = m
		}
		m.n, m.last = m.n+1, now
	}
}

// Confirm lets the screen in that shows these digits now, under a name and, for a tablet, at a
// counter. by is who confirms, as in [kiosk.Record]. It refuses with CodeBadPairing,
// CodeLocked (its hint holds the seconds to wait), CodeBadName, CodeUnknownCounter and, where
// there are 64 screens, CodeTooMany.
func (p *Pairing) Confirm(ctx context.Context, digits, name string, counter kiosk.CounterCode, by string) (Screen, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	if wait := p.held(by, now); wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		return Screen{}, &kiosk.Refusal{Code: kiosk.CodeLocked, Hint: strconv.Itoa(seconds)}
	}
	name = strings.Join(strings.Fields(name), " ")
	if !goodName(name) {
		return Screen{}, &kiosk.Refusal{Code: kiosk.CodeBadName, Hint: "1 to 40 letters, digits and marks"}
	}
	p.sweep(now)
	var hash [32]byte
	var e *waits
	for h, v := range p.waiting {
		if v.digits == digits && now.Sub(v.since) < digitsLife {
			hash, e = h, v
		}
	}
	if e == nil {
		p.missed(by, now)
		return Screen{}, &kiosk.Refusal{Code: kiosk.CodeBadPairing}
	}
	if err := p.mayStand(e.kind, &counter); err != nil {
		return Screen{}, err
	}
	if len(p.screens) >= maxScreens {
		return Screen{}, &kiosk.Refusal{Code: kiosk.CodeTooMany, Hint: "forget a screen that is no longer there"}
	}
	s := &kept{Screen: Screen{ID: "s" + strconv.Itoa(p.next), Kind: e.kind, Name: name, Counter: counter, Paired: now.Round(time.Second)}, hash: hash, live: now}
	if ctx.Err() != nil {
		return Screen{}, context.Cause(ctx)
	}
	// From here on a browser that hangs up does not part the fact from the shelf.
	ctx = context.WithoutCancel(ctx)
	// The fact first: a screen that nobody answers for must not be let in.
	if err := p.record(ctx, s.Screen, "paired", by); err != nil {
		return Screen{}, err
	}
	p.next++ // also where keeping it fails: the fact has used the ID
	item, err := s.item()
	if err != nil {
		return Screen{}, err
	}
	items := []kiosk.Item{item, {Key: nextScreenKey, Value: []byte(strconv.Itoa(p.next))}}
	old := p.hashes[hash] // the same browser, once a screen of another kind
	if old != "" {
		items = append(items, kiosk.Item{Key: screenKey + old})
	}
	if err := p.cfg.Shelf.Write(ctx, items...); err != nil {
		return Screen{}, fmt.Errorf("keep screen: %w", err)
	}
	delete(p.screens, old)
	delete(p.waiting, hash)
	delete(p.wrong, by)
	p.screens[s.ID], p.hashes[hash] = s, s.ID
	p.wake()
	return s.Screen, nil
}

func (p *Pairing) mayStand(kind ScreenKind, counter *kiosk.CounterCode) error {
	if kind == BoardScreen {
		*counter = "" // a board belongs to the hall
		return nil
	}
	if p.cfg.Counters == nil || !slices.Contains(p.cfg.Counters(), *counter) {
		return &kiosk.Refusal{Code: kiosk.CodeUnknownCounter, Subject: string(*counter), Hint: "a tablet stands at a counter"}
	}
	return nil
}

func goodName(s string) bool {
	n := utf8.RuneCountInString(s)
	return utf8.ValidString(s) && n >= 1 && n <= maxScreenName && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

func (p *Pairing) record(ctx context.Context, s Screen, what, by string) error {
	f := kiosk.StaffMoved{What: kiosk.StaffBoard, Counter: s.Counter, Detail: string(s.Kind) + " " + s.ID + " " + what}
	if err := p.cfg.Recorder.RecordStaff(ctx, f, by); err != nil {
		return fmt.Errorf("keep that a screen was %s: %w", what, err)
	}
	return nil
}

// Forget takes a screen away: it shows digits again. One that is not there is no error.
func (p *Pairing) Forget(ctx context.Context, id, by string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.screens[id]
	if s == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx = context.WithoutCancel(ctx) // as in Confirm
	if err := p.cfg.Shelf.Write(ctx, kiosk.Item{Key: screenKey + id}); err != nil {
		return fmt.Errorf("forget screen: %w", err)
	}
	delete(p.screens, id)
	delete(p.hashes, s.hash)
	p.wake()
	return p.record(ctx, s.Screen, "taken away", by)
}

// SetSound lets a board say the numbers, or shows them only. It refuses with CodeBadRequest what is
// no board of the office.
func (p *Pairing) SetSound(ctx context.Context, id string, on bool, by string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.screens[id]
	if s == nil || s.Kind != BoardScreen {
		return &kiosk.Refusal{Code: kiosk.CodeBadRequest, Subject: id, Hint: "a paired board"}
	}
	if s.Sound == on {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx = context.WithoutCancel(ctx) // as in Confirm
	now := *s
	now.Sound = on
	item, err := now.item()
	if err != nil {
		return err
	}
	what := "shows numbers only"
	if on {
		what = "says numbers"
	}
	if err := p.record(ctx, now.Screen, what, by); err != nil {
		return err
	}
	if err := p.cfg.Shelf.Write(ctx, item); err != nil {
		return fmt.Errorf("keep screen: %w", err)
	}
	s.Sound = on
	p.wake()
	return nil
}
