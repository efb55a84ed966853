package escpos

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	one := func(rune) float64 { return 1 }
	for _, c := range []struct {
		text  string
		width float64
		want  []string
	}{
		{"", 10, nil},
		{"một hai", 10, []string{"một hai"}},
		{"Đăng ký khai sinh, hộ tịch", 24, []string{"Đăng ký khai", "sinh, hộ tịch"}}, // not one word alone
		{"a bb ccc", 3, []string{"a", "bb", "ccc"}},
		{"không một dấu cách", 5, []string{"không", "một", "dấu", "cách"}},
		{"khai\u00a0sinh, kết\u00a0hôn, khai\u00a0tử", 18, []string{"khai sinh,", "kết hôn, khai tử"}},
		{"kết\u00a0hôn", 5, []string{"kết", "hôn"}}, // rather between syllables than within one
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"x abcdefgh y", 4, []string{"x", "abcd", "efgh", "y"}},
	} {
		if got := wrap(c.text, c.width, one); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %v) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
	long := strings.Repeat("từ ", 100)
	for _, line := range wrap(long, 17, one) {
		if n := len([]rune(line)); n > 17 {
			t.Errorf("%q is %d wide", line, n)
		}
	}
}

func TestBandHeight(t *testing.T) {
	t.Parallel()
	for _, scale := range []int{1, 2} {
		for rows := 1; rows <= 600; rows++ {
			for _, most := range []int{56, 85, 256} {
				s := &stream{profile: Profile{Avoid48: true}}
				printed := 0
				for left := rows; left > 0; {
					n, h := s.bandHeight(left, most/8*8, scale)
					if n < 1 || n > left || h < n || h > most || h%8 != 0 || h%48 == 0 || h*scale%48 == 0 {
						t.Fatalf("scale %d, %d rows left, at most %d: %d in a band of %d", scale, left, most, n, h)
					}
					left -= n
					printed += h
				}
				if printed > rows+16 {
					t.Fatalf("scale %d: %d rows became %d", scale, rows, printed)
				}
			}
		}
	}
}

func TestDefuse(t *testing.T) {
	t.Parallel()
	in := []byte{0x10, 0x04, 0x10, 0x05, 0x10, 0x14, 0x10, 0x10, 0x04, 0x04, 0x11, 0x05}
	want := []byte{0x10, 0x0C, 0x10, 0x0D, 0x10, 0x1C, 0x10, 0x10, 0x0C, 0x04, 0x11, 0x05}
	if defuse(in); !bytes.Equal(in, want) {
		t.Errorf("% X, want % X", in, want)
	}
}
