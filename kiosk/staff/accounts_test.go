package staff_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	check := func() {
		t.Helper()
		var got []string
		for _, o := range w.Officers() {
			got = append(got, fmt.Sprint(o.Login, " ", o.Code, " ", o.Role, " ", o.Name, " ", o.Counters, " ", o.Disabled))
		}
		want := "binh o3 officer Nguyễn Thị binh [] false|hoa o2 officer Trần Hoa [1 2] false|lead o1 lead Nguyễn Thị lead [] false|tech o4 technician Nguyễn Thị tech [] true"
		if strings.Join(got, "|") != want {
			t.Errorf("got %s", strings.Join(got, "|"))
		}
	}
	o, err := w.Change(ctx, "staff/o1", staff.Officer{Code: "o2", Login: "hoa", Name: " Trần  Hoa ", Role: kiosk.RoleOfficer, Counters: []kiosk.CounterCode{"2", "1", "2"}})
	must(t, err)
	if o.Name != "Trần Hoa" {
		t.Errorf("the name is %q", o.Name)
	}
	if f, by := w.disk.last(); f != (kiosk.StaffMoved{Officer: "o2", What: kiosk.StaffChanged}) || by != "staff/o1" {
		t.Errorf("fact %+v by %s", f, by)
	}
	facts := len(w.disk.facts)
	_, err = w.Change(ctx, "staff/o1", o)
	must(t, err)
	if len(w.disk.facts) != facts {
		t.Error("a change of nothing is a fact")
	}
	must(t, w.Disable(ctx, "staff/o1", "o4"))
	must(t, w.Disable(ctx, "staff/o1", "o4"))
	if n := w.disk.count(kiosk.StaffDisabled); n != 1 {
		t.Errorf("disabled %d times", n)
	}
	check()
	w.reopen()
	check()
	must(t, w.try("hoa", lanPIN, here))
	refused(t, w.try("tech", techPIN, here), kiosk.CodeSignIn)
	five, err := w.Create(ctx, "staff/o1", person{"new", "", kiosk.RoleOfficer}.officer(), wrongPIN)
	must(t, err)
	if five.Code != "o5" {
		t.Errorf("the next code is %s", five.Code)
	}
}

func TestTheShelfShowsNobody(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	token := w.sit("lan", lanPIN, "1")
	for key, value := range w.disk.items {
		for _, s := range []string{"Nguyễn", "lan", lanPIN, leadPass, token} {
			if strings.Contains(key, s) || bytes.Contains(value, []byte(s)) {
				t.Errorf("%s shows %q: %s", key, s, value)
			}
		}
	}
}

func TestNothingOfAPersonIsPrinted(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	in := staff.SignIn{Login: "lan", Secret: lanPIN, Counter: "1", From: here}
	token, s, err := w.SignIn(ctx, in)
	must(t, err)
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("x", "session", s, "officer", s.Officer, "in", in)
	_, _, err = w.SignIn(ctx, staff.SignIn{Login: "binh", Secret: binhPIN, Counter: "1", From: here})
	fmt.Fprintf(&out, "%v %+v %#v %s %v %+v %#v %v %+v %#v %v %v", s, s, s, s, s.Officer, s.Officer, s.Officer, in, in, in, err, w.Officers())
	for _, hidden := range []string{"Nguyễn", lanPIN, token, s.ID} {
		if strings.Contains(out.String(), hidden) {
			t.Errorf("%q shows in %s", hidden, &out)
		}
	}
	if !strings.Contains(err.Error(), "o2 at 1 since 07:30:00") {
		t.Errorf("the refusal is %v", err)
	}
}

