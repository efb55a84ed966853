package main

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// printerConfig is [printer].
type printerConfig struct {
	Kind    string // of the table in devices.go
	Port    string // "/dev/kiosk-printer", "/dev/usb/lp0" or "tcp://10.0.0.5:9100"
	Baud    int
	Profile string
	Flow    string // empty: as the profile has it
}

// screenConfig is [screen].
type screenConfig struct {
	WidthMM int // of the picture; 0: from the display itself
	// Width and Height are the pixels of a screen that is painted into a browser alone; a panel
	// has its own.
	Width, Height int
	// Of a panel: the framebuffer, the touch device (empty: the first one found), and by how
	// many degrees the picture is turned on it.
	Framebuffer, Touch string
	Rotation           int
}

// readPrinter returns [printer], or nil where the file has none.
func readPrinter(top *table) *printerConfig {
	t := top.table("printer")
	if t.values == nil {
		return nil
	}
	p := &printerConfig{
		Kind: t.oneOf("kind", kindNames()...),
		Port: t.text("port"),
		Baud: t.oneOfInts("baud", 38400, 9600, 19200, 38400, 57600, 115200),
	}
	for _, k := range printerKinds() {
		if k.name == p.Kind {
			p.Profile = t.oneOf("profile", k.profiles()...)
		}
	}
	if t.has("flow") {
		p.Flow = t.oneOf("flow", "xon-xoff", "rts-cts", "none")
	} else {
		t.get("flow")
	}
	if !validPort(p.Port) {
		t.wrong(join(t.path, "port"), p.Port, `a path such as "/dev/kiosk-printer" or an address such as "tcp://10.0.0.5:9100"`)
	}
	t.done()
	return p
}

// validPort reports whether a printer can be looked for there.
func validPort(s string) bool {
	if strings.HasPrefix(s, "/") {
		return len(s) > 1
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "tcp" || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	host, port, err := net.SplitHostPort(u.Host)
	n, perr := strconv.ParseUint(port, 10, 16)
	return err == nil && perr == nil && host != "" && n > 0
}

// readScreen returns [screen].
func readScreen(t *table) screenConfig {
	s := screenConfig{
		WidthMM: t.integer("width_mm", 0), Width: 1080, Height: 1920,
		Framebuffer: "/dev/fb0", Touch: t.text("touch"), Rotation: t.oneOfInts("rotation", 0, 0, 90, 180, 270),
	}
	if f := t.text("framebuffer"); f != "" {
		s.Framebuffer = f
	}
	if s.WidthMM != 0 && (s.WidthMM < 50 || s.WidthMM > 5000) {
		t.wrong(join(t.path, "width_mm"), s.WidthMM, "the width of the picture in millimetres, 50 to 5000")
	}
	if t.has("pixels") {
		text := t.text("pixels")
		w, h, ok := strings.Cut(text, "x")
		width, err1 := strconv.Atoi(w)
		height, err2 := strconv.Atoi(h)
		if !ok || err1 != nil || err2 != nil || width < 320 || height < 320 || width > 4096 || height > 4096 {
			t.wrong(join(t.path, "pixels"), text, `width and height such as "1080x1920", 320 to 4096 each`)
		}
		s.Width, s.Height = width, height
	} else {
		t.get("pixels")
	}
	t.done()
	return s
}
