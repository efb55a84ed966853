package lead

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/kiosktest"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/lan"
	"github.com/motcua/gateway/ui/words"
)

// desk is an office with its lead's pages behind the real gate.
type desk struct {
	*kiosk.Office
	t       testing.TB
	handler http.Handler
	people  *people
	boards  *boards
	voice   *voice
	book    *book
	gate    *lan.Gate

	mu   sync.Mutex
	wall time.Time
	mono time.Duration
	line words.LineState // zero: in contact now
}

func newDesk(t testing.TB, change ...func(*kiosk.Setup)) *desk {
	t.Helper()
	setup := kiosktest.Setup()
	setup.Name = kiosk.Text{kiosk.Vietnamese: "Trung tâm Phục vụ hành chính công đặc khu Cô Tô"}
	setup.Site.Address = "Khu 1, đặc khu Cô Tô, tỉnh Quảng Ninh"
	setup.Report = kiosk.DefaultReportRules()
	setup.Queue.HoldAfter = 1000
	for _, f := range change {
		f(setup)
	}
	d := &desk{t: t, wall: kiosktest.At(-time.Hour), people: &people{}, boards: &boards{}, voice: &voice{kept: map[kiosk.ClipID][]byte{}}, book: &book{}}
	var err error
	d.Office, err = kiosk.NewOffice(context.Background(), kiosk.OfficeConfig{
		Setup: setup, Store: kiosktest.NewMemory(),
		Now:  func() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.wall },
		Mono: func() time.Duration { d.mu.Lock(); defer d.mu.Unlock(); return d.mono },
	})
	if err != nil {
		t.Fatal(err)
	}
	d.people.list = []staff.Officer{
		{Code: "o1", Login: "hoa", Name: "Nguyễn Thị Hoa", Role: kiosk.RoleLead},
		{Code: "o2", Login: "nam", Name: "Trần Văn Nam", Role: kiosk.RoleOfficer, Counters: []kiosk.CounterCode{"1", "2"}},
		{Code: "o3", Login: "lan", Name: "Phạm Thị Lan", Role: kiosk.RoleOfficer},
		{Code: "o4", Login: "binh", Name: "Lê Quang Bình", Role: kiosk.RoleTechnician},
	}
	shield := lan.Shield{Hosts: lan.NewHosts("kiosk.test"), Words: words.For(kiosk.Vietnamese), Log: slog.New(slog.DiscardHandler)}
	if d.gate, err = lan.NewGate(d.book, []byte(strings.Repeat("k", 32)), shield); err != nil {
		t.Fatal(err)
	}
	pages, err := New(Options{
		Office: d, Staff: d.people, Boards: d.boards, Voice: d.voice, Gate: d.gate,
		Link: func() words.LineState {
			d.mu.Lock()
			line := d.line
			d.mu.Unlock()
			if line.Wanted {
				return line
			}
			return words.LineState{Wanted: true, Up: true, Since: d.Time()}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.handler = shield.Secured(pages.Handler())
	return d
}

func (d *desk) pass(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wall, d.mono = d.wall.Add(t), d.mono+t
}

func (d *desk) until(t time.Time) { d.pass(t.Sub(d.Time())) }

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// busyDay is a believable day: 120 citizens, three counters, a lunch break.
func (d *desk) busyDay(citizens int) {
	d.t.Helper()
	ctx, dice := context.Background(), rand.New(rand.NewPCG(7, 7))
	for i, c := range d.Setup().Counters {
		d.must(d.SeatOfficer(ctx, c.Code, []kiosk.OfficerCode{"o2", "o3", "o1"}[i%3], "counter/"+string(c.Code)))
	}
	var arrivals []time.Time
	for range citizens {
		m := kiosk.Minute(7*60 + 31 + dice.IntN(235))
		if dice.IntN(5) > 2 {
			m = kiosk.Minute(13*60 + 31 + dice.IntN(180))
		}
		arrivals = append(arrivals, kiosktest.Monday.At(m).Add(time.Duration(dice.IntN(60))*time.Second))
	}
	slices.SortFunc(arrivals, time.Time.Compare)
	free := map[kiosk.CounterCode]time.Time{}
	hand := map[kiosk.CounterCode]kiosk.Number{}
	d.until(kiosktest.Monday.At(7*60 + 30))
	for at := d.Time(); at.Before(kiosktest.Monday.At(17*60 + 5)); at = d.Time() {
		for len(arrivals) > 0 && !arrivals[0].After(at) {
			arrivals = arrivals[1:]
			services := d.Setup().Services
			s := services[min(dice.IntN(6)/3+dice.IntN(3)/2, len(services)-1)]
			if len(services) > 3 {
				s = services[dice.IntN(len(services))]
			}
			_, _ = d.IssueTicket(ctx, kiosk.IssueRequest{Service: s.Code, Priority: []kiosk.Priority{"", "", "", "", "declared", "card"}[dice.IntN(6)]})
		}
		m := kiosk.MinuteOf(at)
		for _, c := range d.Setup().Counters {
			if at.Before(free[c.Code]) {
				continue
			}
			if n := hand[c.Code]; n != "" {
				hand[c.Code] = ""
				switch dice.IntN(14) {
				case 0:
					_, _ = d.Step(ctx, kiosk.Step{Counter: c.Code, Verb: kiosk.VerbSend, Number: n, To: kiosktest.Civil, Place: kiosk.PlaceFirst, By: "counter"})
				default:
					var late time.Duration
					if m/60 == 10 { // the cable is out
						late = 12 * time.Minute
					}
					_, _ = d.Step(ctx, kiosk.Step{Counter: c.Code, Verb: kiosk.VerbFinish, Number: n, Late: late, By: "counter"})
					if dice.IntN(3) == 0 {
						_, _ = d.Rate(ctx, n, []kiosk.RatingLevel{"very-good", "very-good", "good", "bad"}[dice.IntN(4)], "", "touch/main")
					}
				}
			}
			if m >= 11*60+30 && m < 13*60+30 {
				continue
			}
			call, err := d.CallNext(ctx, c.Code, "counter/"+string(c.Code))
			if err != nil {
				continue
			}
			if dice.IntN(18) == 0 {
				_, _ = d.Move(ctx, kiosk.VerbNoShow, call.Ticket.Number, "counter")
				continue
			}
			d.must2(d.Move(ctx, kiosk.VerbServe, call.Ticket.Number, "counter"))
			hand[c.Code], free[c.Code] = call.Ticket.Number, at.Add(time.Duration(3+dice.IntN(13))*time.Minute+time.Duration(dice.IntN(60))*time.Second)
		}
		d.pass(30 * time.Second)
	}
	d.must(d.CloseHall(ctx, "staff/o1"))
}

func (d *desk) must2(_ kiosk.Ticket, err error) { d.t.Helper(); d.must(err) }

// nextMorning goes on to Wednesday: the day between is a holiday.
func (d *desk) nextMorning() {
	d.t.Helper()
	d.until((kiosktest.Monday + 2).At(7*60 + 10))
	d.must(d.RecordStaff(context.Background(), kiosk.StaffMoved{Officer: "o1", What: kiosk.StaffSignedIn}, "staff/o1"))
}

// book knows one session for each token, which is the login.
type book struct{}

func (b *book) Session(_ context.Context, token, _ string) (staff.Session, error) {
	role, ok := map[string]kiosk.Role{"hoa": kiosk.RoleLead, "nam": kiosk.RoleOfficer, "binh": kiosk.RoleTechnician}[token]
	if !ok {
		return staff.Session{}, &kiosk.Refusal{Code: kiosk.CodeNoSession}
	}
	code := map[string]kiosk.OfficerCode{"hoa": "o1", "nam": "o2", "binh": "o4"}[token]
	return staff.Session{ID: "id-" + token, Officer: staff.Officer{Code: code, Login: token, Name: "Nguyễn Thị Hoa", Role: role}}, nil
}

func (b *book) Look(ctx context.Context, token, from string) (staff.Session, error) {
	return b.Session(ctx, token, from)
}
func (b *book) SignIn(context.Context, staff.SignIn) (string, staff.Session, error) {
	return "", staff.Session{}, errors.New("nobody signs in here")
}
func (b *book) SignOut(context.Context, string) error { return nil }

// people is a staff book that notes what it was asked for.
type people struct {
	list  []staff.Officer
	deeds []string
}

func (p *people) Officers() []staff.Officer { return slices.Clone(p.list) }
func (p *people) Create(_ context.Context, by string, o staff.Officer, secret string) (staff.Officer, error) {
	if len(secret) < 6 {
		return staff.Officer{}, &kiosk.Refusal{Code: kiosk.CodeBadSecret}
	}
	p.deeds = append(p.deeds, "create "+o.Login+" "+string(o.Role)+" "+fmt.Sprint(o.Counters)+" by "+by)
	return o, nil
}
func (p *people) Change(_ context.Context, by string, o staff.Officer) (staff.Officer, error) {
	p.deeds = append(p.deeds, "change "+string(o.Code)+" "+o.Name+" by "+by)
	return o, nil
}
func (p *people) Disable(_ context.Context, by string, code kiosk.OfficerCode) error {
	if code == "o1" {
		return &kiosk.Refusal{Code: kiosk.CodeLastLead}
	}
	p.deeds = append(p.deeds, "disable "+string(code)+" by "+by)
	return nil
}
func (p *people) SetSecret(_ context.Context, by string, code kiosk.OfficerCode, _ string) error {
	p.deeds = append(p.deeds, "secret "+string(code)+" by "+by)
	return nil
}
func (p *people) Unlock(_ context.Context, by string, code kiosk.OfficerCode) error {
	p.deeds = append(p.deeds, "unlock "+string(code)+" by "+by)
	return nil
}

// boards are two paired TVs.
type boards struct{ deeds []string }

func (b *boards) List() []lan.Screen {
	return []lan.Screen{
		{ID: "s1", Kind: lan.BoardScreen, Name: "Ti vi cửa chính", Sound: true, Seen: (kiosktest.Monday + 2).At(7*60 + 10)},
		{ID: "s2", Kind: lan.TabletScreen, Name: "Máy đánh giá", Counter: "2", Seen: kiosktest.At(0)},
	}
}
func (b *boards) Confirm(_ context.Context, digits, name string, counter kiosk.CounterCode, by string) (lan.Screen, error) {
	if digits == "4712" && counter == "" { // a tablet's
		return lan.Screen{}, &kiosk.Refusal{Code: kiosk.CodeUnknownCounter}
	}
	if digits != "4711" {
		return lan.Screen{}, &kiosk.Refusal{Code: kiosk.CodeBadPairing}
	}
	b.deeds = append(b.deeds, "confirm "+digits+" "+name+" at "+string(counter)+" by "+by)
	return lan.Screen{ID: "s3", Kind: lan.BoardScreen, Name: name}, nil
}
func (b *boards) SetSound(_ context.Context, id string, on bool, by string) error {
	b.deeds = append(b.deeds, fmt.Sprintf("sound of %s %v by %s", id, on, by))
	return nil
}
func (b *boards) Forget(_ context.Context, id, by string) error {
	b.deeds = append(b.deeds, "forget "+id+" by "+by)
	return nil
}

// voice takes whatever begins like a WAV file and is not short.
type voice struct {
	mu     sync.Mutex
	kept   map[kiosk.ClipID][]byte
	active kiosk.Language
}

func (v *voice) Check(wav []byte) []kiosk.Flaw {
	switch {
	case !strings.HasPrefix(string(wav), "RIFF"):
		return []kiosk.Flaw{kiosk.FlawUnreadable}
	case len(wav) < 100:
		return []kiosk.Flaw{kiosk.FlawShort, kiosk.FlawQuiet}
	}
	return nil
}
func (v *voice) Keep(id kiosk.ClipID, wav []byte) ([]kiosk.Flaw, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.kept[id] = wav
	return nil, nil
}
func (v *voice) Source(id kiosk.ClipID) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept[id] != nil {
		return "person"
	}
	return ""
}
func (v *voice) Clip(id kiosk.ClipID) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept[id] == nil {
		return nil, errors.New("no such clip")
	}
	return v.kept[id], nil
}
func (v *voice) Active(l kiosk.Language) bool { return v.active == l }
func (v *voice) SetActive(_ context.Context, l kiosk.Language, on bool) error {
	v.active = l
	if !on {
		v.active = ""
	}
	return nil
}

