package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// sealedGCM is the first byte of what was sealed by AES-256-GCM: it, then 12 bytes of random
// nonce, the encrypted text, 16 bytes of tag.
const sealedGCM = 1

// sealedMore is how much longer than the plain text the sealed one is, in bytes.
const sealedMore = 1 + 12 + 16

// ErrSealed means that something was not sealed by this box for this purpose and place, or was
// changed since.
var ErrSealed = errors.New("not sealed by this box")

// Seal encrypts plain so that only this box can read it, and only for the same purpose and aad:
// aad names the place where it lies, so that it cannot be moved to another one. A purpose's key
// is good for 2³² sealings (NIST SP 800-38D, 8.3): more than an office writes names in a thousand
// years.
func (k *Key) Seal(purpose string, plain, aad []byte) []byte {
	return append([]byte{sealedGCM}, k.gcm(purpose).Seal(nil, nil, plain, aad)...)
}

// Open decrypts what Seal made. Any other bytes give [ErrSealed].
func (k *Key) Open(purpose string, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < sealedMore {
		return nil, fmt.Errorf("%w: %d bytes are too few", ErrSealed, len(sealed))
	}
	if sealed[0] != sealedGCM {
		return nil, fmt.Errorf("%w: unknown version %d", ErrSealed, sealed[0])
	}
	plain, err := k.gcm(purpose).Open(nil, nil, sealed[1:], aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func (k *Key) gcm(purpose string) cipher.AEAD {
	key := k.Derive("seal/" + purpose)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(fmt.Sprintf("AES with 32 bytes: %v", err)) // it refuses other sizes only
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(fmt.Sprintf("GCM over AES: %v", err)) // it refuses other ciphers only
	}
	return aead
}
