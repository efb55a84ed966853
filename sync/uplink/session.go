package uplink

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	keys wire.Keys
	// sent is the last fact that the hub has acknowledged on this connection; what is kept on our
	// own disk may lag behind it.
	sent    place
	settler *settler
}

// connect opens a connection and uses it until it breaks. It returns why it did.
func (u *Uplink) connect(ctx context.Context, id Identity) (err error) {
	u.set(func(s *State) { s.Phase, s.Hub = PhaseConnecting, id.Hub })
	c, err := u.dial(ctx, id)
	if err != nil {
		return err
	}
	s := &session{Uplink: u, id: id, conn: c}
	s.settler = newSettler(u.cfg.Outbox)
	defer func() {
		err = errors.Join(err, s.settler.flush(context.WithoutCancel(ctx)))
		_ = c.close() // it is broken mostly, and says so
		u.account(c)
	}()
	if err := s.agree(ctx); err != nil {
		return err
	}
	u.up()
	g, ctx := errgroup.WithContext(ctx)
	for name, run := range map[string]func(context.Context) error{
		"facts": s.sendFacts, "pages": s.sendPages, "feed": s.follow, "health": s.tellHealth, "settle": s.settler.run, "watch": s.watch,
	} {
		g.Go(func() error {
			if err := run(ctx); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	return g.Wait()
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
	sent, acked := c.sent.Swap(0), c.acked.Swap(0)
	rate := c.pace.bytesPerSecond()
	heard := c.heard.Load()
	u.set(func(s *State) {
		s.Sent, s.Acked, s.Rate = s.Sent+sent, s.Acked+acked, rate
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
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			changed = s.cfg.Enrolment.Changed()
			if id, ok := s.cfg.Enrolment.Identity(); !ok || id.Gateway != s.id.Gateway || id.Hub != s.id.Hub {
				return errors.New("this box was enrolled anew")
			}
		case <-tick.C:
			s.account(s.conn)
			if err := s.conn.http.Err(); err != nil {
				return fmt.Errorf("connection: %w", err)
			}
		}
	}
}

// jsonHeader and others are what goes with requests.
func contentType(t string) http.Header { return http.Header{"Content-Type": {t}} }