func TestTheLastLeadStays(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	lead := w.Officers()[2]
	demoted := lead
	demoted.Role = kiosk.RoleOfficer
	last := func() {
		t.Helper()
		refused(t, w.Disable(ctx, "staff/o1", "o1"), kiosk.CodeLastLead)
		_, err := w.Change(ctx, "staff/o1", demoted)
		refused(t, err, kiosk.CodeLastLead)
	}
	last()
	second, err := w.Create(ctx, "staff/o1", person{"second", "", kiosk.RoleLead}.officer(), "mưa rào mùa hạ")
	must(t, err)
	must(t, w.Disable(ctx, "staff/o1", second.Code))
	last() // a lead who may not sign in is none
	_, err = w.Change(ctx, "staff/o1", second)
	must(t, err)
	must(t, w.Disable(ctx, "staff/o5", "o1"))
	refused(t, w.Disable(ctx, "staff/o5", "o5"), kiosk.CodeLastLead)
}

func TestRefusedAccounts(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	good := person{"new", wrongPIN, kiosk.RoleOfficer}
	for _, c := range []struct {
		code   kiosk.Code
		change func(o *staff.Officer)
	}{
		{kiosk.CodeBadLogin, func(o *staff.Officer) { o.Login = "lan" }},
		{kiosk.CodeBadLogin, func(o *staff.Officer) { o.Login = "Lan2" }},
		{kiosk.CodeBadName, func(o *staff.Officer) { o.Name = "" }},
		{kiosk.CodeNotAllowed, func(o *staff.Officer) { o.Role = "admin" }},
		{kiosk.CodeUnknownCounter, func(o *staff.Officer) { o.Counters = []kiosk.CounterCode{"9"} }},
	} {
		o := good.officer()
		c.change(&o)
		_, err := w.Create(ctx, "x", o, good.secret)
		refused(t, err, c.code)
		o.Code = "o3"
		_, err = w.Change(ctx, "x", o)
		refused(t, err, c.code)
	}
	for _, s := range []string{"", "1234", "111111", "new", "12345678901234", lanPIN, techPIN} {
		_, err := w.Create(ctx, "x", good.officer(), s)
		refused(t, err, kiosk.CodeBadSecret)
		refused(t, w.SetSecret(ctx, "x", "o3", s), kiosk.CodeBadSecret)
	}
	must(t, w.SetSecret(ctx, "x", "o3", binhPIN)) // one's own is not taken
	_, err := w.Change(ctx, "x", staff.Officer{Code: "o9", Login: "xx", Name: "X", Role: kiosk.RoleLead})
	refused(t, err, kiosk.CodeUnknownOfficer)
	refused(t, w.Disable(ctx, "x", "o9"), kiosk.CodeUnknownOfficer)
	refused(t, w.Unlock(ctx, "x", "o9"), kiosk.CodeUnknownOfficer)
	refused(t, w.SetSecret(ctx, "x", "o9", wrongPIN), kiosk.CodeUnknownOfficer)
	if n := len(w.Officers()); n != 4 {
		t.Errorf("%d officers", n)
	}
}

// TestATakenPINDoesNotShow: who sets a PIN that another officer has reads the same words as for
// one that is too easy.
func TestATakenPINDoesNotShow(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	taken := refused(t, w.SetSecret(ctx, "x", "o3", lanPIN), kiosk.CodeBadSecret)
	easy := refused(t, w.SetSecret(ctx, "x", "o3", "111111"), kiosk.CodeBadSecret)
	if *taken != *easy {
		t.Errorf("%+v, %+v", taken, easy)
	}
}

func TestANewSecretEndsTheOld(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	token := w.sit("lan", lanPIN, "1")
	for range 3 {
		_ = w.try("lan", wrongPIN, "192.168.1.99")
	}
	must(t, w.SetSecret(ctx, "staff/o1", "o2", "662915"))
	_, err := w.Session(ctx, token, here)
	refused(t, err, kiosk.CodeNoSession)
	refused(t, w.try("lan", lanPIN, here), kiosk.CodeSignIn)
	must(t, w.try("lan", "662915", here))
	_, err = w.CheckPIN(ctx, lanPIN, "touch/main")
	refused(t, err, kiosk.CodeSignIn)
	o, err := w.CheckPIN(ctx, "662915", "touch/main")
	if err != nil || o.Code != "o2" {
		t.Errorf("%v, %v", o, err)
	}
}

