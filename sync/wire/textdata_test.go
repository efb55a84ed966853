package wire_test

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/motcua/gateway/sync/wire"
)

// FuzzTextData: what is read without encoding/json is what that reads, and it is asked whenever
// something else than a text stands there. What is refused is refused more often: a field twice.
func FuzzTextData(f *testing.F) {
	for _, s := range []string{
		`{"service":"S","number":"A001","verb":"call","state":"called","counter":"3","why":"order"}`,
		`{"service":"S","number":"A001","state":"sent"}`,
		`{"service":"S","number":"A001","state":"sent","asked":true,"by_citizen":false}`,
		`{"service":"a","SERVICE":"b"}`, `{"SERVICE":"b","State":"c"}`, `{"service":null,"number":"A"}`, `{"number":"A","service":1}`,
		`{"serv\u0069ce":"S","number":"\u0041\n\ud83d\ude00\ud83d"}`, `{"service":"S","more":{"service":"T"}}`, `{}`, `null`, `[]`, `"service"`, `{"service":"S"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, typ := range []string{wire.TypeTicketMoved, wire.TypeSlipMoved} {
			ours, plain, err, errPlain := wire.ReadTwice(typ, b)
			if err == nil && utf8.Valid(b) && (errPlain != nil || !reflect.DeepEqual(ours, plain)) {
				t.Fatalf("%s: read %+v, encoding/json %+v, %v", b, ours, plain, errPlain)
			}
		}
	})
}
