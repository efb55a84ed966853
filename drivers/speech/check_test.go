package speech

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
)

const ms = time.Millisecond

// studio makes recordings: a voice of some harmonics in syllables, in a room with noise.
type studio struct {
	before, voice, after time.Duration
	level, room          float64 // dBFS of the voice and of the room
}

func (st studio) record() sound {
	dice := rand.New(rand.NewPCG(1, 2))
	noise := float32(math.Pow(10, st.room/20))
	from, n := samples(st.before), samples(st.voice)
	voice := make(sound, n)
	for i := range voice {
		at := float64(i) / Rate
		var v float64
		for h := 1.0; h <= 8; h++ {
			v += math.Sin(2*math.Pi*140*h*at+h*h) / h
		}
		voice[i] = float32(v * (0.6 + 0.4*math.Cos(2*math.Pi*5*at)))
	}
	factor := float32(math.Pow(10, (st.level-rms(voice))/20))
	s := make(sound, from+n+samples(st.after))
	for i := range s {
		s[i] = noise * float32(dice.NormFloat64())
		if i >= from && i < from+n {
			s[i] += factor * voice[i-from]
		}
	}
	return s
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := studio{500 * ms, 900 * ms, 500 * ms, -20, -65}
	with := func(change func(*studio)) studio { s := good; change(&s); return s }
	for name, c := range map[string]struct {
		studio
		want []kiosk.Flaw
	}{
		"good":                {good, nil},
		"rather low":          {with(func(s *studio) { s.level = -34 }), nil},
		"an ordinary office":  {with(func(s *studio) { s.level, s.room = -18, -45 }), nil},
		"one syllable":        {with(func(s *studio) { s.voice = 180 * ms }), nil},
		"nobody":              {with(func(s *studio) { s.voice = 0 }), []kiosk.Flaw{kiosk.FlawSilent}},
		"nobody in the noise": {with(func(s *studio) { s.voice, s.room = 0, -25 }), []kiosk.Flaw{kiosk.FlawSilent}},
		"too far away":        {with(func(s *studio) { s.level, s.room = -43, -80 }), []kiosk.Flaw{kiosk.FlawQuiet}},
		"a loud room":         {with(func(s *studio) { s.room = -31 }), []kiosk.Flaw{kiosk.FlawNoisy}},
		"too loud":            {with(func(s *studio) { s.level = -3 }), []kiosk.Flaw{kiosk.FlawClipped}},
		"a click":             {with(func(s *studio) { s.voice = 60 * ms }), []kiosk.Flaw{kiosk.FlawShort}},
		"a speech":            {with(func(s *studio) { s.voice = 6 * time.Second }), []kiosk.Flaw{kiosk.FlawLong}},
		"started too late":    {with(func(s *studio) { s.before = 10 * ms }), []kiosk.Flaw{kiosk.FlawCutStart}},
		"stopped too early":   {with(func(s *studio) { s.after = 30 * ms }), []kiosk.Flaw{kiosk.FlawCutEnd}},
		"cut at both ends":    {with(func(s *studio) { s.before, s.after = 0, 0 }), []kiosk.Flaw{kiosk.FlawCutStart, kiosk.FlawCutEnd}},
	} {
		take := Check(encodeWAV(c.record().toPCM()))
		if !slices.Equal(take.Flaws, c.want) {
			t.Errorf("%s: %v, want %v (%+.1f dB in a room of %.1f, peak %.1f, %v)", name, take.Flaws, c.want, take.Voice, take.Room, take.Peak, take.Length)
		}
		if (take.WAV != nil) != (c.want == nil) {
			t.Errorf("%s: %d bytes of clip", name, len(take.WAV))
		}
	}
	if take := Check([]byte("no sound")); !slices.Equal(take.Flaws, []kiosk.Flaw{kiosk.FlawUnreadable}) {
		t.Errorf("letters: %v", take.Flaws)
	}
}

