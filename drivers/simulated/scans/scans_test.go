package scans_test

import (
	"bytes"
	"image/png"
	"testing"

	"github.com/motcua/gateway/drivers/simulated/scans"
)

func TestPage(t *testing.T) {
	t.Parallel()
	one, err := scans.Page(7, 1)
	if err != nil {
		t.Fatal(err)
	}
	same, err := scans.Page(7, 1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := scans.Page(7, 2)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, same) || bytes.Equal(one, other) {
		t.Error("the same page differs, or two pages are alike")
	}
	t.Logf("%d and %d bytes", len(one), len(other))
	if len(one) < 50_000 || len(one) > 90_000 {
		t.Errorf("a page of %d bytes is none that a scanner gives", len(one))
	}
	c, err := png.DecodeConfig(bytes.NewReader(one))
	if err != nil || c.Width != scans.Width || c.Height != scans.Height {
		t.Errorf("%+v, %v", c, err)
	}
}
