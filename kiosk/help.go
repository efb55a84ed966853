package kiosk

import (
	"context"
	"time"
)

// AskHelp calls an officer to the screen.
func (o *Office) AskHelp(ctx context.Context, by string) error {
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	var c Change
	o.askHelp(&c, now, by)
	return o.commit(ctx, c)
}

// AnswerHelp says that the officer has come.
func (o *Office) AnswerHelp(ctx context.Context, by string) error {
	now, err := o.begin(ctx)
	if err != nil {
		return err
	}
	defer o.end()
	var c Change
	o.answerHelp(&c, now, by)
	return o.commit(ctx, c)
}

func (o *Office) askHelp(c *Change, now time.Time, by string) {
	if !o.day.hall.HelpSince.IsZero() {
		return
	}
	hall := o.day.hall
	hall.HelpSince = now
	c.Hall = &hall
	o.record(c, now, by, HelpMoved{Waiting: true})
}

func (o *Office) answerHelp(c *Change, now time.Time, by string) {
	if o.day.hall.HelpSince.IsZero() {
		return
	}
	hall := o.day.hall
	hall.HelpSince = time.Time{}
	c.Hall = &hall
	o.record(c, now, by, HelpMoved{Waiting: false})
}

// helpCame answers the call for help when the guidance ticket behind it is called.
func (o *Office) helpCame(c *Change, now time.Time, by string, t Ticket) {
	if s, ok := o.setup.Service(t.Service); ok && s.Guidance {
		o.answerHelp(c, now, by)
	}
}
