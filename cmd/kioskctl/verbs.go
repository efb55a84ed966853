package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/motcua/gateway/kiosk/control"
)

// verb is one thing that kioskctl can do.
type verb struct {
	words string // those in capitals stand for the caller's own
	flags string
	what  string
	do    func(context.Context, *session) error
}

// verbs is the whole of what kioskctl can do, in the order in which it is shown.
func verbs() []verb {
	return []verb{
		{"status", "", "the office on one page", ask(get("/v1/status"), showStatus)},
		{"services", "", "the services and their queues", ask(get("/v1/services"), showServices)},
		{"tickets", "", "today's tickets", ask(get("/v1/tickets"), showTickets)},
		{"ticket issue SERVICE", "[-priority declared|card|officer] [-lang vi|en|zh] [-key KEY]", "give a ticket; the same key gives the same ticket", ask(issue, showTicket)},
		{"ticket call COUNTER", "[-explain] [-number NUMBER]", "call the next one to a counter, or a chosen one", ask(call, showCall)},
		{"ticket recall NUMBER", "", "call it again", ask(post("/v1/tickets/%s/recall"), showTicket)},
		{"ticket serve NUMBER", "", "the citizen has come", ask(post("/v1/tickets/%s/serve"), showTicket)},
		{"ticket finish NUMBER", "", "the visit is over", ask(post("/v1/tickets/%s/finish"), showTicket)},
		{"ticket noshow NUMBER", "", "nobody has come", ask(post("/v1/tickets/%s/noshow"), showTicket)},
		{"ticket hold NUMBER", "", "set it aside", ask(post("/v1/tickets/%s/hold"), showTicket)},
		{"ticket resume NUMBER", "", "let it wait again, in its old place", ask(post("/v1/tickets/%s/resume"), showTicket)},
		{"ticket return NUMBER", "", "let it wait again: the counter is not free after all", ask(post("/v1/tickets/%s/return"), showTicket)},
		{"ticket send NUMBER", "[-to SERVICE] [-for COUNTER] [-place first|last|after] [-minutes N]", "send it on", ask(send, showTicket)},
		{"ticket raise NUMBER", "", "give it priority", ask(post("/v1/tickets/%s/raise"), showTicket)},
		{"ticket lower NUMBER", "", "take its priority away", ask(post("/v1/tickets/%s/lower"), showTicket)},
		{"ticket cancel NUMBER", "", "the citizen has given up", ask(post("/v1/tickets/%s/cancel"), showTicket)},
		{"ticket reprint NUMBER", "", "print its slip again, marked as a reprint", ask(post("/v1/tickets/%s/reprint"), showTicket)},
		{"ticket slip NUMBER", "", "show the lines of its slip", ask(get("/v1/tickets/%s/slip"), showSlip)},
		{"counter open COUNTER", "", "somebody sits there", ask(post("/v1/counters/%s/open"), showCounter)},
		{"counter close COUNTER", "", "nobody sits there", ask(post("/v1/counters/%s/close"), showCounter)},
		{"counter pause COUNTER", "[-until HH:MM] [-reason TEXT]", "it pauses", ask(pause, showCounter)},
		{"counter resume COUNTER", "", "its pause is over", ask(post("/v1/counters/%s/resume"), showCounter)},
		{"counter absent COUNTER", "", "its officer is away without a word", ask(post("/v1/counters/%s/absent"), showCounter)},
		{"counter undo COUNTER", "", "take its last step back, within a minute", ask(post("/v1/counters/%s/undo"), showTicket)},
		{"hall open", "", "give tickets, at any hour, until the day ends", ask(post("/v1/hall/open"), showHall)},
		{"hall close", "", "end the day: what waits lapses", ask(post("/v1/hall/close"), showHall)},
		{"devices", "", "the attached devices", ask(get("/v1/devices"), showDevices)},
		{"device test NAME", "", "let it show that it works: the printer prints", ask(post("/v1/devices/%s/test"), showDevice)},
		{"paper yes", "", "the test slip of a new roll can be read", ask(paper(true), showPaper)},
		{"paper no", "", "it cannot: the roll is upside down", ask(paper(false), showPaper)},
		{"numbers confirm SERVICE LAST", "", "the last number on paper, where the box cannot know it; jump: none is to be found", ask(numbers, showStatus)},
		{"help done", "", "the officer has come to the screen", ask(post("/v1/help/done"), showStatus)},
		{"faults", "", "what does not work", ask(get("/v1/faults"), showFaults)},
		{"outbox", "", "the facts that the province has not acknowledged", outbox},
		{"days", "", "the days that have facts", ask(get("/v1/days"), showLines)},
		{"report DAY", "[-officers]", "how a day went: YYYY-MM-DD or today; with -officers also each officer, which goes into the audit log", report},
		{"audit verify", "", "compute the audit log's chain again", ask(get("/v1/audit"), showAudit)},
		{"audit export DAY", "", "every fact of a day whole, one JSON line each", exportAudit},
		{"staff list", "", "the officers", ask(get("/v1/staff"), showStaff)},
		{"staff add LOGIN", "-name NAME [-role officer|lead|technician] [-counters 1,2]", "make an account; its PIN is told once", ask(staffAdd, showOfficer)},
		{"staff pin LOGIN", "", "give a new PIN", ask(post("/v1/staff/%s/pin"), showOfficer)},
		{"staff disable LOGIN", "", "may not sign in any more", ask(post("/v1/staff/%s/disable"), showOfficer)},
		{"staff unlock LOGIN", "", "end a lock-out", ask(post("/v1/staff/%s/unlock"), showOfficer)},
		{"boards", "", "the paired boards and tablets", ask(get("/v1/boards"), showBoards)},
		{"board confirm DIGITS", "-name NAME [-counter COUNTER] [-sound]", "let the screen in that shows these four digits; with -sound it says the numbers", ask(pair, showBoard)},
		{"board sound on ID", "", "let a board say the numbers", ask(sound(true), showBoards)},
		{"board sound off ID", "", "let it show them only", ask(sound(false), showBoards)},
		{"board forget ID", "", "take a screen away", ask(post("/v1/boards/%s/forget"), showBoards)},
		{"enrol HUB CODE", "", "make this box known to the province: its address, and the code it gave", ask(enrol, showLine)},
		{"line", "", "how it stands with the province", ask(get("/v1/line"), showLine)},
		{"line leave", "", "forget who this box is to the province", ask(post("/v1/line/leave"), showLine)},
		{"line parked", "", "the pages that the province has refused for good, and why", ask(get("/v1/line/parked"), showParked)},
		{"line release", "", "let pages go again that the province had refused", ask(post("/v1/line/release"), showLine)},
		{"dossiers", "", "the dossiers that the box keeps", ask(get("/v1/dossiers"), showDossiers)},
		{"dossier generate", "[-pages N]", "receive one that is nobody's; in a demonstration alone", ask(generate, showDossier)},
		{"ferry export DIR", "", "write what waits onto a stick, sealed for the province", onStick(ask(place("/v1/ferry/export"), showTrip("written")))},
		{"ferry accept DIR", "", "take the province's word from a stick", onStick(ask(place("/v1/ferry/accept"), showTrip("acknowledged")))},
		{"backup FILE", "", "write a copy of the box, sealed for the province", onStick(seen(ask(place("/v1/backup"), showBackup)))},
		{"restore FILE", "[-box same|spare]", "put a backup back while no kiosk runs; asks for the passphrase", restore},
		{"key", "", "where the box's key comes from", ask(get("/v1/key"), showKey)},
		{"key unlock", "", "open the box's key; asks for the passphrase", ask(passphrase("unlock"), showKey)},
		{"key set", "", "seal the box's key with a passphrase; asks for it twice", ask(passphrase("set"), showKey)},
		{"key change", "", "another passphrase; asks for both", ask(passphrase("change"), showKey)},
		{"clock confirm DATE", "", "today is YYYY-MM-DD", ask(clock, showStatus)},
	}
}

