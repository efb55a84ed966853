package openapi_test

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/motcua/gateway/sync/wire"
)

// generate returns the whole document, as Go values. Maps are written in the order of their names, so that the same
// types always make the same bytes.
func generate(t *testing.T) object {
	t.Helper()
	s := &schemas{comments(t), object{}}
	ref := func(v any) object { return s.of(t, reflect.TypeOf(v)) }
	facts := s.facts(t)
	paths := object{
		wire.PathEvents: object{"post": operation("sendFacts", "Facts, in their order",
			"Facts of one epoch. What is durable already changes nothing; a gap is refused with the place expected.",
			params(headerParam("Content-Encoding", "zstd, or absent", false, object{"type": "string", "enum": []string{"zstd"}})),
			body(wire.TypeBatch, object{"type": "array", "minItems": 1, "maxItems": wire.MaxEvents, "items": object{"anyOf": facts}}),
			ok("200", "Durable.", ref(wire.Ack{})))},
		wire.PathMarks: object{"get": operation("marks", "How far each epoch is durable here", "", nil, nil, ok("200", "The marks.", ref(wire.Marks{})))},
		wire.PathNumbers: object{"get": operation("numbers", "The highest numbers given at the gateway's site on a day", "",
			params(queryParam("day", "YYYY-MM-DD", object{"type": "string", "format": "date"})), nil, ok("200", "The numbers.", ref(wire.Numbers{})))},
		wire.PathBlobs: object{"options": operation("uploads", "What of tus is spoken", "", nil, nil, spoken()), "post": operation("createUpload", "Announce a page (tus 1.0, creation)",
			"The dossier's header has to be here and to name the page. A page that is here already is answered with its whole length as offset. "+
				"A body, of "+wire.TypeTus+", is the page's beginning.",
			params(tusParam(), lengthParam(),
				headerParam("Upload-Metadata", "dossier, sha256 and filetype, each a name and its value in base64", true, object{"type": "string", "maxLength": wire.MaxMeta})),
			nil, created())},
		wire.PathBlobs + "/{id}": object{
			"parameters": params(object{"name": "id", "in": "path", "required": true, "schema": object{"type": "string"}}),
			"head":       operation("uploadOffset", "How much of a page is durable (tus 1.0)", "", params(tusParam()), nil, offsets("200", "Its offset and length.")),
			"patch": operation("sendPage", "More of a page (tus 1.0)",
				"What has come is durable when it is answered, and also when the body breaks off.",
				params(tusParam(), headerParam("Upload-Offset", "where the body begins: the upload's end", true, integer())),
				body(wire.TypeTus, nil), offsets("204", "Durable up to the offset.")),
			"delete": operation("endUpload", "Forget what came of a page that is not whole (tus 1.0, termination)", "", params(tusParam()), nil,
				object{"204": object{"description": "Forgotten."}}),
		},
		wire.PathFeed: object{"get": operation("feed", "What came for the gateway after a cursor",
			"Waits up to "+wire.FeedWait.String()+" for something new.",
			params(queryParam("after", "cursor of the last item that was done; 0 for the first", integer()),
				queryParam("item", "the name that this item had, empty where it is not known; without it, anew is never answered", object{"type": "string"})), nil, ok("200", "At most "+strconv.Itoa(wire.MaxFeedItems)+" items.", ref(wire.FeedBatch{})))},
		wire.PathHealth: object{"put": operation("health", "How the gateway does, now", "Only the latest is kept.",
			nil, body(wire.TypeJSON, ref(wire.Health{})), object{"204": object{"description": "Kept."}})},
		wire.PathKeys:    object{"get": operation("keys", "By which statements and packs are checked", "", nil, nil, ok("200", "A JWK set.", ref(wire.Keys{})))},
		wire.PathOpenAPI: object{"get": operation("openapi", "This document", "", nil, nil, ok("200", "OpenAPI 3.1.", object{"type": "object"}))},
	}
	s.feed(t)
	for _, v := range []any{wire.Statement{}, wire.PackClaim{}, wire.FerryWord{}} { // what is signed
		ref(v)
	}
	ref(wire.Problem{})
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Hub of Một Cửa Gateway", "version": "0.0.0-unversioned",
			"description": "What a gateway and its province say to each other.",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":  []object{{"url": "/"}},
		"security": []object{{"gateway": []string{}}},
		"paths":    paths,
		"components": object{
			"schemas":         s.named,
			"securitySchemes": object{"gateway": object{"type": "mutualTLS", "description": "the certificate that the gateway was enrolled with (EST, RFC 7030)"}},
			"responses": object{"Refused": object{
				"description": "A refusal (RFC 9457) with a stable code.",
				"headers":     object{"Retry-After": object{"description": "seconds to wait before the same request", "schema": integer()}},
				"content":     object{wire.TypeProblem: object{"schema": ref(wire.Problem{})}},
			}},
		},
	}
}

