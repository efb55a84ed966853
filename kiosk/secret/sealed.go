package secret

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"golang.org/x/crypto/argon2"
)

// The layout of box.key.sealed, all integers big-endian:
//
//	 0   8  "boxkey" NUL 1, the last byte being the version
//	 8   4  memory of argon2id, in KiB
//	12   4  passes
//	16   1  threads
//	17  16  salt
//	33  61  the key, sealed by AES-256-GCM under argon2id of the passphrase; all before it is bound
//	94   4  CRC-32C of all before it
//
// The checksum covers nothing that is secret. It tells a file that rotted from a passphrase that
// is wrong, for which a person would otherwise search a whole morning.
const (
	sealedMagic  = "boxkey\x00\x01"
	sealedHeader = 33
	sealedSize   = sealedHeader + sealedMore + keySize + 4
	sealedSalt   = 16
)

// The bounds of what is accepted. A forged file must not eat the box's memory or its morning; it
// can only make trying cheaper for a key that is not ours.
const (
	maxSealMemory  = 128 << 10 // KiB
	maxSealPasses  = 12
	maxSealThreads = 4
)

// sealCosts returns what a try costs: 32 MiB and five passes, about a second of a Pi. There is no
// pepper here, as there is for PINs: who has the card can try as fast as money buys memory. RFC
// 9106 (4) would have 64 MiB and three passes, but the unit gives the whole program 104 MB; the
// five passes make up for it, and [MinPassphrase] does the rest.
func sealCosts() params { return params{memory: 32 << 10, passes: 5, threads: 1} }

// sealed is a box.key.sealed.
type sealed struct {
	params
	salted [sealedSalt]byte
	text   []byte
}

// sealWith seals a key with a passphrase. The salt is fresh, and so is the key that it makes.
func sealWith(k *Key, passphrase string, costs params) *sealed {
	s := &sealed{params: costs, salted: [sealedSalt]byte(random(sealedSalt))}
	raw := k.raw()
	s.text = s.wrapping(passphrase).Seal("box", raw[:], s.header())
	return s
}

// open returns the key, or ErrPassphrase.
func (s *sealed) open(passphrase string) (*Key, error) {
	raw, err := s.wrapping(passphrase).Open("box", s.text, s.header())
	if err != nil || len(raw) != keySize {
		return nil, ErrPassphrase
	}
	return asKey([keySize]byte(raw), FromPassphrase), nil
}

func (s *sealed) wrapping(passphrase string) *Key {
	return asKey([keySize]byte(argon2.IDKey([]byte(passphrase), s.salted[:], s.passes, s.memory, s.threads, keySize)), "")
}

func (s *sealed) header() []byte {
	b := make([]byte, 0, sealedSize)
	b = append(b, sealedMagic...)
	b = binary.BigEndian.AppendUint32(b, s.memory)
	b = binary.BigEndian.AppendUint32(b, s.passes)
	b = append(b, s.threads)
	return append(b, s.salted[:]...)
}

func (s *sealed) bytes() []byte {
	b := append(s.header(), s.text...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli()))
}

// parseSealed takes exactly what bytes writes, within the bounds. The reason is a sentence.
func parseSealed(b []byte) (_ *sealed, why string) {
	if len(b) != sealedSize {
		return nil, fmt.Sprintf("it has %d bytes, want %d", len(b), sealedSize)
	}
	if crc32.Checksum(b[:sealedSize-4], castagnoli()) != binary.BigEndian.Uint32(b[sealedSize-4:]) {
		return nil, "its checksum does not match: the file is damaged"
	}
	if magic := string(b[:len(sealedMagic)]); magic != sealedMagic {
		return nil, fmt.Sprintf("it begins with %q: of a newer version, or none", magic)
	}
	s := &sealed{params: params{
		memory: binary.BigEndian.Uint32(b[8:]), passes: binary.BigEndian.Uint32(b[12:]), threads: b[16],
	}}
	if s.threads < 1 || s.threads > maxSealThreads || s.memory < 8*uint32(s.threads) || s.memory > maxSealMemory ||
		s.passes < 1 || s.passes > maxSealPasses {
		return nil, fmt.Sprintf("its costs, %d KiB and %d passes of %d threads, are beyond the bounds", s.memory, s.passes, s.threads)
	}
	copy(s.salted[:], b[17:])
	s.text = b[sealedHeader : sealedSize-4 : sealedSize-4]
	return s, ""
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }
