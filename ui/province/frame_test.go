package province

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/lan"
)

// A problem that somebody has wrapped on its way is still that problem.
func TestProblemOf(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, own := range []*lan.Problem{{Code: kiosk.CodeNotAllowed}, {Status: http.StatusForbidden, Code: kiosk.CodeNotAllowed, Message: "says"}} {
		got, want := r.pages.problemOf(fmt.Errorf("look: %w", own)), r.pages.problemOf(own)
		if *got != *want || want.Message == "" {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}
