package uplink

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// session is the life of one connection.
type session struct {
	*Uplink
	id   Identity
	conn *conn
	keys wire.Keys // after agree, the feed's goroutine has them to itself
	// sent is the last fact that the hub has acknowledged on this connection; what is kept on our
	// own disk may lag behind it.
	sent    place
	settler *settler
}

// connect opens a connection and uses it until it breaks. It returns why it did, and whether it
// was worth anything.
func (u *Uplink) connect(ctx context.Context, id Identity) (good bool, err error) {
	u.set(func(s *State) { s.Phase, s.Hub, s.Next = PhaseConnecting, id.Hub, time.Time{} })
	c, err := u.dial(ctx, id)
	if err != nil {
		return false, err
	}
	if u.last.Gateway != id.Gateway || u.last.Hub != id.Hub {
		u.last, u.health = id, time.Time{}
	}
	began := time.Now()
	s := &session{Uplink: u, id: id, conn: c, settler: newSettler(u.cfg.Outbox, u.cfg.Shelf)}
	defer func() {
		end := context.WithoutCancel(ctx)
		err = errors.Join(err, s.settler.flush(end), u.spent.flush(end))
		_ = c.close() // it is broken mostly, and says so
		good = c.acked.Load() > 0 || time.Since(began) >= goodAfter
		u.account(c)
		u.rate = c.pace.lastRate()
	}()
	if err := s.agree(ctx); err != nil {
		return false, err
	}
	u.up()
	g, ctx := errgroup.WithContext(ctx)
	for name, run := range map[string]func(context.Context) error{
		"facts": s.sendFacts, "pages": s.sendPages, "again": s.visitAgain, "feed": s.follow,
		"health": s.tellHealth, "settle": s.settler.run, "watch": s.watch,
	} {
		g.Go(func() error {
			if err := run(ctx); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	return true, g.Wait()
}

// up says that the line works.
func (u *Uplink) up() {
	now := u.cfg.Office.Time()
	u.set(func(s *State) { s.Phase, s.Contact, s.Trouble, s.Next = PhaseUp, now, "", time.Time{} })
	u.cfg.Office.ClearFault(kiosk.FaultLineDown)
	u.cfg.Office.ClearFault(kiosk.FaultGatewayRevoked)
}

// account adds what a connection has carried to the state.
func (u *Uplink) account(c *conn) {
	sent, acked := c.sent.Load(), c.acked.Load()
	rate := c.pace.bytesPerSecond()
	heard := c.heard.Load()
	u.set(func(s *State) {
		s.Sent, s.Acked, s.Rate = s.Sent+sent-c.told.sent, s.Acked+acked-c.told.acked, rate
		c.told.sent, c.told.acked = sent, acked
		if heard > 0 {
			s.Contact = time.Unix(heard, 0).In(kiosk.ICT())
		}
	})
}

// watch keeps the state's numbers fresh, and ends when the enrolment is another one.
func (s *session) watch(ctx context.Context) error {
	changed := s.cfg.Enrolment.Changed()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		id, ok := s.cfg.Enrolment.Identity()
		if !ok || id.Gateway != s.id.Gateway || id.Hub != s.id.Hub {
			return errors.New("this box was enrolled anew")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			changed = s.cfg.Enrolment.Changed()
		case <-tick.C:
			s.account(s.conn)
			s.trust()
			if err := s.conn.http.Err(); err != nil {
				return fmt.Errorf("connection: %w", err)
			}
		}
	}
}

// patience returns how long to leave the hub alone that is busy, or in trouble of its own. Where
// that is long the connection is given up, which is the error: it costs the hub something too.
func (s *session) patience(p *wire.Problem, tries *int) (time.Duration, error) {
	wait := p.RetryAfter
	if wait == 0 {
		wait = min(time.Second<<min(*tries, 10), patienceMost)
	}
	*tries++
	if wait > patienceMost {
		return 0, p
	}
	s.set(func(st *State) { st.Trouble = p.Error() })
	return wait + rand.N(wait/4+time.Second), nil
}