func TestAnOutdatedHashIsMadeAgain(t *testing.T) {
	t.Parallel()
	w := newOffice(t)
	old := "oldsalt$" + sum("oldsalt", lanPIN)
	w.disk.items["officer/o2"] = staff.WithHash(w.disk.items["officer/o2"], old)
	w.reopen()
	must(t, w.try("lan", lanPIN, here))
	if bytes.Contains(w.disk.items["officer/o2"], []byte("oldsalt")) {
		t.Error("the old hash is still there")
	}
	w.reopen()
	must(t, w.try("lan", lanPIN, here))
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Nguyễn Thị Lan":                  "Nguyễn Thị Lan",
		"  Y  Moan Ênuôl ":                "Y Moan Ênuôl",
		"Ksor H'Bơ̆k":                     "Ksor H'Bơ̆k",
		"Nguye\u0302\u0303n":              "Nguye\u0302\u0303n",
		"Lan (quầy 3)":                    "Lan (quầy 3)",
		strings.Repeat("ộ", 60):           strings.Repeat("ộ", 60),
		strings.Repeat("ộ", 61):           "",
		"":                                "",
		"   ":                             "",
		"3":                               "",
		"Lan\u202ehnib":                   "", // backwards
		"Lan\u2066x\u2069":                "",
		"La\u200bn":                       "", // nothing between
		"La\u00adn":                       "",
		"La\u034fn":                       "",
		"\ufeffLan":                       "",
		"Lan\n":                           "",
		"Lan\x00":                         "",
		"Lan\x1b[31m":                     "",
		"Lan\u00a0Anh":                    "",
		"Lаn":                             "", // a Cyrillic letter
		"Ｌａｎ":                             "",
		"𝐋𝐚𝐧":                             "",
		"Lan\ufe0f":                       "",
		"\u3164":                          "",
		"L\u0300\u0301\u0302\u0303an":     "", // a tower
		"\u0301Lan":                       "",
		"Lan 🙂":                           "",
		"<b>Lan</b>":                      "",
		"Lan\xff":                         "",
		"Lan\U000e0041":                   "",
		strings.Repeat("a\u0301", 1<<16):  "",
		"Lan\u2028Anh":                    "",
		"Trần Văn Ơn-Phước, ThS. (2’)":    "Trần Văn Ơn-Phước, ThS. (2’)",
		"Lan\ue000":                       "",
		"Nguyễn\u0335 Lan":                "Nguyễn\u0335 Lan",
		"\u1160\u115f":                    "",
		"李明":                              "",
		"Lan\u180e":                       "",
		"A\u0488":                         "",
		"Lan \u0301":                      "",
		"a" + strings.Repeat("\u0301", 3): "",
	} {
		got, err := staff.CleanName(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%+q: %+q, %v", name, got, err)
		}
		if err != nil {
			refused(t, err, kiosk.CodeBadName)
		}
	}
	for login, ok := range map[string]bool{
		"lan": true, "l2": true, "nguyen.thi-lan.2": true, "22": true, strings.Repeat("a", 32): true,
		"": false, "l": false, "Lan": false, "lân": false, "la n": false, ".lan": false, "-lan": false, strings.Repeat("a", 33): false, "lan\x00": false,
	} {
		if err := staff.CheckLogin(login); (err == nil) != ok {
			t.Errorf("%q: %v", login, err)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("Nguyễn Thị Lan")
	f.Add("L\u0300\u0301\u0302an")
	f.Fuzz(func(t *testing.T, s string) {
		name, err := staff.CleanName(s)
		if err != nil {
			return
		}
		if again, err := staff.CleanName(name); again != name || err != nil {
			t.Errorf("%+q becomes %+q, %v", name, again, err)
		}
		if strings.ContainsAny(name, "<>&\"\x00\n\r\u202e\u200b\u200d") || len([]rune(name)) > 60 || name == "" {
			t.Errorf("%+q is a name", name)
		}
	})
}
