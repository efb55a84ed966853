package wire

import "encoding/json"

// Valid is valid, to be held against json.Valid.
func Valid(s string) bool { return valid(s) }

// ReadTwice reads data of a type as the hub does and as encoding/json does.
func ReadTwice(typ string, b []byte) (ours, plain any, errOurs, errPlain error) {
	a, p := empty(typ), empty(typ)
	return a, p, readData(b, a), json.Unmarshal(b, p)
}