// facts adds a schema of each type of fact and returns references to them, that of any event last:
// a fact of an unknown type is taken too.
func (s *schemas) facts(t *testing.T) []object {
	t.Helper()
	var out []object
	for _, typ := range wire.Types() {
		out = append(out, s.event(t, typ, "event."+strings.TrimPrefix(typ, wire.TypePrefix), wire.Blank(typ), "clocksure"))
	}
	return append(out, s.of(t, reflect.TypeFor[wire.Event]()))
}

// feed does the same for the items of the feed.
func (s *schemas) feed(t *testing.T) {
	t.Helper()
	var items []object
	for typ, data := range map[string]any{
		wire.FeedDossier: wire.DossierComplete{}, wire.FeedErase: wire.SubjectErase{},
		wire.FeedPack: wire.Pack{}, wire.FeedNotice: wire.Notice{},
	} {
		items = append(items, s.event(t, typ, "feed."+strings.TrimPrefix(typ, wire.TypeFeed), data))
	}
	slices.SortFunc(items, func(a, b object) int { return strings.Compare(a["$ref"].(string), b["$ref"].(string)) })
	batch := s.named["FeedBatch"].(object)["properties"].(object)["events"].(object)
	batch["items"] = object{"anyOf": append(items, batch["items"].(object))}
}

// event adds the schema of an event of one type, by a name.
func (s *schemas) event(t *testing.T, typ, name string, data any, needed ...string) object {
	t.Helper()
	s.named[name] = object{"allOf": []object{s.of(t, reflect.TypeFor[wire.Event]()), {
		"type": "object", "required": append(needed, "data"),
		"properties": object{"type": object{"const": typ}, "data": s.of(t, reflect.TypeOf(data))},
	}}}
	return object{"$ref": "#/components/schemas/" + name}
}

func operation(id, summary, description string, parameters []object, request object, responses object) object {
	responses["default"] = object{"$ref": "#/components/responses/Refused"}
	out := object{"operationId": id, "summary": summary, "responses": responses}
	if description != "" {
		out["description"] = description
	}
	if parameters != nil {
		out["parameters"] = parameters
	}
	if request != nil {
		out["requestBody"] = request
	}
	return out
}

func params(p ...object) []object { return p }

func headerParam(name, description string, required bool, schema object) object {
	return object{"name": name, "in": "header", "description": description, "required": required, "schema": schema}
}

func queryParam(name, description string, schema object) object {
	return object{"name": name, "in": "query", "description": description, "required": true, "schema": schema}
}

func tusParam() object {
	return headerParam("Tus-Resumable", "the version of tus", true, object{"type": "string", "const": "1.0.0"})
}

func lengthParam() object {
	return headerParam("Upload-Length", "the page's size, as its header names it", true, integer())
}

func integer() object { return object{"type": "integer", "minimum": 0} }

// body is a request's; bytes where there is no schema.
func body(media string, schema object) object {
	content := object{}
	if schema != nil {
		content["schema"] = schema
	}
	return object{"required": true, "content": object{media: content}}
}

func ok(status, description string, schema object) object {
	return object{status: object{"description": description, "content": object{wire.TypeJSON: object{"schema": schema}}}}
}

func offsets(status, description string) object {
	return object{status: object{"description": description, "headers": object{
		"Tus-Resumable": object{"schema": object{"type": "string"}},
		"Upload-Offset": object{"description": "bytes that are durable", "schema": integer()},
		"Upload-Length": object{"description": "the page's size", "schema": integer()},
	}}}
}

func spoken() object {
	text := object{"schema": object{"type": "string"}}
	return object{"204": object{"description": "The version and the extensions.", "headers": object{"Tus-Version": text, "Tus-Extension": text}}}
}

func created() object {
	out := offsets("201", "Announced, or here already.")
	out["201"].(object)["headers"].(object)["Location"] = object{"description": "the upload's own path", "schema": object{"type": "string"}}
	return out
}