// Many browsers hand out zeros until the microphone is open, and some whenever nobody speaks.
func TestDigitalSilenceIsNotTheRoom(t *testing.T) {
	t.Parallel()
	s := studio{500 * ms, 900 * ms, 500 * ms, -18, -45}.record()
	clear(s[:samples(150*ms)])
	if take := Check(encodeWAV(s.toPCM())); len(take.Flaws) > 0 || math.Abs(take.Room+45) > 3 {
		t.Errorf("a late microphone: %v in a room of %.1f dB", take.Flaws, take.Room)
	}
	clear(s[:samples(500*ms)])
	clear(s[len(s)-samples(500*ms):])
	if take := Check(encodeWAV(s.toPCM())); len(take.Flaws) > 0 || (take.Length-900*ms).Abs() > 20*ms {
		t.Errorf("a gate: %v, %v long", take.Flaws, take.Length)
	}
}

// The breath of "hai" and the hiss of "xin" are far below their vowels and belong to them. A
// clip has no silence left by which to tell them from the room.
func TestASoftBeginningStays(t *testing.T) {
	t.Parallel()
	vowel := studio{0, 400 * ms, 0, -18, -90}.record()
	breath := studio{0, 0, 150 * ms, 0, -50}.record()
	clip := append(breath, vowel...)
	if got := length(len(ready(slices.Clone(clip)))); got < 540*ms {
		t.Errorf("%v is left of %v", got, length(len(clip)))
	}
	still := make(sound, samples(400*ms))
	take := Check(encodeWAV(slices.Concat(still, clip, still).toPCM()))
	if len(take.Flaws) > 0 || take.Length < 540*ms {
		t.Errorf("recorded: %v, %v long", take.Flaws, take.Length)
	}
}

func TestATakeIsTrimmed(t *testing.T) {
	t.Parallel()
	take := Check(encodeWAV(studio{time.Second, 700 * ms, 1500 * ms, -20, -65}.record().toPCM()))
	s, err := decodeWAV(take.WAV)
	if err != nil {
		t.Fatal(err, take.Flaws)
	}
	if d := length(len(s)) - 700*ms - 2*edge; d.Abs() > 2*window {
		t.Errorf("the clip lasts %v", length(len(s)))
	}
	if take.Length < 680*ms || take.Length > 720*ms {
		t.Errorf("it says %v", take.Length)
	}
	if math.Abs(take.Voice+20) > 0.5 {
		t.Errorf("the voice is at %.1f dB, recorded at -20", take.Voice)
	}
}

func TestClipsAreOfOneLevelAndEndSoftly(t *testing.T) {
	t.Parallel()
	var heard []float64
	for _, level := range []float64{-6, -20, -40} {
		pcm := ready(studio{300 * ms, 600 * ms, 300 * ms, level, -75}.record())
		s := make(sound, len(pcm))
		for i, v := range pcm {
			s[i] = float32(v) / (1 << 15)
		}
		voice := s[samples(edge) : len(s)-samples(edge)]
		// The common level is that of the syllables, the average has the gaps between them.
		heard = append(heard, rms(voice))
		if l := heard[len(heard)-1]; math.Abs(l-commonLevel) > 2 || math.Abs(l-heard[0]) > 0.2 {
			t.Errorf("recorded at %.0f dB it is heard at %.1f, the first one at %.1f", level, l, heard[0])
		}
		if p := peak(s); p > highestPeak+0.01 {
			t.Errorf("a peak of %.2f dB", p)
		}
		if pcm[0] != 0 || pcm[len(pcm)-1] != 0 {
			t.Errorf("it begins at %d and ends at %d", pcm[0], pcm[len(pcm)-1])
		}
	}
	// A voice with high tops is not made so loud that they are cut off.
	knock := make(sound, Rate/2)
	for i := 2000; i < 9000; i += 400 {
		knock[i], knock[i+1] = 0.3, -0.3
	}
	for _, v := range ready(knock) {
		if math.Abs(float64(v)) > math.MaxInt16*0.9 {
			t.Fatalf("a sample of %d", v)
		}
	}
}
