package words_test

import (
	"strings"
	"testing"

	"github.com/motcua/gateway/ui/words"
)

func TestTogether(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Đăng ký cư trú, căn cước":                        "Đăng_ký cư_trú, căn_cước",
		"Khai sinh, kết hôn, khai tử":                     "Khai_sinh, kết_hôn, khai_tử",
		"Trung tâm Phục vụ hành chính công đặc khu Cô Tô": "Trung_tâm Phục_vụ hành_chính_công đặc_khu Cô_Tô",
		"Giáo dục, y tế, văn hóa":                         "Giáo_dục, y_tế, văn_hóa",
		"Phường Móng Cái 2":                               "Phường_Móng_Cái 2",
		"Certified copies":                                "Certified copies",
		"":                                                "",
	} {
		got := strings.ReplaceAll(words.Together(name), "\u00a0", "_")
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
