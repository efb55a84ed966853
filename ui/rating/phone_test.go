package rating_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/ui/words"
)

func vi() words.Words { return words.For(kiosk.Vietnamese) }

// says fails unless a page has the status and every sentence.
func says(t *testing.T, name string, status, want int, body string, sentences ...string) {
	t.Helper()
	if status != want {
		t.Errorf("%s: status %d, want %d", name, status, want)
	}
	for _, s := range sentences {
		if !strings.Contains(html.UnescapeString(body), s) {
			t.Errorf("%s: %q is not on the page:\n%s", name, s, body)
		}
	}
}

func TestATelephoneRatesOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	ticket := h.served(kiosk.Vietnamese)
	path := h.path(ticket)
	page := h.get(path)
	says(t, "the question", page.Code, 200, page.Body.String(), "A001", vi().Rating.Ask("A001"), vi().Rating.VeryGood, vi().Rating.Good, vi().Rating.Bad)

	kept := h.post(path, url.Values{"level": {"very-good"}})
	if kept.Code != http.StatusSeeOther {
		t.Fatalf("rated: %d", kept.Code)
	}
	thanks := h.get(kept.Header().Get("Location"))
	says(t, "thanks", thanks.Code, 200, thanks.Body.String(), vi().Rating.Thanks, vi().Rating.ThanksMore)

	again := h.post(path, url.Values{"level": {"bad"}, "reason": {"wait"}})
	if again.Code != http.StatusSeeOther {
		t.Fatalf("rated again: %d", again.Code)
	}
	already := h.get(again.Header().Get("Location"))
	says(t, "again", already.Code, 200, already.Body.String(), vi().RatingPages().Already, vi().Rating.Thanks)
	if strings.Contains(already.Body.String(), "<form") {
		t.Error("a rated ticket is asked about again")
	}
	n, fact, by := h.ratings()
	if want := (kiosk.TicketRated{Service: kiosktest.Certify, Number: "A001", Counter: "1", Level: kiosk.RatingVeryGood}); n != 1 || fact != want || by != "rating/slip" {
		t.Errorf("%d ratings, %+v by %s", n, fact, by)
	}
}

func TestReasonsOfATelephone(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"wait", "attitude", "unclear", "again", "other", ""} {
		h := open(t)
		path := h.path(h.served(kiosk.English))
		en := words.For(kiosk.English)
		why := h.get(path + "?level=bad")
		says(t, "why", why.Code, 200, why.Body.String(), en.Rating.Reason, en.Rating.Because(kiosk.RatingReason(reason)), `value="`+reason+`"`)
		if n, _, _ := h.ratings(); n != 0 {
			t.Error("a look at the reasons is a rating")
		}
		h.post(path, url.Values{"level": {"bad"}, "reason": {reason}})
		if n, fact, _ := h.ratings(); n != 1 || fact.Level != kiosk.RatingBad || string(fact.Reason) != reason {
			t.Errorf("reason %q: %d ratings, %+v", reason, n, fact)
		}
	}
}

func TestWhatIsNotServedIsNotRated(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := context.Background()
	for name, c := range map[string]struct {
		make     func() kiosk.Ticket
		sentence string
	}{
		"waiting": {func() kiosk.Ticket { return h.issue(kiosk.Vietnamese) }, vi().Rating.NotYet},
		"cancelled": {func() kiosk.Ticket {
			n := h.issue(kiosk.Vietnamese).Number
			if _, err := h.Step(ctx, kiosk.Step{Verb: kiosk.VerbCancel, Number: n}); err != nil {
				t.Fatal(err)
			}
			return h.now(n)
		}, vi().RatingPages().NotServed},
	} {
		ticket := c.make()
		page := h.get(h.path(ticket))
		says(t, name, page.Code, 200, page.Body.String(), c.sentence, string(ticket.Number))
		if strings.Contains(page.Body.String(), "<form") {
			t.Errorf("%s: is asked about", name)
		}
		if sent := h.post(h.path(ticket), url.Values{"level": {"good"}}); sent.Code != http.StatusSeeOther {
			t.Errorf("%s: sending gives %d", name, sent.Code)
		}
	}
	if n, _, _ := h.ratings(); n != 0 {
		t.Errorf("%d ratings", n)
	}
}

func TestWrongAndOldCodesGetOneAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	ticket := h.served(kiosk.Vietnamese)
	token := h.codes.Token(ticket)
	yesterday := ticket
	yesterday.Day = ticket.Day.Add(-1)
	nobody := ticket
	nobody.Number = "A999" // of this box and day, but never given
	answers := map[string]bool{}
	for name, wrong := range map[string]string{
		"forged": "0" + token[1:] + "", "yesterday's": h.codes.Token(yesterday), "nobody's": h.codes.Token(nobody),
		"short": token[:13], "long": token + "X", "another number behind": token + "B001", "nothing": "", "far too long": strings.Repeat("A", 4000),
		"odd": "%00%ff", "up": "..%2f..%2fetc",
	} {
		if wrong == token {
			wrong = "1" + token[1:]
		}
		for _, method := range []string{"GET", "POST"} {
			w := h.get("/r/" + wrong)
			if method == "POST" {
				w = h.post("/r/"+wrong, url.Values{"level": {"good"}})
			}
			says(t, name+" "+method, w.Code, 404, w.Body.String(), vi().RatingPages().Unknown)
			answers[regexp.MustCompile(`href="/r/[^"]*"`).ReplaceAllString(w.Body.String(), "")] = true
		}
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers: they tell what is wrong", len(answers))
	}
	h.pass(24 * time.Hour)
	h.issue(kiosk.Vietnamese) // the office notices the new day, whose first number is A001 too
	w := h.get("/r/" + token)
	says(t, "a day later", w.Code, 404, w.Body.String(), vi().RatingPages().Unknown)
	if n, _, _ := h.ratings(); n != 0 {
		t.Errorf("%d ratings", n)
	}
}

// A telephone that runs the two lines of the code together, or a hand that types, gets there too.
func TestTheAddressAsTelephonesWriteIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	ticket := h.served(kiosk.Vietnamese)
	path := h.path(ticket)
	for _, written := range []string{
		path + "%0AA001%20-%2023/11/2026", path + "A001%20-%2023/11/2026", path + "%20A001", strings.ToLower(path), path[:8] + "-" + path[8:],
	} {
		w := h.get(written + "?l=zh")
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != path+"?l=zh" {
			t.Errorf("%s: %d to %q", written, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	h := open(t)
	path := h.path(h.served(kiosk.Chinese))
	for query, l := range map[string]kiosk.Language{"": "zh", "?l=vi": "vi", "?l=en": "en", "?l=xx": "zh"} {
		w := h.get(path + query)
		says(t, query, w.Code, 200, w.Body.String(), words.For(l).Rating.Ask("A001"), fmt.Sprintf(`<html lang="%s">`, l), "Tiếng Việt", "English", "中文")
	}
}

func TestADiskThatFailsLosesNoRating(t *testing.T) {
	t.Parallel()
	h := open(t)
	path := h.path(h.served(kiosk.Vietnamese))
	h.store.Fail(1, kiosktest.FailBefore)
	w := h.post(path, url.Values{"level": {"good"}})
	says(t, "broken", w.Code, 503, w.Body.String(), vi().Rating.Failed, vi().Ways.Again)
	h.pass(time.Minute)
	h.post(path, url.Values{"level": {"good"}})
	if n, _, _ := h.ratings(); n != 1 {
		t.Errorf("%d ratings after the disk came back", n)
	}
}

func TestOddForms(t *testing.T) {
	t.Parallel()
	h := open(t)
	path := h.path(h.served(kiosk.Vietnamese))
	for _, form := range []url.Values{
		nil, {"level": {"excellent"}}, {"level": {"good"}, "reason": {"wait"}}, {"level": {"bad"}, "reason": {"họ tên"}}, {"level": {strings.Repeat("x", 1<<16)}},
	} {
		if w := h.post(path, form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != path+"?l=vi" {
			t.Errorf("%.40v: %d to %q", form, w.Code, w.Header().Get("Location"))
		}
	}
	if n, _, _ := h.ratings(); n != 0 {
		t.Errorf("%d ratings", n)
	}
}

// Nothing on the pages runs or styles from within, or comes from elsewhere.
func TestPagesKeepTheStrictPolicy(t *testing.T) {
	t.Parallel()
	h := open(t)
	path := h.path(h.served(kiosk.Vietnamese))
	inside := regexp.MustCompile(`(?i)<style|style=|\son[a-z]+=|<script>|https?://|javascript:`)
	for name, body := range map[string]string{
		"phone": h.get(path).Body.String(), "why": h.get(path + "?level=bad").Body.String(), "unknown": h.get("/r/x").Body.String(),
		"tablet": h.get("/r/counter").Body.String(), "paired": h.tablet("GET", "/r/counter", "1", "").Body.String(),
	} {
		if found := inside.FindString(body); found != "" {
			t.Errorf("%s: holds %q", name, found)
		}
		if strings.Contains(body, "Quầy") != (name == "paired") {
			t.Errorf("%s: tells of the counter, or does not", name)
		}
	}
}
