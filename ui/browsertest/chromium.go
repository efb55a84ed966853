// Package browsertest starts the browser that tests look at pages with.
package browsertest

import (
	"context"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// starts is how often Chromium may fail to come up before a test fails: now and then it crashes
// before it has opened its first tab, more often where several start at once.
const starts = 4

// Chromium starts one without a head for a test, as wide as an office's old screen, and ends it
// with the test; options that are given go before those. It returns the first tab. The context
// has no deadline: one on a tab's first use would end the tab. Without a Chromium the test is skipped.
func Chromium(t *testing.T, options ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path := installed()
	if path == "" {
		t.Skip("no Chromium is installed (Debian: chromium)")
	}
	for try := 1; ; try++ {
		ctx, end, err := start(append([]chromedp.ExecAllocatorOption{
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
			chromedp.WindowSize(1366, 768), chromedp.UserDataDir(t.TempDir()),
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		}, options...))
		if err == nil {
			t.Cleanup(func() {
				if err := end(); err != nil {
					t.Logf("end Chromium: %v", err)
				}
			})
			return ctx
		}
		if try == starts {
			t.Fatalf("Chromium did not start in %d tries: %v", starts, err)
		}
		t.Logf("Chromium did not start and is started again: %v", err)
	}
}

func installed() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func start(options []chromedp.ExecAllocatorOption) (first context.Context, end func() error, err error) {
	process, kill := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], options...)...)
	ctx, cancel := chromedp.NewContext(process)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		kill()
		return nil, nil, err
	}
	return ctx, func() error {
		defer kill()
		defer cancel()
		return chromedp.Cancel(ctx)
	}, nil
}
