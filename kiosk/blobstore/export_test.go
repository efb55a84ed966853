package blobstore

import (
	"bytes"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
)

// The layouts, for tests that forge files.
const (
	KeyMagic    = keyMagic
	KeyFileSize = keyFileSize
	HeadSize    = headSize
	ChunkSize   = chunkSize
	TagSize     = tagSize
)

// OpenWith opens a page's file with a dossier's key, as somebody would who has both. The page's
// hash and size are in the file's name and length.
func OpenWith(k *secret.Key, id kiosk.DossierID, hash kiosk.Hash, file []byte) ([]byte, bool) {
	sh, ok := shapeOf(int64(len(file)))
	salt, why := parseHead(file)
	if !ok || why != "" {
		return nil, false
	}
	seal, all := newSealer(k, id, salt), bytes.Clone(file)
	var page []byte
	for i := range sh.chunks {
		at, n := sh.chunk(i)
		var last *Blob
		if i == sh.chunks-1 {
			last = &Blob{hash, sh.size}
		}
		plain, ok := seal.open(all[at:at+int64(n)], i, last)
		if !ok {
			return nil, false
		}
		page = append(page, plain...)
	}
	return page, true
}

// ParseKeyFile parses a dossier's key file and writes it again.
func ParseKeyFile(b []byte) (by secret.WrapName, text, back []byte, why string) {
	w, why := parseWrapped(b)
	if why != "" {
		return by, nil, nil, why
	}
	return w.by, w.text, w.bytes(), ""
}

// WrapAAD is what a wrapped key is bound to.
func WrapAAD(id kiosk.DossierID) []byte { return wrapAAD(id) }
