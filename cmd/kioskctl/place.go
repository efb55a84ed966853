package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/motcua/gateway/kiosk/control"
)

// place names a folder or file of the caller's to the gateway, which stands in another folder.
func place(path string) func(*session) (request, error) {
	return func(s *session) (request, error) {
		at, err := filepath.Abs(s.names[0])
		if err != nil {
			return request{}, fmt.Errorf("where is %s: %w", s.names[0], err)
		}
		return request{http.MethodPost, path, control.Place{Path: at}}, nil
	}
}

// elsewhere is what the unit has to do with a place that the gateway does not find, or that the
// caller does not.
const elsewhere = "as a service kiosk has a /tmp of its own and sees no /home and no /root: name a place below /media, /run/media or /mnt"

// onStick makes a verb say so where the gateway could not use a place.
func onStick(do func(context.Context, *session) error) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		err := slowly(do)(ctx, s)
		if p, ok := errors.AsType[*control.Problem](err); ok && strings.HasSuffix(p.Code, "-failed") {
			said := *p
			said.Hint += "; " + elsewhere
			return &said
		}
		return err
	}
}

// seen makes a verb look whether the file that the gateway has written is there for the caller too.
func seen(do func(context.Context, *session) error) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		if err := do(ctx, s); err != nil {
			return err
		}
		if _, err := os.Lstat(s.names[0]); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("only the gateway sees %s: %s", s.names[0], elsewhere)
		}
		return nil
	}
}
