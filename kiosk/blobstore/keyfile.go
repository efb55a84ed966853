package blobstore

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/secret"
)

// The layout of a dossier's key file, all integers big-endian:
//
//	 0   8  "doskey" NUL 1, the last byte being the version
//	 8   4  month of the wrapping key, yyyymm
//	12   4  its number
//	16  61  the wrapped key
//	77   4  CRC-32C of all before it
//
// The checksum tells a file that rotted from one whose wrapping key was destroyed.
const (
	keyMagic    = "doskey\x00\x01"
	keyFileSize = len(keyMagic) + 8 + secret.WrappedSize + 4
)

// wrapped is a dossier's key as it lies on the disk.
type wrapped struct {
	by   secret.WrapName
	text []byte
}

func (w wrapped) bytes() []byte {
	b := make([]byte, 0, keyFileSize)
	b = append(b, keyMagic...)
	b = binary.BigEndian.AppendUint32(b, uint32(w.by.Month))
	b = binary.BigEndian.AppendUint32(b, w.by.N)
	b = append(b, w.text...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli()))
}

// parseWrapped takes exactly what bytes writes. The reason is part of a sentence.
func parseWrapped(b []byte) (w wrapped, why string) {
	if len(b) != keyFileSize {
		return wrapped{}, fmt.Sprintf("the key file has %d bytes, want %d", len(b), keyFileSize)
	}
	if crc32.Checksum(b[:keyFileSize-4], castagnoli()) != binary.BigEndian.Uint32(b[keyFileSize-4:]) {
		return wrapped{}, "the checksum of the key file does not match"
	}
	if magic := string(b[:len(keyMagic)]); magic != keyMagic {
		return wrapped{}, fmt.Sprintf("the key file begins with %q: of a newer version, or none", magic)
	}
	w.by = secret.WrapName{Month: secret.Month(binary.BigEndian.Uint32(b[8:])), N: binary.BigEndian.Uint32(b[12:])}
	if !w.by.Valid() {
		return wrapped{}, "the key file names no wrapping key that can be"
	}
	w.text = b[16 : keyFileSize-4 : keyFileSize-4]
	return w, ""
}

// wrapAAD binds a wrapped key to its dossier.
func wrapAAD(id kiosk.DossierID) []byte { return []byte("dossier/" + id) }

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }
