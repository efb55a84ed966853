package blobstore

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
)

// The layout of a page's file:
//
//	 0   8  "mcpage" NUL 1, the last byte being the version
//	 8  32  salt
//	40      chunks, each 64 KiB of the page and 16 bytes of tag; the last one is shorter or full,
//	        never empty
//
// It is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: "Online
// Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015) over AES-256-GCM: a nonce
// is seven zeros, the chunk's index in four bytes, and 1 for the last chunk or else 0. The zeros
// would be a prefix that tells files apart, which the file's own key does already. So chunks cannot
// be left out, added, exchanged or brought from elsewhere.
//
// Every chunk is bound to its dossier. The last one is bound to the page's hash and size as well:
// they are known only when the page has been read to its end. Whoever opens a file begins with the
// last chunk, and knows then that this file key belongs to that page.
const (
	pageMagic  = "mcpage\x00\x01"
	saltSize   = 32
	headSize   = len(pageMagic) + saltSize
	chunkSize  = 64 << 10
	tagSize    = 16
	sealedSize = chunkSize + tagSize
)

// maxFileSize is the size of the file of the largest page.
const maxFileSize = int64(headSize) + kiosk.MaxPageBytes/chunkSize*sealedSize

// shape is what the length of a file tells.
type shape struct {
	chunks int   // at least 1
	size   int64 // of the page
}

// shapeOf returns the shape of a file of so many bytes; false where no page has such a file.
func shapeOf(fileSize int64) (shape, bool) {
	body := fileSize - int64(headSize)
	if body <= tagSize || fileSize > maxFileSize {
		return shape{}, false
	}
	full, rest := body/sealedSize, body%sealedSize
	if rest == 0 {
		return shape{int(full), full * chunkSize}, true
	}
	return shape{int(full) + 1, full*chunkSize + rest - tagSize}, rest > tagSize
}

// chunk returns where the i-th chunk lies in the file, and how long it is there.
func (s shape) chunk(i int) (at int64, n int) {
	at = int64(headSize) + int64(i)*sealedSize
	if i < s.chunks-1 {
		return at, sealedSize
	}
	return at, int(s.size-int64(i)*chunkSize) + tagSize
}

// parseHead returns the salt of a file that begins with b.
func parseHead(b []byte) (salt [saltSize]byte, why string) {
	if len(b) < headSize {
		return salt, "its head is cut off"
	}
	if magic := string(b[:len(pageMagic)]); magic != pageMagic {
		return salt, fmt.Sprintf("it begins with %q: of a newer version, or no page", magic)
	}
	copy(salt[:], b[len(pageMagic):])
	return salt, ""
}

// sealer seals and opens the chunks of one file.
type sealer struct {
	aead cipher.AEAD
	id   kiosk.DossierID
}

func newSealer(dossier *secret.Key, id kiosk.DossierID, salt [saltSize]byte) sealer {
	key := dossier.Derive("page/" + string(salt[:]))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(fmt.Sprintf("AES with 32 bytes: %v", err)) // it refuses other sizes only
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(fmt.Sprintf("GCM over AES: %v", err)) // it refuses other ciphers only
	}
	return sealer{aead, id}
}

// aad is what a chunk is bound to. last is nil for every chunk but the last.
func (s sealer) aad(last *Blob) []byte {
	b := []byte(s.id)
	if last != nil {
		b = append(b, last.Hash[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(last.Size))
	}
	return b
}

func nonce(i int, last bool) []byte {
	var n [12]byte
	binary.BigEndian.PutUint32(n[7:], uint32(i))
	if last {
		n[11] = 1
	}
	return n[:]
}

// seal appends the i-th chunk to dst. last is the whole page where it ends with this chunk.
func (s sealer) seal(dst, plain []byte, i int, last *Blob) []byte {
	return s.aead.Seal(dst, nonce(i, last != nil), plain, s.aad(last))
}

// open opens in place what seal made.
func (s sealer) open(sealed []byte, i int, last *Blob) ([]byte, bool) {
	plain, err := s.aead.Open(sealed[:0], nonce(i, last != nil), sealed, s.aad(last))
	return plain, err == nil
}
