package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/motcua/gateway/drivers"
	"github.com/motcua/gateway/kiosk"
)

// espeakLimit is how long espeak-ng may take for one prompt; it takes 20 ms.
const espeakLimit = 10 * time.Second

// espeakCommit is after how many clips the pack is made durable on the way, so that a power
// cut costs no more than these.
const espeakCommit = 40

// espeakVoice returns the voice of espeak-ng 1.51 for a language, "" if it has none. Its plain
// "cmn" reads Chinese characters as English letters there; the one for Pinyin reads both.
func espeakVoice(l kiosk.Language) string {
	switch l {
	case kiosk.Vietnamese:
		return "vi"
	case kiosk.English:
		return "en-gb"
	case kiosk.Chinese:
		return "cmn-latn-pinyin"
	}
	return ""
}

// Espeak says how [MakeEspeak] is done. The zero value is right for Debian.
type Espeak struct {
	Program string // "espeak-ng" if empty
	Version string // of the pack; the program's name if empty
}

// MakeEspeak makes the pack in dir of the prompts, or brings it up to date: what it has of a
// prompt with the same text stays, so that it goes on where it was interrupted, and costs
// nothing when all is there. Prompts of a language that espeak-ng does not speak are left out.
// Where there is no espeak-ng it fails with [drivers.ErrAbsent] (wrapped) and changes nothing.
func MakeEspeak(ctx context.Context, dir string, prompts []kiosk.Prompt, e Espeak) error {
	if e.Program == "" {
		e.Program = "espeak-ng"
	}
	if e.Version == "" {
		e.Version = byEspeak
	}
	if _, err := exec.LookPath(e.Program); err != nil {
		return fmt.Errorf("make voice pack: no program %s: %w", e.Program, drivers.ErrAbsent)
	}
	f, err := writeFolder(dir, manifest{Form: manifestForm, Name: byEspeak, MadeBy: byEspeak, Rate: Rate})
	if err != nil {
		return err
	}
	defer f.close()
	if f.MadeBy != byEspeak {
		return fmt.Errorf("make voice pack %s: the pack there is a %s's", dir, f.MadeBy)
	}
	f.Version = e.Version
	made := 0
	for _, p := range prompts {
		if p.Meaning || espeakVoice(p.ID.Language()) == "" || f.has(p) {
			continue
		}
		if err = f.speak(ctx, e, p); err != nil {
			break
		}
		if made++; made%espeakCommit == 0 {
			if err = f.commit(); err != nil {
				break
			}
		}
	}
	if made > 0 {
		err = errors.Join(err, f.commit())
	}
	return err
}

// has reports whether the pack holds what espeak-ng would say, and its file is whole.
func (f *folder) has(p kiosk.Prompt) bool {
	c, ok := f.Clips[p.ID]
	if !ok || c.Text != p.Text {
		return false
	}
	b, err := readFile(f.root, c.File, MaxClipBytes)
	return err == nil && digest(b) == c.SHA256
}

// speak lets espeak-ng read one prompt.
func (f *folder) speak(ctx context.Context, e Espeak, p kiosk.Prompt) error {
	bounded, cancel := context.WithTimeout(ctx, espeakLimit)
	defer cancel()
	// A little slower than espeak-ng talks by itself: numbers are heard in a hall.
	cmd := exec.CommandContext(bounded, e.Program, "-v", espeakVoice(p.ID.Language()), "-s", "150", "-z", "--stdin", "--stdout")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.Stdin = strings.NewReader(p.Text)
	out, said := &limited{}, &tail{}
	cmd.Stdout, cmd.Stderr = out, said
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("espeak-ng for %s: %w: %s", p.ID, err, said)
	}
	s, err := decodeWAV(out.buffer.Bytes())
	if err != nil {
		return fmt.Errorf("espeak-ng for %s: %w", p.ID, err)
	}
	if len(ready(s)) == 0 {
		return fmt.Errorf("espeak-ng for %s: %w", p.ID, errNoVoice)
	}
	return f.put(p.ID, encodeWAV(s.toPCM()), p.Text)
}

// limited takes no more than a clip's file. The buffer is not embedded: its ReadFrom would take
// everything.
type limited struct{ buffer bytes.Buffer }

func (l *limited) Write(b []byte) (int, error) {
	if l.buffer.Len()+len(b) > MaxClipBytes {
		return 0, errWAV
	}
	return l.buffer.Write(b)
}
