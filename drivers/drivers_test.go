package drivers_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/motcua/gateway/drivers"
)

// says is an error with an opinion about absence, as packages have that cannot import drivers.
type says bool

func (says) Error() string  { return "line gone" }
func (s says) Absent() bool { return bool(s) }

func TestAbsent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{drivers.ErrAbsent, true},
		{fmt.Errorf("find printer: %w", drivers.ErrAbsent), true},
		{fmt.Errorf("find printer: %w", errors.Join(io.EOF, drivers.ErrAbsent)), true},
		{says(true), true},
		{fmt.Errorf("read status: %w", says(true)), true},
		{says(false), false},
		{fmt.Errorf("read status: %w", says(false)), false},
	} {
		if got := drivers.Absent(c.err); got != c.want {
			t.Errorf("Absent(%v) = %v", c.err, got)
		}
	}
}
