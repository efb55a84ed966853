package sealed

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
)

// TestReach holds the walk along the pieces against a map of the bytes that they cover.
func TestReach(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 0))
		var all []piece
		var covered [64]bool
		for range random.IntN(12) {
			at := random.Int64N(40)
			v := piece{fmt.Sprint(at), at, 1 + random.Int64N(20)}
			all = append(all, v)
			for i := v.at; i < v.end(); i++ {
				covered[i] = true
			}
		}
		want := int64(0)
		for covered[want] {
			want++
		}
		along, end := reach(all)
		at := int64(0)
		for _, v := range along {
			if v.at > at || v.end() <= at {
				t.Errorf("seed %d: at %d a piece from %d to %d", seed, at, v.at, v.end())
			}
			at = v.end()
		}
		if end != want || at != want {
			t.Errorf("seed %d: they reach to %d, said %d, want %d: %v", seed, at, end, want, all)
		}
	}
}

// TestSealedSize: a store is told the size before it gets the bytes.
func TestSealedSize(t *testing.T) {
	t.Parallel()
	none, err := sealedNone()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3*chunk + 1} {
		keys, err := age.GenerateX25519Identity() // whose header is as long as anybody's
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w, err := age.Encrypt(&b, keys.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := sealedSize(none, int64(n)); got != int64(b.Len()) {
			t.Errorf("%d bytes become %d, said %d", n, b.Len(), got)
		}
	}
}

// FuzzPiece: what is taken for a piece is one, within the bounds; the rest of a folder is left
// alone.
func FuzzPiece(f *testing.F) {
	k := hub.PageKey{Dossier: kiosk.NewDossierID(time.Unix(0, 0)), Hash: kiosk.HashOf(nil)}
	f.Add("0000000000-000001.age")
	f.Add("0000262144-262144.age")
	f.Add("-1-1.age")
	f.Add("4294967295-999999.age")
	f.Fuzz(func(t *testing.T, name string) {
		v, ok := parsePiece(k, uploadFolder(k)+name)
		if !ok {
			return
		}
		if v.at < 0 || v.size <= 0 || v.size > hub.MaxPiece || !strings.HasSuffix(newPiece(k, v.at, int(v.size)).name, name) {
			t.Errorf("%q is %+v", name, v)
		}
	})
}
