package simulated

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Command implements Commander. The verbs are
//
//	paper-out [DOTS]   now, or after so much paper      paper-low
//	new-roll [upside-down]                              tear-off
//	open-cover   close-cover   hold-feed on|off         jam-cutter   clear-cutter
//	stall on|off   garble on|off   scramble on|off   noise on|off   late DURATION
//	unplug   unplug-after BYTES   replug   power-cycle
//	status       answers the machine's name and what is wrong, or "ready"
//	slips        answers how many came out
//	wait-slips N [DURATION]   waits for the Nth slip, 10 s unless told
//	anomalies    answers what the host should not have sent, separated by " | "
func (p *Printer) Command(ctx context.Context, words []string) (string, error) {
	if len(words) == 0 {
		return "", fmt.Errorf("want a verb")
	}
	verb, args := words[0], words[1:]
	if do, ok := p.plainVerbs()[verb]; ok {
		if len(args) > 0 {
			return "", fmt.Errorf("%s takes no argument", verb)
		}
		do()
		return "", nil
	}
	if set, ok := p.switches()[verb]; ok {
		if len(args) != 1 || args[0] != "on" && args[0] != "off" {
			return "", fmt.Errorf("%s wants on or off", verb)
		}
		set(args[0] == "on")
		return "", nil
	}
	switch verb {
	case "status":
		return p.describe(), nil
	case "slips":
		p.mu.Lock()
		defer p.mu.Unlock()
		return strconv.Itoa(p.printed), nil
	case "anomalies":
		return strings.Join(p.Anomalies(), " | "), nil
	}
	return "", p.commandWith(ctx, verb, args)
}

func (p *Printer) plainVerbs() map[string]func() {
	return map[string]func(){
		"paper-low":    p.PaperLow,
		"tear-off":     p.TearOff,
		"open-cover":   p.OpenCover,
		"close-cover":  p.CloseCover,
		"jam-cutter":   p.JamCutter,
		"clear-cutter": p.ClearCutter,
		"unplug":       p.Unplug,
		"replug":       p.Replug,
		"power-cycle":  p.PowerCycle,
	}
}

func (p *Printer) switches() map[string]func(bool) {
	return map[string]func(bool){
		"hold-feed": p.HoldFeed,
		"stall":     p.Stall,
		"garble":    p.Garble,
		"scramble":  p.Scramble,
		"noise":     p.Noise,
	}
}

// commandWith obeys the verbs with arguments of their own.
func (p *Printer) commandWith(ctx context.Context, verb string, args []string) error {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	number := func() (int, error) {
		n, err := strconv.Atoi(arg(0))
		if err != nil || n < 0 {
			return 0, fmt.Errorf("%s wants a number, not %q", verb, arg(0))
		}
		return n, nil
	}
	switch verb {
	case "paper-out":
		if len(args) == 0 {
			p.PaperOut()
			return nil
		}
		n, err := number()
		if err == nil {
			p.PaperOutAfter(n)
		}
		return err
	case "new-roll":
		if arg(0) != "" && arg(0) != "upside-down" {
			return fmt.Errorf("new-roll takes upside-down or nothing")
		}
		p.loadRoll(arg(0) != "")
		return nil
	case "unplug-after":
		n, err := number()
		if err == nil {
			p.UnplugAfter(n)
		}
		return err
	case "late":
		d, err := time.ParseDuration(arg(0))
		if err != nil {
			return fmt.Errorf("late wants a duration: %w", err)
		}
		p.AnswerLate(d)
		return nil
	case "wait-slips":
		n, err := number()
		if err != nil {
			return err
		}
		limit := 10 * time.Second
		if arg(1) != "" {
			if limit, err = time.ParseDuration(arg(1)); err != nil {
				return fmt.Errorf("wait-slips wants a duration: %w", err)
			}
		}
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return p.WaitSlips(ctx, n)
	}
	return fmt.Errorf("unknown verb %q", verb)
}

// describe says in a line how the printer is.
func (p *Printer) describe() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	words := []string{p.machine.Name}
	for _, w := range []struct {
		on   bool
		name string
	}{
		{!p.plugged, "unplugged"},
		{p.stalled, "stalled"},
		{p.sensors.CoverOpen, "cover-open"},
		{p.sensors.PaperOut, "paper-out"},
		{p.sensors.PaperLow, "paper-low"},
		{p.sensors.CutterError, "cutter-error"},
		{p.sensors.Feeding, "feeding"},
	} {
		if w.on {
			words = append(words, w.name)
		}
	}
	if len(words) == 1 {
		words = append(words, "ready")
	}
	return strings.Join(words, " ")
}
