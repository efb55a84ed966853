package counter_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

type css = chromedp.CSS

// tab is one page in the browser.
type tab struct {
	t   *testing.T
	h   *hall
	ctx context.Context
}

// tab opens a page of its own, with its own cookies unless it is beside another one.
func (h *hall) tab(t *testing.T, browser context.Context, beside bool) *tab {
	t.Helper()
	var o []chromedp.ContextOption
	if !beside {
		o = append(o, chromedp.WithNewBrowserContext())
	}
	ctx, cancel := chromedp.NewContext(browser, o...)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // a first use with a deadline would end the tab with it
		t.Fatalf("open a tab: %v", err)
	}
	return &tab{t, h, ctx}
}

func (b *tab) run(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 45*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		now, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 1500) + JSON.stringify(localStorage)`))
		b.t.Fatalf("%s: %v\n%s", what, err, now)
	}
}

// until waits until an expression holds.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	b.run("wait until "+what, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(30*time.Millisecond)))
}

func (b *tab) shows(id, text string) {
	b.t.Helper()
	b.until(id+" shows "+text, `document.getElementById("`+id+`").textContent.replace(/\u00a0/g, " ").includes("`+text+`")`)
}

// signIn signs in as a person does, by keyboard.
func (b *tab) signIn(login string, at string) {
	b.t.Helper()
	b.run("sign in", chromedp.Navigate(b.h.url("/sign-in")), chromedp.WaitReady(css("#login")),
		chromedp.SendKeys(css("#login"), login), chromedp.SendKeys(css("#secret"), "pin-of-"+login),
		chromedp.Click(css(`input[name=counter][value="`+at+`"]`)), chromedp.SendKeys(css("#secret"), "\r"))
	b.ready()
}

func (b *tab) ready() {
	b.t.Helper()
	b.run("wait for the page", chromedp.WaitReady(css("html[data-ready]")))
}

func (b *tab) key(k string) { b.t.Helper(); b.run("press "+k, chromedp.KeyEvent(k)) }

// eventually waits for something in the office.
func (h *hall) eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(45 * time.Second)
	for {
		changed := h.Changed()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}
