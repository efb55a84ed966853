package web

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
)

// compress makes a PNG of an opaque picture, fast rather than small: the line is a LAN or the
// machine itself. The standard library's encoder tries five filters on every row, which takes
// three quarters of its time and makes pages of flat colour larger; here a row that equals the
// one above is sent as its difference, all zeros, and any other as it is.
func compress(img *image.RGBA) ([]byte, error) {
	const filterNone, filterUp = 0, 2
	size := img.Rect.Size()
	if size.X <= 0 || size.Y <= 0 {
		return nil, fmt.Errorf("compress picture of %d×%d", size.X, size.Y)
	}
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	header := binary.BigEndian.AppendUint32(nil, uint32(size.X))
	header = binary.BigEndian.AppendUint32(header, uint32(size.Y))
	chunk(&b, "IHDR", append(header, 8, 2, 0, 0, 0)) // 8 bits, RGB, deflate, filters, no interlace

	var data bytes.Buffer
	z, err := zlib.NewWriterLevel(&data, zlib.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("compress picture: %w", err)
	}
	row, same := make([]byte, 1+3*size.X), make([]byte, 1+3*size.X)
	row[0], same[0] = filterNone, filterUp
	var above []byte
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		at := img.PixOffset(img.Rect.Min.X, y)
		pix := img.Pix[at : at+4*size.X]
		line := same
		if !bytes.Equal(pix, above) {
			line = row
			for i, o := 0, 1; i < len(pix); i, o = i+4, o+3 {
				row[o], row[o+1], row[o+2] = pix[i], pix[i+1], pix[i+2]
			}
		}
		if _, err := z.Write(line); err != nil {
			return nil, fmt.Errorf("compress picture: %w", err)
		}
		above = pix
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress picture: %w", err)
	}
	chunk(&b, "IDAT", data.Bytes())
	chunk(&b, "IEND", nil)
	return b.Bytes(), nil
}

// chunk appends a chunk of a PNG: length, kind, data, and the checksum of the last two.
func chunk(b *bytes.Buffer, kind string, data []byte) {
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	start := b.Len()
	b.WriteString(kind)
	b.Write(data)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b.Bytes()[start:])))
}
