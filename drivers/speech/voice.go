package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/kiosk"
)

// Config says what a voice is made of. Packs and Log are required.
type Config struct {
	// Packs are folders in the order in which a clip is looked for. The first is the office's
	// own voice, where [Voice.Keep] writes; one that is not there yet is empty.
	Packs []string
	// Device is the ALSA device: "default" if empty.
	Device string
	// Player is the program that plays: "aplay" if empty.
	Player string
	// Env is added to the player's environment: "ALSA_CONFIG_PATH=…".
	Env []string
	// Today returns the day that decides which packs are in effect; all are, if nil.
	Today func() kiosk.Day
	Log   *slog.Logger
}

// Voice calls numbers. [Voice.Run] owns the sound device; the other methods may be called by
// anybody at any time.
type Voice struct {
	config   Config
	player   player
	requests chan request
	probed   chan struct{} // closed when the device was looked for once
	once     sync.Once
	changed  chan struct{}
	writing  sync.Mutex // held by who writes the office's own pack

	mu      sync.Mutex
	packs   []*Pack       // beside config.Packs; nil where there is none
	serving chan struct{} // closed when the device is lost; nil while there is none
	state   kiosk.DeviceState
	reason  error
	missing []kiosk.ClipID
}

// request is one announcement for the goroutine that owns the device.
type request struct {
	ctx    context.Context
	wav    []byte
	length time.Duration
	done   chan error
}

// New returns a voice with the packs that are there. A pack that cannot be read is logged and
// left out.
func New(c Config) *Voice {
	if c.Device == "" {
		c.Device = "default"
	}
	if c.Player == "" {
		c.Player = "aplay"
	}
	v := &Voice{
		config:   c,
		player:   player{program: c.Player, device: c.Device, env: c.Env, patience: playerPatience},
		requests: make(chan request),
		probed:   make(chan struct{}),
		changed:  make(chan struct{}, 1),
		state:    kiosk.DeviceAbsent,
		reason:   fmt.Errorf("the sound device was not looked for yet: %w", drivers.ErrAbsent),
	}
	v.Reload()
	return v
}

// Reload reads all packs anew, after one was made or put in their place.
func (v *Voice) Reload() {
	v.writing.Lock()
	defer v.writing.Unlock()
	packs := make([]*Pack, len(v.config.Packs))
	for i, dir := range v.config.Packs {
		p, err := openIfThere(dir)
		if err != nil {
			v.config.Log.Error("voice pack left out", "pack", dir, kiosk.LogError, err)
			continue
		}
		if p != nil && len(p.Damaged) > 0 {
			v.config.Log.Error("voice pack has damaged clips", "pack", dir, "clips", p.Damaged)
		}
		packs[i] = p
	}
	v.mu.Lock()
	v.packs, v.missing = packs, nil
	v.mu.Unlock()
	v.tell()
}

// Run looks for the sound device, plays on it what [Voice.Say] asks for, loses it and finds
// it again, until ctx ends. It returns ctx.Err().
func (v *Voice) Run(ctx context.Context) error {
	find := func(ctx context.Context) (*card, error) { return v.find(ctx) }
	return drivers.Supervise(ctx, find, v.serve, drivers.Options{
		Name: "voice", Log: v.config.Log, Report: v.report,
		// A look starts a program: not every ten seconds in an office that has no sound.
		MaxWait: time.Minute,
	})
}

func (v *Voice) report(state kiosk.DeviceState, reason error) {
	v.mu.Lock()
	v.state, v.reason = state, reason
	v.mu.Unlock()
	if state != kiosk.DeviceReady { // or else serve says so, when it serves
		v.once.Do(func() { close(v.probed) })
	}
	v.tell()
}

// card is a sound device that played a moment of silence.
type card struct{ cards []byte }

// Close does nothing: a device is open only while something is played.
func (*card) Close() error { return nil }

// cardsFile is where the kernel lists the sound cards.
const cardsFile = "/proc/asound/cards"

// sameCards reports whether no card was pulled or plugged in since.
func (c *card) sameCards() bool { return bytes.Equal(c.cards, listCards()) }

// listCards returns the kernel's list, nil on a system without sound.
func listCards() []byte {
	b, err := os.ReadFile(cardsFile)
	if err != nil {
		return nil
	}
	return b
}

// probe is how much silence is played to see whether a device takes sound.
const probe = 20 * time.Millisecond

func (v *Voice) find(ctx context.Context) (*card, error) {
	c := &card{cards: listCards()}
	if err := v.player.play(ctx, encodeWAV(make([]int16, samples(probe))), probe); err != nil {
		return nil, err
	}
	return c, nil
}

// lookEvery is how often the list of cards is looked at while nothing is played.
const lookEvery = 10 * time.Second

