package speech

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// The bounds of one clip's file.
const (
	MaxClipBytes  = 2 << 20
	MaxClipLength = 10 * time.Second
)

// errWAV means that bytes are no sound that is understood here.
var errWAV = errors.New("no WAV of 16 bit PCM")

// decodeWAV returns what readWAV reads at [Rate].
func decodeWAV(b []byte) (sound, error) {
	s, rate, err := readWAV(b)
	return resampled(s, rate), err
}

// readWAV reads a WAV file of 16 bit PCM with one or two channels at 8 to 48 kHz, at most
// [MaxClipBytes] and [MaxClipLength], and returns one channel and its rate. A data chunk that
// claims more than there is ends with the file: programs that write to a pipe cannot know its
// length beforehand.
func readWAV(b []byte) (sound, int, error) {
	if len(b) > MaxClipBytes {
		return nil, 0, fmt.Errorf("%w: larger than %d bytes", errWAV, MaxClipBytes)
	}
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, 0, errWAV
	}
	var f format
	for rest := b[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		body := rest[:min(size, uint64(len(rest)))]
		switch {
		case name == "fmt ":
			if err := f.read(body); err != nil {
				return nil, 0, err
			}
		case name == "data" && f.channels == 0:
			return nil, 0, fmt.Errorf("%w: data before its format", errWAV)
		case name == "data":
			s, err := f.sound(body)
			return s, f.rate, err
		}
		// Chunks begin at even places.
		rest = rest[min(size+size%2, uint64(len(rest))):]
	}
	return nil, 0, fmt.Errorf("%w: it has no data", errWAV)
}

// format is what a WAV says of its samples.
type format struct{ channels, rate int }

// The codes of PCM: plain, and in the extensible header that some recorders write.
const (
	codePCM        = 1
	codeExtensible = 0xFFFE
)

func (f *format) read(b []byte) error {
	if len(b) < 16 {
		return errWAV
	}
	code := binary.LittleEndian.Uint16(b)
	if code == codeExtensible && len(b) >= 26 {
		code = binary.LittleEndian.Uint16(b[24:]) // the first two bytes of the sub-format
	}
	channels, bits := binary.LittleEndian.Uint16(b[2:]), binary.LittleEndian.Uint16(b[14:])
	rate := binary.LittleEndian.Uint32(b[4:])
	switch {
	case code != codePCM || bits != 16:
		return fmt.Errorf("%w: form %d with %d bits", errWAV, code, bits)
	case channels != 1 && channels != 2:
		return fmt.Errorf("%w: %d channels", errWAV, channels)
	case rate < 8000 || rate > 48000:
		return fmt.Errorf("%w: %d samples a second", errWAV, rate)
	}
	f.channels, f.rate = int(channels), int(rate)
	return nil
}

// sound mixes the channels.
func (f *format) sound(b []byte) (sound, error) {
	n := len(b) / (2 * f.channels)
	if time.Duration(n)*time.Second/time.Duration(f.rate) > MaxClipLength {
		return nil, fmt.Errorf("%w: longer than %v", errWAV, MaxClipLength)
	}
	s := make(sound, n)
	for i := range s {
		var sum int32
		for c := range f.channels {
			sum += int32(int16(binary.LittleEndian.Uint16(b[2*(i*f.channels+c):])))
		}
		s[i] = float32(sum) / float32(f.channels) / (1 << 15)
	}
	return s, nil
}

// headerWAV is the length of what encodeWAV writes before the samples.
const headerWAV = 44

// encodeWAV returns samples at [Rate] as a WAV file.
func encodeWAV(pcm []int16) []byte {
	b := make([]byte, 0, headerWAV+2*len(pcm))
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(headerWAV-8+2*len(pcm)))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, codePCM)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint32(b, Rate)
	b = le.AppendUint32(b, 2*Rate)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(2*len(pcm)))
	for _, v := range pcm {
		b = le.AppendUint16(b, uint16(v))
	}
	return b
}
