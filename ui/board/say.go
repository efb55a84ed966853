package board

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
)

// soundOf is the address of a call's sound, "" where boards are silent.
func (b *Board) soundOf(order uint64) string {
	if b.cfg.Sound == nil {
		return ""
	}
	return "/board/say/" + strconv.FormatUint(order, 10) + ".wav"
}

// say answers with the sound of a call that still stands.
func (b *Board) say(w http.ResponseWriter, r *http.Request) {
	if _, ok := b.paired(w, r); !ok {
		return
	}
	digits, ok := strings.CutSuffix(r.PathValue("file"), ".wav")
	order, err := strconv.ParseUint(digits, 10, 64)
	a, there := b.called(order)
	if !ok || err != nil || !there || b.cfg.Sound == nil {
		b.refuse(w, r, &lan.Problem{Code: lan.CodeNoPage})
		return
	}
	wav, err := b.sounds.get(a, b.cfg.Sound)
	if err != nil {
		// A voice that is still being made, or lacks a clip: the page asks once more.
		b.refuse(w, r, &lan.Problem{Code: kiosk.CodeStopping, Cause: err})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "audio/wav")
	h.Set("Content-Length", strconv.Itoa(len(wav)))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(wav) // a board that went away needs no sound
}

// called returns the call of that order, where it is the last one of its ticket.
func (b *Board) called(order uint64) (kiosk.Announcement, bool) {
	for _, t := range b.cfg.Office.Snapshot().Tickets {
		if t.CallOrder == order && order != 0 {
			return t.Announcement(), true
		}
	}
	return kiosk.Announcement{}, false
}

// keptSounds is how many sounds are kept: every board asks for the same few.
const keptSounds = 8

// sounds keeps the newest sounds. The zero value is ready.
type sounds struct {
	mu   sync.Mutex
	kept []sound
}

type sound struct {
	of  kiosk.Announcement
	wav []byte
}

// get returns a call's sound, made once for all boards.
func (s *sounds) get(a kiosk.Announcement, produce func(kiosk.Announcement) ([]byte, time.Duration, error)) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.kept {
		if k.of == a {
			return k.wav, nil
		}
	}
	wav, _, err := produce(a)
	if err != nil {
		return nil, err
	}
	if len(s.kept) == keptSounds {
		s.kept = append(s.kept[:0], s.kept[1:]...)
	}
	s.kept = append(s.kept, sound{a, wav})
	return wav, nil
}
