//go:build noos

package web

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/motcua/gateway/ui/touch/look"
	"github.com/motcua/gateway/ui/touch/stage"
)

// The whole way: a script that reads only visible text presses a tile of look's under Fyne's
// embedded driver, and reads the next page.
func TestPressThroughTheBrowser(t *testing.T) {
	a := app.NewWithID("web.test")
	st := stage.New(image.Pt(800, 480))
	s := New(Options{Stage: st, Picture: st.Picture})
	st.To(s)
	app.SetDriverDetails(a, st.Driver())
	kit := look.NewKit(look.Options{Size: fyne.NewSize(800, 480), WidthMM: 154})
	a.Settings().SetTheme(kit.Theme())
	w := a.NewWindow("")
	st.Attach(w)
	presses := 0
	var first *fyne.Container
	number := func() {
		presses++
		w.SetContent(kit.Page(
			look.Weighted(1, kit.Number(fmt.Sprintf("A%03d", presses))),
			look.Fixed(kit.Tile(look.TileSpec{Kind: look.Done, Name: "Xong", OnPress: func() { w.SetContent(first) }})),
		))
	}
	first = kit.Page(look.Weighted(1, kit.Grid(2,
		kit.Tile(look.TileSpec{Icon: look.IconStamp, Name: "Chứng thực", Fact: "3 người chờ", OnPress: number}),
		kit.Tile(look.TileSpec{Icon: look.IconFamily, Name: "Hộ tịch"}),
	)))
	w.SetContent(first)

	ctx, cancel := context.WithCancel(t.Context())
	ran, loop := make(chan error, 1), make(chan struct{})
	go func() { ran <- st.Run(ctx) }()
	go func() { defer close(loop); a.Run() }()
	server := httptest.NewServer(s.Handler())
	defer func() {
		s.Close()
		server.Close()
		cancel()
		<-ran
		<-loop
	}()

	words := func(after uint64) (list []Word) {
		t.Helper()
		_, body := get(t, fmt.Sprintf("%s/screen/text?after=%d", server.URL, after))
		if err := json.Unmarshal(body, &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	press := func(list []Word, text string) uint64 {
		t.Helper()
		for _, word := range list {
			if word.Pressable && strings.HasPrefix(word.Text, text) {
				body := fmt.Sprintf(`{"phase":"tap","x":%d,"y":%d}`, word.X+word.W/2, word.Y+word.H/2)
				r, err := http.Post(server.URL+"/screen/touch", "application/json", strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				defer r.Body.Close()
				var answer Touched
				if err := json.NewDecoder(r.Body).Decode(&answer); err != nil || r.StatusCode != http.StatusOK {
					t.Fatalf("%s: %v", r.Status, err)
				}
				return answer.Frame
			}
		}
		t.Fatalf("no %q to press among %+v", text, list)
		return 0
	}

	list := words(0)
	if len(list) != 2 || list[1].Pressable {
		t.Fatalf("the first page says %+v", list)
	}
	for n := 1; n <= 3; n++ {
		// The page changes within the press, so the answer's frame has it already.
		press(list, "Chứng thực")
		list = words(0)
		if want := fmt.Sprintf("A%03d", n); list[0].Text != want {
			t.Fatalf("after the press the screen says %+v, want %s", list, want)
		}
		press(list, "Xong")
		list = words(0)
	}
	if presses != 3 {
		t.Errorf("%d presses, want 3", presses)
	}
}
