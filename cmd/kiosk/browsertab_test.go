package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/motcua/gateway/ui/browsertest"
)

// newChromium starts one Chromium without a head for a test. Its sound goes where env leads it.
func newChromium(t *testing.T, env ...string) context.Context {
	t.Helper()
	flags := []chromedp.ExecAllocatorOption{
		chromedp.Flag("ignore-certificate-errors", true), // the gateway's own, until the province's comes
		chromedp.Flag("mute-audio", false), chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		// Tabs behind others are screens of their own here: none of them may doze.
		chromedp.Flag("disable-background-timer-throttling", true), chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
	}
	if len(env) > 0 {
		flags = append(flags, chromedp.Env(env...))
	}
	return browsertest.Chromium(t, flags...)
}

type css = chromedp.CSS

type webAction = chromedp.Action[chromedp.Void]

// webTab is a page with cookies of its own: a machine of its own.
type webTab struct {
	t    *testing.T
	name string
	ctx  context.Context
}

func newWebTab(t *testing.T, chromium context.Context, name string) *webTab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // a first use with a deadline would end the tab with it
		t.Fatalf("open a tab: %v", err)
	}
	return &webTab{t, name, ctx}
}

// try does something within a bounded time.
func (b *webTab) try(what string, actions ...webAction) error {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		look, stop := context.WithTimeout(b.ctx, 5*time.Second)
		defer stop()
		now, _ := chromedp.Run(look, chromedp.Evaluate[string](`document.body.className + "|" + document.body.innerText.slice(0, 1200) + JSON.stringify(localStorage)`))
		return fmt.Errorf("%s: %s: %w\n%s", b.name, what, err, now)
	}
	return nil
}

func (b *webTab) run(what string, actions ...webAction) {
	b.t.Helper()
	if err := b.try(what, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// holds waits until an expression holds.
func holds(expression string) webAction {
	return chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(30*time.Millisecond), chromedp.WithPollingTimeout(patience))
}

func (b *webTab) until(what, expression string) {
	b.t.Helper()
	b.run("wait until "+what, holds(expression))
}

// shows waits until an element holds a text, whichever spaces keep its words together.
func (b *webTab) shows(id, text string) {
	b.t.Helper()
	b.until(id+" shows "+text, fmt.Sprintf(`document.getElementById(%q).textContent.replace(/\s/g, " ").includes(%q)`, id, text))
}

func (b *webTab) number(n string) {
	b.t.Helper()
	b.until("the number is "+n, fmt.Sprintf(`document.getElementById("number").textContent === %q`, n))
}

func (b *webTab) key(k string) { b.t.Helper(); b.run("press "+k, chromedp.KeyEvent(k)) }

// click clicks the button of a step once it can be pressed.
func (b *webTab) click(key string) {
	b.t.Helper()
	button := fmt.Sprintf(`[data-key="%s"]:not([aria-disabled])`, key)
	b.run("click "+key, chromedp.WaitVisible(css(button)), chromedp.Click(css(button)))
}

// idle waits until the gateway has answered every press.
func (b *webTab) idle() {
	b.t.Helper()
	b.until("every press is answered", `Object.keys(localStorage).every(k => !k.startsWith("motcua.step."))`)
}

func webEval[T any](b *webTab, expression string, o ...chromedp.EvaluateOption) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, o...))
	if err != nil {
		b.t.Fatalf("%s: %s: %v", b.name, expression, err)
	}
	return v
}

// signIn signs in as a person does.
func (b *webTab) signIn(box *webBox, login, counter string) {
	b.t.Helper()
	b.run("sign in", chromedp.Navigate(box.site+"/sign-in"), chromedp.WaitReady(css("#login")),
		chromedp.SendKeys(css("#login"), login), chromedp.SendKeys(css("#secret"), box.pins[login]),
		chromedp.Click(css(fmt.Sprintf(`input[name=counter][value="%s"]`, counter))), chromedp.SendKeys(css("#secret"), "\r"))
	b.run("wait for the page", chromedp.WaitReady(css("html[data-ready]")))
}

// tenYearsOff puts the browser's clock ten years ahead, for every page to come.
func (b *webTab) tenYearsOff() {
	b.t.Helper()
	const script = `{ const real = Date, off = 10 * 365 * 86400e3;
		Date = class extends real { constructor(...a) { a.length ? super(...a) : super(real.now() + off); } static now() { return real.now() + off; } }; }`
	b.run("set the clock", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}
