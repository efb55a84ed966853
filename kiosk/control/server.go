package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/motcua/gateway/kiosk"
)

// The bounds of one request.
const (
	maxBody      = 16 << 10
	readTimeout  = 10 * time.Second
	writeTimeout = 2 * time.Hour // an export onto a slow stick; a test slip takes minutes at most
	stopTimeout  = 5 * time.Second
	// OutboxPage is how many facts one answer holds at most.
	OutboxPage = 500
)

// Devices are the attached devices as the technician sees them.
type Devices interface {
	// Devices lists them all, the absent ones too.
	Devices() []Device
	// Test makes a device show that it works; the printer prints the test slip. It returns
	// ErrNoDevice for a name that is none.
	Test(ctx context.Context, name string) error
}

// ErrNoDevice means that no device has that name.
var ErrNoDevice = errors.New("no such device")

// Server answers on the control socket.
type Server struct {
	Office  *kiosk.Office
	Devices Devices
	// Slip composes a ticket's paper.
	Slip func(t kiosk.Ticket, s *kiosk.Snapshot, reprint bool) kiosk.Slip
	// Sentence and FaultSentence tell a person why something was refused or does not work.
	Sentence      func(err error) string
	FaultSentence func(kiosk.FaultCode) string
	AuditBroken   string // the sentence for an audit log that was changed
	Boards        Boards
	Key           Keyring
	// Acked returns the place up to which the province holds every fact.
	Acked func(context.Context) (kiosk.Position, error)
	// Keyed returns what needs the box's key, nil while that is locked.
	Keyed func() *Keyed
	// Report counts a day; its answer is encoded as it is. Officers one by one are in it only where
	// they are asked for, and that they were is a fact by then.
	Report  func(ctx context.Context, day kiosk.Day, officers bool) (any, error)
	Version string // of the program
	Web     string // the address of what it serves to browsers on this machine
	// LAN is what the office's network sees, and the fingerprint by which a technician knows the
	// gateway's own certificate. Empty: nothing is served there.
	LAN func() (address, fingerprint string)
	Log *slog.Logger
}

// by is how this API signs facts.
const by = "kioskctl"

// Run answers on l until ctx ends and closes l. What has begun then is told to end and gets its
// answer; a request that is still not whole after stopTimeout is cut.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.handler(),
		ReadTimeout:       readTimeout,
		ReadHeaderTimeout: readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       readTimeout,
		MaxHeaderBytes:    maxBody,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
		// A request ends with the gateway: a test slip that never prints must not hold it up.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve control socket: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		// Somebody has sent half a request. That is no reason for the gateway to end in error.
		s.Log.Debug("request on control socket cut", "err", errors.Join(err, server.Close()))
	}
	<-done
	return nil
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			v, err := f(r)
			if err != nil {
				s.refuse(w, r, err)
				return
			}
			s.answer(w, http.StatusOK, v)
		})
	}
	handle("GET /v1/status", s.status)
	handle("GET /v1/services", s.services)
	handle("GET /v1/tickets", s.tickets)
	handle("POST /v1/tickets", s.issue)
	handle("GET /v1/tickets/{number}", s.ticket)
	handle("POST /v1/tickets/{number}/{verb}", s.move)
	handle("GET /v1/tickets/{number}/slip", s.slip)
	handle("GET /v1/counters", s.counters)
	handle("POST /v1/counters/{code}/{verb}", s.counter)
	handle("POST /v1/hall/{verb}", s.hall)
	handle("GET /v1/devices", s.devices)
	handle("POST /v1/devices/{name}/test", s.test)
	handle("POST /v1/paper", s.paper)
	handle("POST /v1/numbers", s.numbers)
	handle("POST /v1/help/done", s.help)
	handle("GET /v1/faults", s.faults)
	handle("GET /v1/outbox", s.outbox)
	handle("POST /v1/clock", s.clock)
	handle("GET /v1/audit", s.audit)
	handle("GET /v1/days", s.days)
	handle("GET /v1/days/{day}/report", s.report(false))
	handle("POST /v1/days/{day}/report", s.report(true))
	handle("GET /v1/staff", s.open((*Keyed).staffList))
	handle("POST /v1/staff", s.open((*Keyed).staffAdd))
	handle("POST /v1/staff/{login}/{verb}", s.open((*Keyed).staffVerb))
	handle("GET /v1/boards", s.boardList)
	handle("POST /v1/boards", s.boardConfirm)
	handle("POST /v1/boards/{id}/sound", s.boardSound)
	handle("POST /v1/boards/{id}/forget", s.boardForget)
	handle("GET /v1/days/{day}/audit", s.auditDay)
	for pattern, f := range provinceHandlers() {
		handle(pattern, s.open(f))
	}
	handle("GET /v1/key", s.key)
	handle("POST /v1/key/{verb}", s.keyVerb)
	handle("/", func(r *http.Request) (any, error) {
		return nil, &Problem{Status: http.StatusNotFound, Code: "no-such-request", Reason: "there is no such request", Subject: r.Method + " " + r.URL.Path}
	})
	return mux
}

func (s *Server) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		s.Log.Debug("answer on control socket", "err", err) // the other side went away
	}
}

// refuse answers with the reason. What is a fault of the box is logged as well.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(err)
	if p.Status >= 500 {
		s.Log.Warn("request on control socket failed", "path", r.URL.Path, "err", err)
	}
	s.answer(w, p.Status, p)
}

func (s *Server) problem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if r, ok := errors.AsType[*kiosk.Refusal](err); ok {
		p := &Problem{Status: statusOf(r.Code), Code: string(r.Code), Reason: s.Sentence(r), Subject: r.Subject, Hint: r.Hint}
		if r.Cause != nil {
			p.Hint = r.Cause.Error()
		}
		return p
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &Problem{Status: http.StatusServiceUnavailable, Code: string(kiosk.CodeStopping), Reason: s.Sentence(err), Hint: err.Error()}
	}
	return &Problem{Status: http.StatusInternalServerError, Code: "internal", Reason: s.Sentence(err), Hint: err.Error()}
}

func statusOf(c kiosk.Code) int {
	switch c {
	case kiosk.CodeUnknownService, kiosk.CodeUnknownCounter, kiosk.CodeUnknownTicket, kiosk.CodeUnknownOfficer, kiosk.CodeUnknownDossier:
		return http.StatusNotFound
	case kiosk.CodeUnknownLanguage, kiosk.CodeBadPriority, kiosk.CodeBadKey, kiosk.CodeClockDate, kiosk.CodeBadNumber, kiosk.CodeBadTime,
		kiosk.CodeBadPlace, kiosk.CodeBadName, kiosk.CodeBadLogin, kiosk.CodeBadSecret, kiosk.CodeBadRequest, kiosk.CodeBadDossier:
		return http.StatusBadRequest
	case kiosk.CodeStoreFailed, kiosk.CodeStopping:
		return http.StatusServiceUnavailable
	}
	return http.StatusConflict
}

// read takes the body of a request into v: one JSON value with known fields and nothing after it.
func read(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil && d.More() {
		err = errors.New("something follows the JSON value")
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("empty body")
	}
	if err != nil {
		return &Problem{Status: http.StatusBadRequest, Code: "bad-request", Reason: "the request's body cannot be read", Hint: err.Error()}
	}
	return nil
}
