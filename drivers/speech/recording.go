package speech

import (
	"fmt"
	"maps"

	"github.com/motcua/gateway/kiosk"
)

// effective reports whether a pack is to be heard today.
func (v *Voice) effective(p *Pack) bool {
	return p != nil && (v.config.Today == nil || p.Effective <= v.config.Today())
}

// source returns the first pack that has a clip today.
func (v *Voice) source(id kiosk.ClipID) *Pack {
	v.mu.Lock()
	packs := v.packs // never written to, only replaced
	v.mu.Unlock()
	for _, p := range packs {
		if v.effective(p) && p.Has(id) {
			return p
		}
	}
	return nil
}

func (v *Voice) clip(id kiosk.ClipID) []int16 {
	if p := v.source(id); p != nil {
		return p.clips[id]
	}
	return nil
}

// Source returns who made the clip that is heard for id: "person", "espeak-ng", or "" if no
// pack has it.
func (v *Voice) Source(id kiosk.ClipID) string {
	if p := v.source(id); p != nil {
		return p.MadeBy
	}
	return ""
}

// Keep checks a recording and, where nothing is wrong, makes it the office's own clip: on
// disk, durably, and then in every announcement from now on. A recording with flaws is no
// error: the take says what they are. It is an error if the clip cannot be written.
func (v *Voice) Keep(id kiosk.ClipID, wav []byte) (Take, error) {
	if !id.Valid() || len(v.config.Packs) == 0 {
		return Take{}, fmt.Errorf("keep %q: no such clip", id)
	}
	t := Check(wav)
	if len(t.Flaws) > 0 {
		return t, nil
	}
	s, err := decodeWAV(t.WAV)
	if err != nil {
		return t, fmt.Errorf("keep %s: %w", id, err)
	}
	v.writing.Lock()
	defer v.writing.Unlock()
	own, err := v.ownWith(id, ready(s))
	if err != nil {
		return t, fmt.Errorf("keep %s: %w", id, err)
	}
	if err := v.write(id, t.WAV); err != nil {
		return t, fmt.Errorf("keep %s: %w", id, err)
	}
	v.mu.Lock()
	packs := append([]*Pack{own}, v.packs[1:]...)
	v.packs = packs
	v.mu.Unlock()
	v.tell()
	return t, nil
}

// ownWith returns the office's own pack with one clip more.
func (v *Voice) ownWith(id kiosk.ClipID, pcm []int16) (*Pack, error) {
	v.mu.Lock()
	old := v.packs[0]
	v.mu.Unlock()
	own := &Pack{MadeBy: byPerson, clips: map[kiosk.ClipID][]int16{}}
	if old != nil {
		*own = *old
		own.clips = maps.Clone(old.clips)
		own.Damaged = without(old.Damaged, id)
	}
	own.clips[id] = pcm
	total := 0
	for _, c := range own.clips {
		total += 2 * len(c)
	}
	if total > MaxMemory {
		return nil, errTooLarge
	}
	return own, nil
}

func without(ids []kiosk.ClipID, id kiosk.ClipID) []kiosk.ClipID {
	var out []kiosk.ClipID
	for _, o := range ids {
		if o != id {
			out = append(out, o)
		}
	}
	return out
}

func (v *Voice) write(id kiosk.ClipID, wav []byte) error {
	f, err := writeFolder(v.config.Packs[0], manifest{Form: manifestForm, Name: "own voice", MadeBy: byPerson, Rate: Rate})
	if err != nil {
		return err
	}
	defer f.close()
	if v.config.Today != nil {
		f.Version = v.config.Today().String()
	}
	if err := f.put(id, wav, ""); err != nil {
		return err
	}
	return f.commit()
}
