//go:build !noos

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk/control"
)

// prepare makes accounts, signs everybody in and pairs the boards, before the hall opens and
// while time passes as it does.
func (d *day) prepare(ctx context.Context) error {
	status, err := d.gateway.launch(ctx, dayTime("07:05"), 1)
	if err != nil {
		return err
	}
	d.clock.start(status.Now, 1)
	d.at(status)
	if d.cable, err = newDayCable(strings.TrimPrefix(status.Web, "http://")); err != nil {
		return err
	}
	services, _ := dayServices()
	for i, counter := range byPlace(dayCounters()) {
		o, err := d.hire(ctx, "o"+counter, "officer", counter)
		if err != nil {
			return err
		}
		o.brain = dayBrain{
			lunch: [2]time.Time{dayTime("11:30"), dayTime("13:30")}, services: services,
			leaveAt: dayTime("17:02").Add(time.Duration(i) * time.Minute), sideAt: dayTime("08:00"),
		}
		d.officers[counter] = o
	}
	if d.lead, err = d.hire(ctx, "lead", "lead", ""); err != nil {
		return err
	}
	if err := d.pair(ctx); err != nil {
		return err
	}
	return d.gateway.stop(false)
}

// hire makes an account and, for a counter, signs its officer in.
func (d *day) hire(ctx context.Context, login, role, counter string) (*dayOfficer, error) {
	account := control.NewOfficer{Login: login, Name: "Nguyễn Văn " + strings.ToUpper(login), Role: role}
	var made control.Officer
	if err := d.gateway.client.Do(ctx, http.MethodPost, "/v1/staff", account, &made); err != nil {
		return nil, fmt.Errorf("make the account %s: %w", login, err)
	}
	o, err := newDayOfficer(counter, login, made.Secret, d.cable.url(), d.clock, rand.New(rand.NewPCG(d.random.Uint64(), 2)))
	if err != nil || counter == "" {
		return o, err
	}
	return o, o.signIn(ctx)
}

// pair brings the boards in: each shows four digits, and somebody types them.
func (d *day) pair(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	for _, name := range []string{"Ti vi cửa chính", "Ti vi hành lang", "Ti vi quầy 5"} {
		b, err := newDayBoard(name)
		if err != nil {
			return err
		}
		d.boards = append(d.boards, b)
		all.Go(func() { b.watch(ctx, d.address) })
		if err := d.letIn(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// letIn types what a board shows until it is let in.
func (d *day) letIn(ctx context.Context, b *dayBoard) error {
	typed := ""
	for {
		digits, paired, _ := b.state()
		if paired {
			return nil
		}
		if digits != typed {
			typed = digits
			if err := d.gateway.client.Do(ctx, http.MethodPost, "/v1/boards", control.Pair{Digits: digits, Name: b.name}, new(control.Board)); err != nil {
				return fmt.Errorf("pair %s by %s: %w", b.name, digits, err)
			}
		}
		timer := time.NewTimer(patience)
		select {
		case <-b.news:
			timer.Stop()
		case <-timer.C:
			return fmt.Errorf("%s never showed more than %q", b.name, typed)
		}
	}
}