// serve plays what is asked for until the device fails or the cards change.
func (v *Voice) serve(ctx context.Context, c *card) error {
	lost := make(chan struct{})
	v.mu.Lock()
	v.serving = lost
	v.mu.Unlock()
	v.once.Do(func() { close(v.probed) })
	defer func() {
		v.mu.Lock()
		v.serving = nil
		v.mu.Unlock()
		close(lost)
	}()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
			if !c.sameCards() {
				return nil
			}
		case r := <-v.requests:
			err := v.playFor(ctx, r)
			r.done <- err
			if err != nil && r.ctx.Err() == nil {
				return err
			}
		}
	}
}

// playFor plays one request, as long as both its owner and the device's want it.
func (v *Voice) playFor(ctx context.Context, r request) error {
	both, cancel := context.WithCancel(r.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	return v.player.play(both, r.wav, r.length)
}

// Say says an announcement and returns when it was heard. Announcements that come at once are
// said one after the other. It fails at once while there is no device ([drivers.Absent] tells
// whether that is a failure), if no language of it has all its clips, and with ctx.Err() when
// ctx ends, which silences it. Before the first look at the device it waits for that.
func (v *Voice) Say(ctx context.Context, a kiosk.Announcement, clips [][]kiosk.ClipID) error {
	wav, d, err := v.WAV(clips)
	if err != nil {
		return fmt.Errorf("call %s to %s: %w", a.Number, a.Counter, err)
	}
	select {
	case <-v.probed:
	case <-ctx.Done():
		return ctx.Err()
	}
	v.mu.Lock()
	lost, reason := v.serving, v.reason
	v.mu.Unlock()
	if lost == nil {
		return fmt.Errorf("call %s to %s: %w", a.Number, a.Counter, lostOr(reason))
	}
	r := request{ctx, wav, d, make(chan error, 1)}
	select {
	case v.requests <- r:
		err = <-r.done
	case <-lost:
		err = errLost
	case <-ctx.Done():
		return ctx.Err()
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("call %s to %s: %w", a.Number, a.Counter, err)
	}
	return err
}

var (
	errLost     = fmt.Errorf("the sound device is gone: %w", drivers.ErrAbsent)
	errNoClips  = errors.New("no language has all its clips")
	errTooLarge = fmt.Errorf("it would take more than %d bytes", MaxMemory)
)

func lostOr(reason error) error {
	if reason == nil {
		return errLost
	}
	return reason
}

// WAV returns the same announcement as a file, with its exact length: 16 bit, one channel,
// [Rate]. A language that lacks a clip is left out and the clip named in Status.
func (v *Voice) WAV(clips [][]kiosk.ClipID) ([]byte, time.Duration, error) {
	pcm, missing, err := join(clips, v.clip)
	v.miss(missing)
	if err != nil {
		return nil, 0, err
	}
	if len(pcm) == 0 {
		return nil, 0, fmt.Errorf("%w: %q", errNoClips, missing)
	}
	return encodeWAV(pcm), length(len(pcm)), nil
}

// maxMissing bounds the list of missing clips: whoever asks could invent names.
const maxMissing = 100

func (v *Voice) miss(ids []kiosk.ClipID) {
	var fresh []kiosk.ClipID
	v.mu.Lock()
	for _, id := range ids {
		if !slices.Contains(v.missing, id) && len(v.missing) < maxMissing {
			v.missing, fresh = append(v.missing, id), append(fresh, id)
		}
	}
	v.mu.Unlock()
	if len(fresh) > 0 {
		v.config.Log.Warn("no voice pack has these clips", "clips", fresh)
		v.tell()
	}
}

// tell says that Status may have changed.
func (v *Voice) tell() {
	select {
	case v.changed <- struct{}{}:
	default:
	}
}

// Changed is sent to, coalesced, whenever Status may have changed.
func (v *Voice) Changed() <-chan struct{} { return v.changed }

// Status returns the newest known condition.
func (v *Voice) Status() kiosk.VoiceStatus {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := kiosk.VoiceStatus{State: v.state, Missing: slices.Clone(v.missing)}
	clips := 0
	for _, p := range v.packs {
		if p != nil {
			clips += len(p.clips)
			s.Damaged = append(s.Damaged, p.Damaged...)
		}
	}
	switch {
	case v.state == kiosk.DeviceFaulty:
		s.Code, s.Hint = kiosk.FaultVoiceFaulty, lostOr(v.reason).Error()
	case v.state != kiosk.DeviceReady:
		s.Code, s.Hint = kiosk.FaultVoiceAbsent, lostOr(v.reason).Error()
	case clips == 0:
		s.State, s.Code, s.Hint = kiosk.DeviceAbsent, kiosk.FaultVoiceAbsent, "no voice pack has a clip"
	}
	return s
}
