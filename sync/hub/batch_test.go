package hub_test

import (
	"bytes"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
)

func FuzzBatch(f *testing.F) {
	f.Add([]byte(`[{"specversion":"1.0","id":"1-1","source":"/gateways/gw-0000000000000000","type":"vn.motcua.fact.hall-moved.v1","data":{}}]`))
	f.Add([]byte(`[`))
	who := hub.Identity{Gateway: "gw-0000000000000000", Site: "S"}
	f.Fuzz(func(t *testing.T, b []byte) {
		batch, refused := hub.OpenBatch(b, who)
		if refused == nil && len(batch.Events) == 0 {
			t.Fatal("neither facts nor a refusal")
		}
		for i, e := range batch.Events {
			if e.Seq != batch.Events[0].Seq+kiosk.Seq(i) || e.Seq == 0 || len(e.JSON) == 0 {
				t.Fatalf("event %d: %+v", i, e)
			}
			if e.Odd == "" && bytes.Contains(bytes.ToLower(e.JSON), []byte(`"subject":{`)) {
				t.Fatalf("who applies stands in the open: %s", e.JSON)
			}
		}
	})
}

// A field "subject" is cut out of every fact, however it is spelt: an event names nobody.
func TestNobodyIsNamedInTheOpen(t *testing.T) {
	t.Parallel()
	g := wire.NewGatewayID()
	for _, key := range []string{`subject`, `Subject`, `SUBJECT`, `\u0073ubject`, `s\u0075bject`, `ſubject`} {
		e, err := wire.Encode(g, kiosk.Outgoing{Record: kiosk.Record{
			Position: kiosk.Position{Epoch: 1, Seq: 1}, Site: "S", Day: 20261126, By: "gateway", Fact: kiosk.HallMoved{Open: true},
		}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		e.Data = []byte(`{"` + key + `":{"name":"Mai"},` + string(e.Data[1:]))
		b, err := wire.AppendBatch(nil, []wire.Event{e})
		if err != nil {
			t.Fatal(err)
		}
		batch, refused := hub.OpenBatch(b, hub.Identity{Gateway: g, Site: "S"})
		if refused != nil || len(batch.Events) != 1 || batch.Events[0].Odd != "" || bytes.Contains(batch.Events[0].JSON, []byte("Mai")) {
			t.Errorf("%s: %+v, %v", key, batch.Events, refused)
		}
	}
}