// ask sends a request as somebody's browser on the box itself would.
func (d *desk) ask(who, method, path, kind, body string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, "http://kiosk.test"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	local := net.TCPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:8080"))
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
	r.Header.Set("Accept", "text/html")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("X-CSRF", d.gate.CSRF(staff.Session{ID: "id-" + who}))
	}
	r.AddCookie(&http.Cookie{Name: "kiosk", Value: who})
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *desk) get(who, path string) *httptest.ResponseRecorder {
	return d.ask(who, "GET", path, "", "")
}

// post sends a form with the session's token.
func (d *desk) post(who, path string, fields ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	v := url.Values{"csrf": {d.gate.CSRF(staff.Session{ID: "id-" + who})}, "key": {"0123456789abcdef" + fmt.Sprint(len(fields), fields)}}
	if k := v.Get("key"); len(k) > 64 {
		v.Set("key", k[:64])
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "key" {
			v.Del("key")
		}
		v.Add(fields[i], fields[i+1])
	}
	return d.form(who, path, v)
}

func (d *desk) form(who, path string, v url.Values) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest("POST", "http://kiosk.test"+path, strings.NewReader(v.Encode()))
	r.RemoteAddr = "127.0.0.1:40000"
	local := net.TCPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:8080"))
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "kiosk", Value: who})
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

// text is what a page says.
func text(html string) string {
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(html, " ")), " ")
}

// staffFacts lists what is kept of staff.
func (d *desk) staffFacts(day kiosk.Day) []kiosk.StaffMoved {
	d.t.Helper()
	records, err := d.DayRecords(context.Background(), day)
	d.must(err)
	var out []kiosk.StaffMoved
	for _, r := range records {
		if f, ok := r.Fact.(kiosk.StaffMoved); ok {
			out = append(out, f)
		}
	}
	return out
}
