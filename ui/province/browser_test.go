package province

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/browsertest"
)

// browser is a headless Chromium as wide as an office's old screen.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, done := context.WithTimeout(browsertest.Chromium(t), 4*time.Minute) // fifteen pages on a busy machine
	t.Cleanup(done)
	return ctx
}

// scan is a page as a scanner makes it.
func scan(t *testing.T) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 620, 877))
	for y := range 877 {
		for x := range 620 {
			v := color.Gray{250}
			if x > 60 && x < 560 && y > 80 && y < 800 && y%22 < 3 && (x*7+y)%90 > 12 {
				v = color.Gray{40}
			}
			m.SetGray(x, y, v)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every page of a whole province fits an old screen: nothing is wider than the window, its
// policy lets its style through, the picture of a page is seen. PROVINCE_PICTURES is a folder for pictures.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	bytesOfPage := scan(t)
	r := newRig(t, province, func(s *store, _ *Options) {
		s.page = bytesOfPage
		for i := range s.dossiers[0].Pages {
			s.dossiers[0].Pages[i].Size, s.dossiers[0].Pages[i].Media = int64(len(bytesOfPage)), "image/jpeg"
		}
	})
	id := "/province/dossiers/" + string(dossierA)
	for _, d := range []kiosk.DossierID{dossierA, dossierB, gone1} {
		r.open(whole, d)
	}
	r.get(whole, id+"/pages/1")
	r.post(whole, "/province/search", "by", "person", "person", personNumber, "purpose", "Đối chiếu theo văn bản số 1204/UBND-TTPVHCC")
	for _, c := range []struct{ name, who, path string }{
		{"sign-in", "", "/sign-in"},
		{"gateways", whole, "/province/gateways"}, {"gateway", whole, "/province/gateways/gw-0000000000000005"}, {"numbers", whole, "/province/numbers"},
		{"services", whole, "/province/numbers?site=qn-01-1"}, {"search", whole, "/province/search"}, {"ask", whole, "/province/dossiers/" + string(kiosk.NewDossierID(start))},
		{"dossier", whole, id}, {"erased", whole, "/province/dossiers/" + string(gone1)}, {"view", whole, id + "/view/1"}, {"sorry", whole, "/province/log"},
		{"log", auditor, "/province/log"}, {"accounts", admin, "/province/accounts"}, {"account", admin, "/province/accounts/" + string(r.account(viewer).Code)},
		{"subject", admin, "/province/subject"}, {"erase", admin, "/province/subject"},
	} {
		if c.who != "" {
			u, err := url.Parse(r.url)
			r.must(err)
			for _, cookie := range r.client(c.who).Jar.Cookies(u) {
				_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: r.url})
				r.must(err)
			}
		}
		if err := chromedp.Do(ctx, chromedp.Navigate(r.url+c.path)); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if c.name == "erase" {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => { const f = document.querySelector("form[action$=erase]"); f.person.value = "`+asideNumber+`"; f.order.value = "QĐ 12/2026"; f.submit(); return true; })()`))
			r.must(err)
			r.must(chromedp.Do(ctx, chromedp.WaitReady(chromedp.CSS("input[name=key]"))))
		}
		spills, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { if (getComputedStyle(document.body).backgroundColor !== "rgb(250, 247, 240)") return "without its style"; const w = document.documentElement.clientWidth; for (const e of document.querySelectorAll("main *, header *")) { const r = e.getBoundingClientRect(); if (r.width > 1.5 && r.right > w + 1 && !e.closest(".wide, .skip, .unseen")) return e.tagName + " " + e.className + " ends at " + r.right; } return ""; })()`))
		if err != nil || spills != "" {
			t.Errorf("%s: wider than the window, or bare: %s %v", c.name, spills, err)
		}
		if c.name == "view" {
			wide, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`(async () => { const i = document.querySelector(".sheet img"); await i.decode(); return i.naturalWidth; })()`, chromedp.EvalAwaitPromise))
			if err != nil || wide != 620 {
				t.Errorf("the picture of a page: %v wide, %v", wide, err)
			}
		}
		if dir := os.Getenv("PROVINCE_PICTURES"); dir != "" {
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			r.must(err)
			r.must(os.WriteFile(filepath.Join(dir, c.name+".png"), png, 0o600))
		}
	}
}
