package openapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/motcua/gateway/sync/wire"
	"github.com/motcua/gateway/sync/wire/openapi"
)

var update = flag.Bool("update", false, "write openapi.json from the types of package wire")

// The document that the hub serves is the one that its types make.
func TestDocumentIsOfTheTypes(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(generate(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("openapi.json")
	if err != nil || !bytes.Equal(kept, b.Bytes()) {
		t.Errorf("openapi.json is not what the types say, go test ./sync/wire/openapi -update writes it: %v", err)
	}
	doc := openapi.Document(`1.4.0 "beta"`)
	var said struct {
		Info struct {
			Version string `json:"version"`
		} `json:"info"`
	}
	if err := json.Unmarshal(doc, &said); err != nil || said.Info.Version != `1.4.0 "beta"` {
		t.Errorf("version %q, %v", said.Info.Version, err)
	}
}

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document("1.0.0"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Another's validator finds the document right.
func TestAnotherValidatorAgrees(t *testing.T) {
	t.Parallel()
	doc := load(t)
	if !doc.IsOpenAPI31OrLater() {
		t.Errorf("openapi %s", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	for _, path := range []string{
		wire.PathEvents, wire.PathMarks, wire.PathNumbers, wire.PathBlobs, wire.PathBlobs + "/{id}",
		wire.PathFeed, wire.PathHealth, wire.PathKeys, wire.PathOpenAPI,
	} {
		if doc.Paths.Value(path) == nil {
			t.Errorf("%s is not described", path)
		}
	}
}

// What is really sent, the golden files, is what the document says, by that validator. And it is
// not so that it would say yes to anything.
func TestGoldenFilesFitTheDocument(t *testing.T) {
	t.Parallel()
	doc := load(t)
	golden := filepath.Join("..", "testdata", "golden")
	files := map[string]string{ // file → schema
		"ack": "Ack", "marks": "Marks", "numbers": "Numbers", "problem": "Problem", "health": "Health", "feed": "FeedBatch",
		"keys": "Keys", "statement": "Statement", "dossier-complete": "DossierComplete", "subject-erase": "SubjectErase",
		"pack": "Pack", "notice": "Notice", "ferry-word": "FerryWord",
	}
	for _, typ := range wire.Types() {
		name := strings.TrimPrefix(typ, wire.TypePrefix)
		files[filepath.Join("facts", name)] = "event." + name
	}
	for file, name := range files {
		v := read(t, filepath.Join(golden, file+".json"))
		schema := doc.Components.Schemas[name]
		if schema == nil {
			t.Fatalf("no schema %s", name)
		}
		fits := func() error { return schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020()) }
		if err := fits(); err != nil {
			t.Errorf("%s is no %s: %v", file, name, err)
		}
		for field := range v {
			v[field] = []any{1}
		}
		if fits() == nil {
			t.Errorf("%s: anything is a %s", file, name)
		}
	}
	for _, item := range read(t, filepath.Join(golden, "feed.json"))["events"].([]any) {
		name := "feed." + strings.TrimPrefix(item.(map[string]any)["type"].(string), wire.TypeFeed)
		if err := doc.Components.Schemas[name].Value.VisitJSON(item, openapi3.EnableJSONSchema2020()); err != nil {
			t.Errorf("no %s: %v", name, err)
		}
	}
}

func read(t *testing.T, file string) (v map[string]any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}
