package openapi_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/wire"
)

// object is a JSON object of the document.
type object = map[string]any

// comments are the comments of package wire: of a type under its name, of a field under
// "Type.Field".
func comments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	line := func(groups ...*ast.CommentGroup) string {
		for _, g := range groups {
			if s := strings.Join(strings.Fields(g.Text()), " "); s != "" {
				return strings.NewReplacer("[", "", "]", "").Replace(s)
			}
		}
		return ""
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				return true
			}
			for _, spec := range decl.Specs {
				typ, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				// Who reads the document knows a type by the name that it has there.
				doc := line(typ.Doc, decl.Doc)
				if about, ok := strings.CutPrefix(doc, typ.Name.Name); ok {
					doc = exported(typ.Name.Name) + about
				}
				out[typ.Name.Name] = doc
				fields, ok := typ.Type.(*ast.StructType)
				if !ok {
					continue
				}
				for _, f := range fields.Fields.List {
					for _, name := range f.Names {
						out[typ.Name.Name+"."+name.Name] = line(f.Doc, f.Comment)
					}
				}
			}
			return true
		})
	}
	return out
}

// schemas gathers the schemas of Go types.
type schemas struct {
	comments map[string]string
	named    object // by the name of the type
}

// of returns the schema of a type: a reference where the type is a struct of package wire.
func (s *schemas) of(t *testing.T, typ reflect.Type) object {
	t.Helper()
	if typ.Kind() == reflect.Pointer {
		return s.of(t, typ.Elem())
	}
	if out := special(typ); out != nil {
		return out
	}
	switch typ.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Uint32:
		return object{"type": "integer", "minimum": 0, "maximum": uint32(1<<32 - 1)}
	case reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": s.of(t, typ.Elem())}
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": s.of(t, typ.Elem())}
	case reflect.Struct:
		name := exported(typ.Name())
		if _, ok := s.named[name]; !ok {
			s.named[name] = object{} // it may hold itself
			s.named[name] = s.structure(t, typ)
		}
		return object{"$ref": "#/components/schemas/" + name}
	}
	t.Fatalf("no schema for a %s", typ)
	return nil
}

// special returns the schema of a type that writes itself, nil for any other.
func special(typ reflect.Type) object {
	switch typ {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[kiosk.Hash]():
		return object{"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256"}
	case reflect.TypeFor[kiosk.DossierID]():
		return object{"type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{26}$"}
	case reflect.TypeFor[wire.GatewayID]():
		return object{"type": "string", "pattern": "^gw-[0-9a-hjkmnp-tv-z]{16}$"}
	case reflect.TypeFor[json.RawMessage]():
		return object{}
	case reflect.TypeFor[[]byte]():
		return object{"type": "string", "contentEncoding": "base64"}
	}
	if typ.PkgPath() == reflect.TypeFor[wire.Event]().PkgPath() {
		switch typ.Name() {
		case "day":
			return object{"type": "string", "format": "date"}
		case "position", "place":
			return object{"type": "string", "pattern": "^[0-9]+-[1-9][0-9]*$", "description": "epoch-seq"}
		}
	}
	return nil
}

// structure returns the schema of a struct itself. Fields beyond it are allowed: they are kept or
// ignored.
func (s *schemas) structure(t *testing.T, typ reflect.Type) object {
	t.Helper()
	properties, required := object{}, []string{}
	for f := range typ.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" {
			t.Fatalf("%s.%s has no name on the wire", typ, f.Name)
		}
		field := s.of(t, f.Type)
		if c := s.comments[typ.Name()+"."+f.Name]; c != "" {
			field["description"] = c
		}
		properties[name] = field
		if options == "" {
			required = append(required, name)
		}
	}
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	if c := s.comments[typ.Name()]; c != "" {
		out["description"] = c
	}
	return out
}

func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
