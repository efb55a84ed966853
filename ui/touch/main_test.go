package touch

import (
	"os"
	"testing"

	"fyne.io/fyne/v2/test"
)

// One app for all tests: Fyne has one per process. Tests that touch widgets do not run in
// parallel, as everything of Fyne's belongs to one goroutine.
func TestMain(m *testing.M) {
	test.NewApp()
	os.Exit(m.Run())
}
