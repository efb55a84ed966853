package sqlstore

import "testing"

func TestWord(t *testing.T) {
	t.Parallel()
	const w = word("034190012345")
	for text, want := range map[string]bool{
		`{"who":"034190012345"}`:                                 true,
		`{"who":["a",{"b":"034 190 012 345"}]}`:                  true,
		`{"034.190.012.345":1}`:                                  true,
		`{"note":"CCCD 034190012345 của Mai, 2 bản"}`:            true,
		`{"note":"cccd034190012345"}`:                            true,
		`{"note":"12 034190012345 7"}`:                           true,
		`{"note":"\u003034190012345"}`:                           true,
		`{"number":34190012345}`:                                 true,
		`{"number":34190012345.0}`:                               true,
		`{"data_base64":"eHl6IDAzNDE5MDAxMjM0NQ=="}`:             true,
		`{"data_base64":"eyJhIjoiXHUwMDMwMzQxOTAwMTIzNDUifQ=="}`: true,
		`{"who":"1034190012345"}`:                                false,
		`{"who":"0341900123456"}`:                                false,
		`{"number":341900123456}`:                                false,
		`{"who":"03419001234"}`:                                  false,
		`{"other_base64":"eHl6IDAzNDE5MDAxMjM0NQ=="}`:            false,
		``: false,
	} {
		if got := w.inJSON([]byte(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if !wordOf("c 1234567").inJSON([]byte(`"hộ chiếu C1234567"`)) || !word("C1234567").in("c-1234567.") {
		t.Error("small letters are others than capitals")
	}
	if word("1").inJSON([]byte(`{"a":[1,"1"]}`)) || word("").in("") {
		t.Error("what is no number is found")
	}
}
