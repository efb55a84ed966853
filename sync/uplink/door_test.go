package uplink_test

import (
	"io"
	"log"
	"net"
	"net/http"
	"testing"
)

// door is an address at which one handler after the other answers.
type door struct {
	addr   string
	server *http.Server
	done   chan struct{}
}

func newDoor(t testing.TB) *door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{addr: l.Addr().String()}
	_ = l.Close()
	t.Cleanup(d.shut)
	return d
}

// open lets a handler answer.
func (d *door) open(t testing.TB, h http.Handler) {
	t.Helper()
	var l net.Listener
	until(t, "the door's port is free", func() (err error) {
		l, err = net.Listen("tcp", d.addr)
		return err
	})
	d.server = &http.Server{Handler: h, TLSConfig: serverTLS(), ErrorLog: log.New(io.Discard, "", 0)}
	server, done := d.server, make(chan struct{})
	d.done = done
	go func() {
		defer close(done)
		_ = server.ServeTLS(l, "", "")
	}()
}

// shut ends every connection at once, as a process that is killed does.
func (d *door) shut() {
	if d.server != nil {
		_ = d.server.Close()
		<-d.done
		d.server = nil
	}
}
