package main

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk/control"
)

// The box's passphrase in this test, and one that is not.
const (
	unlockRight = "hoa ban nở trắng đầu bản"
	unlockWrong = "hoa ban nở trắng cuối bản"
)

// unlock opens the page as a lead's browser does and sends a passphrase; the answer's status.
func (c *webClient) unlock(t *testing.T, passphrase string) (int, string) {
	t.Helper()
	status, page, err := c.get(t.Context(), "/unlock")
	if err != nil || status != http.StatusOK {
		t.Fatalf("the page: %d %v", status, err)
	}
	token := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page)
	if token == nil {
		t.Fatalf("no form on\n%s", page)
	}
	status, body, err := c.form(t.Context(), "/unlock", "text/html", url.Values{"csrf": {token[1]}, "next": {"/"}, "passphrase": {passphrase}})
	if err != nil {
		t.Fatal(err)
	}
	return status, string(body)
}

// locked checks what people meet while the box waits for its passphrase.
func (b *webBox) locked(c *webClient) {
	b.t.Helper()
	for path, want := range map[string]int{
		"/counter": http.StatusSeeOther, "/lead": http.StatusSeeOther, "/sign-in": http.StatusSeeOther, "/board": http.StatusOK,
		"/r/ABCD": http.StatusServiceUnavailable,
	} {
		if status, body, err := c.get(b.t.Context(), path); err != nil || status != want {
			b.t.Errorf("%s: %d, want %d (%v)\n%s", path, status, want, err, body)
		}
	}
	stream, err := c.stream(b.t.Context(), "/counter/stream")
	if err != nil {
		b.t.Fatal(err)
	}
	if err := stream.Body.Close(); err != nil || stream.StatusCode != http.StatusServiceUnavailable {
		b.t.Errorf("a stream: %d %v", stream.StatusCode, err)
	}
	status, body, err := c.guess(b.t.Context(), "lan", "123456", "")
	if err != nil || status != http.StatusServiceUnavailable || !strings.Contains(string(body), "đang chờ mật khẩu") {
		b.t.Errorf("signing in: %d %s %v", status, body, err)
	}
	if got := webAsk[control.Key](b, http.MethodGet, "/v1/key", nil).Source; got != "locked" {
		b.t.Errorf("the key is %s", got)
	}
	faults := webAsk[[]control.Fault](b, http.MethodGet, "/v1/faults", nil)
	at := slices.IndexFunc(faults, func(f control.Fault) bool { return f.Code == "key-locked" })
	if at < 0 || !strings.Contains(faults[at].Hint, b.site+"/unlock") {
		b.t.Errorf("no fault names %s/unlock: %+v", b.site, faults)
	}
}

// A lead opens the box from a browser after a power cut, over the office's network; who guesses
// waits, also after another cut; and everything is in the audit log without a passphrase.
func TestUnlockOverTheNetwork(t *testing.T) {
	t.Parallel()
	b := newWebBox(t, 1, [2]string{`source = "file"`, `source = "passphrase"`})
	b.start(officeMorning())
	// The lead chooses the passphrase at the box, and hires.
	lead := newWebClient(t, b.site, "127.0.0.2")
	if _, page, err := lead.get(t.Context(), "/unlock"); err != nil || !strings.Contains(page, "chưa đặt mật khẩu") {
		t.Errorf("a box without a passphrase: %v\n%s", err, page)
	}
	webAsk[control.Key](b, http.MethodPost, "/v1/key/set", control.Passphrase{Passphrase: unlockRight})
	b.hire("lan", "lead")
	if status, _, err := lead.get(t.Context(), "/unlock"); err != nil || status != http.StatusSeeOther {
		t.Errorf("the page of an open box: %d %v", status, err)
	}
	b.issue("chung-thuc", 1)
	b.kill()

	b.start(officeMorning())
	b.locked(lead)
	b.issue("chung-thuc", 1) // numbers go on
	guesser := newWebClient(t, b.site, "127.0.0.3")
	for range 3 {
		if status, page := guesser.unlock(t, unlockWrong); status != http.StatusUnauthorized || !strings.Contains(page, "Mật khẩu không đúng") {
			t.Fatalf("a wrong one: %d\n%s", status, page)
		}
	}
	b.kill()
	b.start(officeMorning())
	status, page := guesser.unlock(t, unlockWrong)
	if status == http.StatusUnauthorized { // the five seconds were over: the fourth one costs ten
		status, page = guesser.unlock(t, unlockWrong)
	}
	if status != http.StatusTooManyRequests || !strings.Contains(page, "Xin chờ") {
		t.Errorf("after three wrong ones and a restart: %d\n%s", status, page)
	}
	b.locked(lead)
	if status, _, err := lead.form(t.Context(), "/unlock", "text/html", url.Values{"passphrase": {unlockRight}}); err != nil || status != http.StatusForbidden {
		t.Errorf("a form from elsewhere: %d %v", status, err)
	}
	if status, page := lead.unlock(t, unlockRight); status != http.StatusSeeOther {
		t.Fatalf("the right one: %d\n%s", status, page)
	}
	// The answer came when everything was there.
	if status, _, err := lead.get(t.Context(), "/sign-in"); err != nil || status != http.StatusOK {
		t.Errorf("signing in: %d %v", status, err)
	}
	if err := lead.signIn(t.Context(), "lan", b.pins["lan"], ""); err != nil {
		t.Error(err)
	}
	for _, f := range webAsk[[]control.Fault](b, http.MethodGet, "/v1/faults", nil) {
		if f.Code == "key-locked" {
			t.Errorf("the fault stands: %+v", f)
		}
	}
	if refused, held, opened := b.did("unlock-refused"), b.did("unlock-held"), b.did("unlocked"); refused != 2 || held < 1 || opened != 2 {
		t.Errorf("the audit log has %d wrong ones, %d waits, %d openings", refused, held, opened)
	}
	b.verify()
	for _, secret := range []string{"hoa ban", url.QueryEscape("hoa ban")} {
		if strings.Contains(b.log.String(), secret) {
			t.Error("a passphrase stands in the log")
		}
	}
	if !strings.Contains(b.log.String(), "wrong passphrase of the box") {
		t.Error("the log has no wrong passphrase")
	}
}
