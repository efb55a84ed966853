package touch

import (
	"errors"

	"github.com/motcua/gateway/kiosk"
)

// errCrowded stands for an office that has not answered for so long that no more can be asked.
var errCrowded = errors.New("office does not answer")

// refused returns the code of a refusal, or none for any other error.
func refused(err error) kiosk.Code {
	if r, ok := errors.AsType[*kiosk.Refusal](err); ok {
		return r.Code
	}
	return ""
}

// transient reports whether the same press may succeed later. Whether an error that is no
// refusal left a number behind is not known: asking again with the same key finds out.
func transient(err error) bool {
	r, ok := errors.AsType[*kiosk.Refusal](err)
	return !ok || !r.Permanent()
}

// hintOf returns the hint of a refusal.
func hintOf(err error) string {
	if r, ok := errors.AsType[*kiosk.Refusal](err); ok {
		return r.Hint
	}
	return ""
}
