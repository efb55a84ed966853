// Package openapi is the hub's interface as an OpenAPI 3.1 document. It is made from the Go types
// of package wire and their comments, by this package's tests: what is described is what is sent,
// and a test fails when the two part.
package openapi

import (
	"bytes"
	_ "embed"
	"encoding/json"
)

//go:embed openapi.json
var document []byte

// unversioned stands in the file where the program's version goes.
const unversioned = `"0.0.0-unversioned"`

// Document returns the document, of a version of the hub.
func Document(version string) []byte {
	v, _ := json.Marshal(version) // a string always can be
	return bytes.Replace(document, []byte(unversioned), v, 1)
}
