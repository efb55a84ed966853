// Package looktest compares pictures of screens with kept ones. Fyne's own comparers do not
// exist under the noos build.
package looktest

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"github.com/motcua/gateway/ui/touch/look"
)

// Update is the environment variable that makes [Golden] write the kept pictures anew.
const Update = "LOOK_UPDATE"

// Paint draws a page as a display of its kit would show it. It needs a running Fyne app.
func Paint(k *look.Kit, page fyne.CanvasObject) *image.RGBA {
	fyne.CurrentApp().Settings().SetTheme(k.Theme())
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(page)
	c.Resize(k.Size)
	painted := c.Capture()
	img := image.NewRGBA(painted.Bounds())
	draw.Draw(img, img.Bounds(), painted, image.Point{}, draw.Src)
	return img
}

// Golden fails the test unless img looks like testdata/NAME.png: the same size, and no more
// than one pixel in a thousand off by more than a shade. The letters' edges differ by a little
// between processors (fused multiply-add), a missing accent by much more. A picture
// that fails is written to a file that the message names.
func Golden(t testing.TB, name string, img image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if os.Getenv(Update) != "" {
		if err := write(path, img); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%v: make it with %s=1 go test, then look at it", err, Update)
	} else if err != nil {
		t.Fatal(err)
	}
	if diff := Difference(want, img); diff > 0.001 {
		got := filepath.Join(os.TempDir(), "look-"+name+".png")
		if err := write(got, img); err != nil {
			t.Error(err)
		}
		t.Errorf("%s: %.2f %% of the pixels differ; see %s", path, diff*100, got)
	}
}

// Difference returns the share of pixels that differ by more than 24 of 255 in any channel;
// 1 when the sizes differ.
func Difference(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() || a.Bounds().Empty() {
		return 1
	}
	pa, pb := rgba(a), rgba(b)
	off := 0
	for i := 0; i < len(pa.Pix); i += 4 {
		for c := range 3 {
			if d := int(pa.Pix[i+c]) - int(pb.Pix[i+c]); d > 24 || d < -24 {
				off++
				break
			}
		}
	}
	return float64(off) / float64(len(pa.Pix)/4)
}

func rgba(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

func read(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open golden picture: %w", err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("decode golden picture: %w", err)
	}
	return img, nil
}

func write(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make picture's folder: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create picture: %w", err)
	}
	if err := png.Encode(f, img); err != nil {
		return errors.Join(fmt.Errorf("encode picture: %w", err), f.Close())
	}
	return f.Close()
}
