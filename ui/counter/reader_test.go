package counter_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/browsertest"
)

// heard is a node as a screen reader gets it.
type heard struct {
	role, name string
	live       string // of the region that it is in
}

// heard reads the tree that Chromium gives to a screen reader.
func (b *tab) heard() (list []heard) {
	b.t.Helper()
	text := func(v *accessibility.Value) (s string) {
		if v != nil {
			_ = json.Unmarshal(v.Value, &s) // what is no text has no name
		}
		return s
	}
	b.run("read the accessibility tree", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		got, err := cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			return err
		}
		regions := map[accessibility.NodeID]string{} // a parent comes before its children
		for _, n := range got.Nodes {
			live := regions[n.ParentID]
			for _, p := range n.Properties {
				if p.Name == accessibility.PropertyNameLive {
					live = text(p.Value)
				}
			}
			regions[n.NodeID] = live
			if !n.Ignored {
				list = append(list, heard{text(n.Role), strings.TrimSpace(text(n.Name)), live})
			}
		}
		return nil
	}))
	return list
}

// An officer who sees nothing works by a screen reader: everything that can be pressed or filled in
// has a name of words, and what happens is said.
func TestAScreenReaderHearsThePage(t *testing.T) {
	t.Parallel()
	chrome := browsertest.Chromium(t)
	h := newHall(t)
	for range 3 {
		h.issue(kiosktest.Certify, kiosk.PriorityDeclared, kiosk.English)
	}
	b := h.tab(t, chrome, false)
	b.signIn("lan", "1")
	b.key("g")
	b.shows("number", "A001")
	b.shows("said", "A001")

	pressed := []string{"button", "link", "textbox", "combobox", "radio", "spinbutton", "InputTime", "dialog", "table"}
	named := func(where string, list []heard) {
		t.Helper()
		for _, n := range list {
			if slices.Contains(pressed, n.role) && n.name == "" {
				t.Errorf("%s: a %s without a name", where, n.role)
			}
			// The key of a button is told by aria-keyshortcuts: "G Gọi tiếp" is no name.
			if key, _, more := strings.Cut(n.name, " "); n.role == "button" && more && utf8.RuneCountInString(key) == 1 {
				t.Errorf("%s: the button %q begins with its key", where, n.name)
			}
		}
	}
	page := b.heard()
	named("the page", page)
	for _, role := range []string{"banner", "navigation", "main", "region", "table", "heading"} {
		if !slices.ContainsFunc(page, func(n heard) bool { return n.role == role }) {
			t.Errorf("no %s", role)
		}
	}
	if !slices.Contains(page, heard{"StaticText", "Đã gọi số A001.", "polite"}) {
		t.Error("the number that was called is not said")
	}
	for _, name := range []string{"Gọi lại", "Bắt đầu phục vụ", "Kết thúc", "Hoàn tác: A001 gọi tiếp", "Phím tắt", "Đóng quầy", "A002"} {
		if !slices.ContainsFunc(page, func(n heard) bool { return n.role == "button" && n.name == name }) {
			t.Errorf("no button %q", name)
		}
	}
	for key, dialog := range map[string]string{"s": "choose", "c": "send", "n": "pause", "?": "keys"} {
		b.key(key)
		b.until("the dialog is open", `document.getElementById("`+dialog+`").open`)
		list := b.heard()
		named(dialog, list)
		if !slices.ContainsFunc(list, func(n heard) bool { return n.role == "dialog" }) {
			t.Errorf("%s is no dialog", dialog)
		}
		b.key("\x1b")
		b.until("the dialog is closed", `!document.getElementById("`+dialog+`").open`)
	}
}