// plain returns the words without those of the caller.
func (v verb) plain() string {
	words := strings.Fields(v.words)
	for len(words) > 0 && isName(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

func isName(word string) bool { return strings.ToUpper(word) == word }

// find returns the verb of a command and the names that the caller gave in it.
func find(words []string) (verb, []string, error) {
	begun := []string{}
	for _, v := range verbs() {
		names, ok := match(strings.Fields(v.words), words)
		if ok {
			return v, names, nil
		}
		if strings.HasPrefix(v.words+" ", words[0]+" ") {
			begun = append(begun, v.words)
		}
	}
	if len(begun) > 0 {
		return verb{}, nil, errUsage(fmt.Sprintf("cannot make sense of %q; there is: %s", strings.Join(words, " "), strings.Join(begun, ", ")))
	}
	return verb{}, nil, errUsage(fmt.Sprintf("there is no verb %q", words[0]))
}

func match(pattern, words []string) ([]string, bool) {
	if len(pattern) != len(words) {
		return nil, false
	}
	var names []string
	for i, p := range pattern {
		switch {
		case !isName(p):
			if p != words[i] {
				return nil, false
			}
		case words[i] == "":
			return nil, false
		case p == "NUMBER":
			names = append(names, strings.ToUpper(words[i])) // a prefix has only capitals
		default:
			names = append(names, words[i])
		}
	}
	return names, true
}

// request is what goes to the gateway.
type request struct {
	method, path string
	body         any
}

func get(path string) func(*session) (request, error)  { return plain(http.MethodGet, path) }
func post(path string) func(*session) (request, error) { return plain(http.MethodPost, path) }

func plain(method, path string) func(*session) (request, error) {
	return func(s *session) (request, error) {
		if len(s.names) > 0 {
			return request{method: method, path: fmt.Sprintf(path, url.PathEscape(s.names[0]))}, nil
		}
		return request{method: method, path: path}, nil
	}
}

func issue(s *session) (request, error) {
	return request{http.MethodPost, "/v1/tickets", control.Issue{
		Service: s.names[0], Priority: s.flags["priority"], Language: s.flags["lang"], Key: s.flags["key"],
	}}, nil
}

// call takes a chosen number along, where one is given.
func call(s *session) (request, error) {
	r, err := post("/v1/counters/%s/call")(s)
	if n := s.flags["number"]; n != "" {
		r.body = control.Choose{Number: strings.ToUpper(n)}
	}
	return r, err
}

func send(s *session) (request, error) {
	r, err := post("/v1/tickets/%s/send")(s)
	body := control.Send{To: s.flags["to"], For: s.flags["for"], Place: s.flags["place"]}
	if body.Place == "" {
		body.Place = "last"
	}
	if m := s.flags["minutes"]; m != "" {
		n, err := strconv.Atoi(m)
		if err != nil {
			return request{}, errUsage(fmt.Sprintf("-minutes %q: want a whole number", m))
		}
		body.Minutes = n
	}
	r.body = body
	return r, err
}

func staffAdd(s *session) (request, error) {
	body := control.NewOfficer{Login: s.names[0], Name: s.flags["name"], Role: s.flags["role"]}
	if body.Role == "" {
		body.Role = "officer"
	}
	if list := s.flags["counters"]; list != "" {
		body.Counters = strings.Split(list, ",")
	}
	return request{http.MethodPost, "/v1/staff", body}, nil
}

func pair(s *session) (request, error) {
	return request{http.MethodPost, "/v1/boards", control.Pair{Digits: s.names[0], Name: s.flags["name"], Counter: s.flags["counter"], Sound: s.sound}}, nil
}

func sound(on bool) func(*session) (request, error) {
	return func(s *session) (request, error) {
		r, err := post("/v1/boards/%s/sound")(s)
		r.body = control.Sound{On: on}
		return r, err
	}
}

func pause(s *session) (request, error) {
	r, err := post("/v1/counters/%s/pause")(s)
	r.body = control.Pause{Until: s.flags["until"], Reason: s.flags["reason"]}
	return r, err
}

func paper(readable bool) func(*session) (request, error) {
	return func(*session) (request, error) {
		return request{http.MethodPost, "/v1/paper", control.Paper{Readable: readable}}, nil
	}
}

func numbers(s *session) (request, error) {
	if s.names[1] == "jump" {
		return request{http.MethodPost, "/v1/numbers", control.Numbers{Service: s.names[0], Jump: true}}, nil
	}
	last, err := strconv.ParseUint(s.names[1], 10, 32)
	if err != nil {
		return request{}, errUsage(fmt.Sprintf("LAST is the sequence on the paper, 12 of A012, or jump; found %q", s.names[1]))
	}
	return request{http.MethodPost, "/v1/numbers", control.Numbers{Service: s.names[0], Last: uint32(last)}}, nil
}

func clock(s *session) (request, error) {
	return request{http.MethodPost, "/v1/clock", control.Clock{Date: s.names[0]}}, nil
}

// usage lists the verbs.
func usage() string {
	var b strings.Builder
	b.WriteString("usage: kioskctl [-state DIR] VERB … [-json]\n       kioskctl -version\n\n")
	var t table
	for _, v := range verbs() {
		t.row(v.words, v.what)
		if v.flags != "" {
			t.row("", v.flags)
		}
	}
	for _, line := range strings.Split(strings.TrimRight(t.String(), "\n"), "\n") {
		b.WriteString("  " + line + "\n")
	}
	b.WriteString("\nSERVICE is a code or a prefix. -state is the gateway's state folder (/var/lib/kiosk).\n")
	b.WriteString("Exit status: 0 done, 1 refused with the reason on stderr, 2 usage.\n")
	return b.String()
}
