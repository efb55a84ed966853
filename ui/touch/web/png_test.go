package web

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"testing"
)

// BenchmarkCompress is the price of a whole picture of the first page for a new viewer.
func BenchmarkCompress(b *testing.B) {
	f, err := os.Open("../look/testdata/first-1080x1920.png")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		b.Fatal(err)
	}
	rgba := image.NewRGBA(img.Bounds())
	draw.Draw(rgba, rgba.Rect, img, image.Point{}, draw.Src)
	b.Run("ours", func(b *testing.B) {
		size := 0
		for b.Loop() {
			data, err := compress(rgba)
			if err != nil {
				b.Fatal(err)
			}
			size = len(data)
		}
		b.ReportMetric(float64(size), "bytes")
	})
	b.Run("image/png", func(b *testing.B) {
		var w bytes.Buffer
		for b.Loop() {
			w.Reset()
			if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&w, rgba); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(w.Len()), "bytes")
	})
}

// The standard library reads back what compress wrote.
func TestCompress(t *testing.T) {
	t.Parallel()
	big := image.NewRGBA(image.Rect(0, 0, 90, 70))
	for i := range big.Pix {
		big.Pix[i] = byte(i / 360 * i)
		if i%4 == 3 {
			big.Pix[i] = 0xff
		}
	}
	copy(big.Pix[360*5:360*9], big.Pix[360*4:360*8]) // some rows like the ones above
	for _, r := range []image.Rectangle{big.Rect, image.Rect(3, 5, 4, 6), image.Rect(10, 0, 90, 33), image.Rect(0, 69, 90, 70)} {
		data, err := compress(cut(big, r))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%v: %v", r, err)
		}
		got := image.NewRGBA(r)
		draw.Draw(got, r, img, image.Point{}, draw.Src)
		if !bytes.Equal(got.Pix, cut(big, r).Pix) {
			t.Errorf("%v: another picture", r)
		}
	}
	if _, err := compress(image.NewRGBA(image.Rectangle{})); err == nil {
		t.Error("a picture without pixels was compressed")
	}
}
