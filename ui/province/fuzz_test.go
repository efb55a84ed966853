package province

import (
	"regexp"
	"testing"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/ui/words"
)

// Whatever is typed into the fields of a search: no number of a person passes as a dossier's name,
// which is logged, and what passes as a number is letters and digits.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"H49.22-261126-0001", string(dossierA), personNumber, "022.301.000.012", "022301000012x", "b1234567", "<script>", "\x00", "０２２３０１０００１２"} {
		f.Add(s)
	}
	p := &Pages{o: Options{NFC: func(s string) string { return s }}, w: words.ForProvince()}
	person, name, digits := regexp.MustCompile(`^[0-9A-Z]{6,20}$`), regexp.MustCompile(`^[0-9A-Za-z./-]{1,100}$`), regexp.MustCompile(`[0-9]{9}`)
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := p.personOf(s); err == nil && !person.MatchString(got) {
			t.Errorf("a person's number: %q", got)
		}
		if p.dossierName(s) == nil && (!name.MatchString(s) || digits.MatchString(s) && !kiosk.DossierID(s).Valid()) {
			t.Errorf("a dossier's name: %q", s)
		}
	})
}
