package ferry

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// A file that is full has a manifest that the hub reads, however long its names are.
func TestFullManifest(t *testing.T) {
	t.Parallel()
	dossier := kiosk.NewDossierID(time.Now())
	m := manifest{
		Version: version, Gateway: wire.NewGatewayID(), Site: kiosk.SiteCode(strings.Repeat("x", 64)), Made: time.Now(), Part: 1 << 20,
		Certificate: slices.Repeat([][]byte{make([]byte, 4<<10)}, 4),
	}
	for _, name := range []string{
		pageName(dossier, kiosk.Hash{1}), factsFolder + wire.EventID(kiosk.Position{Epoch: kiosk.MaxEpoch, Seq: 1<<63 - 1}) + ".json",
	} {
		m.Entries = slices.Repeat([]entry{{Name: name, Size: kiosk.MaxPageBytes, Hash: kiosk.Hash{1}}}, maxEntries)
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		text, signature, err := m.sign(key)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > maxManifest || len(signature) > maxSignature {
			t.Errorf("%d bytes of manifest, at most %d are read; %d of signature, at most %d", len(text), maxManifest, len(signature), maxSignature)
		}
	}
}

// A word for as many pages as the hub says in one is one that the box reads.
func TestFullWord(t *testing.T) {
	t.Parallel()
	said := list{Marks: slices.Repeat([]wire.Mark{{Epoch: kiosk.MaxEpoch, Seq: 1<<63 - 1, Chain: kiosk.Hash{}.String()}}, 1000)}
	said.Pages = slices.Repeat([]PageName{{Dossier: kiosk.NewDossierID(time.Now()), Hash: kiosk.Hash{1}}}, maxAckPages)
	text, err := json.Marshal(said)
	if err != nil || len(text)+4<<10 > maxAck {
		t.Errorf("%d bytes, at most %d are read; %v", len(text), maxAck, err)
	}
}
