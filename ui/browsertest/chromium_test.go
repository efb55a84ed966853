package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestABrowserThatCrashesIsStartedAgain: twice in a row, as it was seen to.
func TestABrowserThatCrashesIsStartedAgain(t *testing.T) {
	real := installed()
	if real == "" {
		t.Skip("no Chromium is installed (Debian: chromium)")
	}
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\necho start >>%[1]s/starts\n[ $(wc -l <%[1]s/starts) -gt 2 ] || kill -SEGV $$\nexec %[2]s \"$@\"\n", dir, real)
	if err := os.WriteFile(filepath.Join(dir, "chromium"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	two, err := chromedp.Run(Chromium(t), chromedp.Evaluate[int](`1+1`))
	if err != nil || two != 2 {
		t.Errorf("the third start says %d, %v", two, err)
	}
}
