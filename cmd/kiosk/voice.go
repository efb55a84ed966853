package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/drivers/speech"
	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// speaker is the voice of the office: it knows which clips a call is made of.
type speaker struct {
	*speech.Voice
	shelf kiosk.Shelf // of what the lead has switched on or off
	spare string      // folder of the pack that espeak-ng makes
	log   *slog.Logger

	mu   sync.Mutex
	also []kiosk.Language // that are only heard
}

// newSpeaker looks for voices: first the office's own, then those of the configuration, last the
// one that espeak-ng makes.
func newSpeaker(ctx context.Context, c voiceConfig, state string, shelf kiosk.Shelf, today func() kiosk.Day, log *slog.Logger) (*speaker, error) {
	s := &speaker{shelf: shelf, spare: filepath.Join(state, "voice", "espeak"), log: log}
	for _, l := range c.Also {
		s.also = append(s.also, kiosk.Language(l))
	}
	chosen, err := shelf.Read(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the chosen languages: %w", err)
	}
	for _, item := range chosen {
		s.set(kiosk.Language(item.Key), string(item.Value) == heardOn)
	}
	packs := append([]string{filepath.Join(state, "voice", "own")}, c.Packs...)
	s.Voice = speech.New(speech.Config{Packs: append(packs, s.spare), Device: c.Device, Today: today, Log: log})
	return s, nil
}

// speaks reports whether calls are repeated in a language that is only heard.
func (s *speaker) speaks(l kiosk.Language) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.also, l)
}

// What the shelf says of a language. It goes before the configuration, which only begins it.
const heardOn, heardOff = "1", "0"

// choose lets every call be repeated in a language, or no longer, durably.
func (s *speaker) choose(ctx context.Context, l kiosk.Language, on bool) error {
	value := heardOff
	if on {
		value = heardOn
	}
	if err := s.shelf.Write(ctx, kiosk.Item{Key: string(l), Value: []byte(value)}); err != nil {
		return fmt.Errorf("keep the chosen language: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(l, on)
	return nil
}

// set is called by who holds mu, or alone knows s.
func (s *speaker) set(l kiosk.Language, on bool) {
	s.also = slices.DeleteFunc(s.also, func(have kiosk.Language) bool { return have == l })
	if on {
		s.also = append(s.also, l)
	}
}

// Run plays, and meanwhile lets espeak-ng fill the gaps that nobody has recorded.
func (s *speaker) Run(ctx context.Context) error {
	made := make(chan struct{})
	go func() {
		defer close(made)
		s.fill(ctx)
	}()
	err := s.Voice.Run(ctx)
	<-made
	return err
}

// RunSilent is Run without a sound card: in a silent hall boards may speak all the same.
func (s *speaker) RunSilent(ctx context.Context) error {
	s.fill(ctx)
	<-ctx.Done()
	return nil
}

// fill makes the spare voice. Without espeak-ng the office has only what somebody recorded.
func (s *speaker) fill(ctx context.Context) {
	var prompts []kiosk.Prompt
	for _, l := range kiosk.Languages() {
		prompts = append(prompts, words.Prompts(l)...)
	}
	err := speech.MakeEspeak(ctx, s.spare, prompts, speech.Espeak{})
	switch {
	case err == nil:
		s.Reload()
	case drivers.Absent(err):
		s.log.Info("no espeak-ng: the office is heard only where somebody has recorded a voice")
	case ctx.Err() == nil:
		s.log.Warn("the spare voice could not be made", logErr, err)
	}
}

// Say implements kiosk.Voice.
func (s *speaker) Say(ctx context.Context, a kiosk.Announcement) error {
	err := s.Voice.Say(ctx, a, s.clips(a))
	if drivers.Absent(err) {
		return fmt.Errorf("%w: %w", kiosk.ErrVoiceAbsent, err)
	}
	return err
}

// WAV is the same announcement for a board.
func (s *speaker) WAV(a kiosk.Announcement) ([]byte, time.Duration, error) {
	return s.Voice.WAV(s.clips(a))
}

func (s *speaker) clips(a kiosk.Announcement) [][]kiosk.ClipID {
	s.mu.Lock()
	also := slices.Clone(s.also)
	s.mu.Unlock()
	return words.Announcement(a, also...)
}

// newAnnouncing says calls one after the other. In a silent hall, and for boards that speak
// themselves, a number stands as long as it would take to say it.
func newAnnouncing(office *kiosk.Office, voice *speaker, c countersConfig, log *slog.Logger) *kiosk.Announcing {
	cfg := kiosk.AnnouncingConfig{Office: office, MinShow: c.Board.Show, Repeat: c.Voice.Repeat - 1, Log: log, Lasts: func(a kiosk.Announcement) time.Duration {
		_, lasts, err := voice.WAV(a)
		if err != nil {
			return 0
		}
		return lasts
	}}
	if !c.Voice.Off {
		cfg.Voice = voice
	}
	return kiosk.NewAnnouncing(cfg)
}
