package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
)

// MaxJWS bounds a signed word, in bytes.
const MaxJWS = 8 << 10

// What a signature is for stands in its header, so that none can be shown for another thing.
const (
	typStatement = "motcua-statement+jws"
	typPack      = "motcua-pack+jws"
	typFerry     = "motcua-ferry+jws"
)

// ErrSignature is a signature that is not worth anything: not well formed, for another thing, of a
// key that is not known, or of other words.
var ErrSignature = errors.New("not signed by the province")

// Signer signs statements and packs: JWS in compact form (RFC 7515) with Ed25519 (RFC 8037).
type Signer struct {
	private ed25519.PrivateKey
	key     Key
}

// NewSigner returns a Signer with a key.
func NewSigner(private ed25519.PrivateKey) *Signer {
	public, _ := private.Public().(ed25519.PublicKey) // it always is one
	return &Signer{private, KeyOf(public)}
}

// Key returns the public key by which the signatures are checked.
func (s *Signer) Key() Key { return s.key }

// Sign signs a Statement, a PackClaim or a FerryWord; any other payload is refused.
func (s *Signer) Sign(payload any) (jws string, err error) {
	typ, ok := typOf(payload)
	if !ok {
		return "", fmt.Errorf("sign: %T is nothing to be signed", payload)
	}
	header, err := json.Marshal(struct {
		Algorithm string `json:"alg"`
		Key       string `json:"kid"`
		Type      string `json:"typ"`
	}{"EdDSA", s.key.ID, typ})
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	signed := encode64(header) + "." + encode64(body)
	jws = signed + "." + encode64(ed25519.Sign(s.private, []byte(signed)))
	if len(jws) > MaxJWS {
		return "", fmt.Errorf("sign: %d bytes, at most %d: %w", len(jws), MaxJWS, ErrTooLarge)
	}
	return jws, nil
}

// typOf returns what a payload is signed as.
func typOf(payload any) (string, bool) {
	switch payload.(type) {
	case Statement, *Statement:
		return typStatement, true
	case PackClaim, *PackClaim:
		return typPack, true
	case FerryWord, *FerryWord:
		return typFerry, true
	}
	return "", false
}

// Verify checks a signature and reads what was signed into out, a pointer to one of what Sign
// signs. It fails with ErrSignature and leaves out as it was.
func (k Keys) Verify(jws string, out any) error {
	typ, ok := typOf(out)
	if !ok {
		return fmt.Errorf("verify: %T is nothing that is signed", out)
	}
	body, err := k.verify(jws, typ)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	switch out := out.(type) {
	case *Statement:
		err = readSigned(body, out)
	case *PackClaim:
		err = readSigned(body, out)
	case *FerryWord:
		err = readSigned(body, out)
	default:
		return fmt.Errorf("verify: want a pointer, not %T", out)
	}
	return err
}

// readSigned reads a payload whose signature is good. It is the province's own word all the same
// only if it can be read.
func readSigned[T any](body []byte, out *T) error {
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return fmt.Errorf("%w: what is signed cannot be read", ErrSignature)
	}
	*out = v
	return nil
}

// verify returns the payload of a JWS of a type.
func (k Keys) verify(jws, typ string) ([]byte, error) {
	if len(jws) > MaxJWS {
		return nil, fmt.Errorf("signature of %d bytes: %w", len(jws), ErrTooLarge)
	}
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return nil, errors.New("want three parts")
	}
	header, err := decode64(parts[0])
	if err != nil {
		return nil, errors.New("its header is not base64url")
	}
	kid, err := keyID(header, typ)
	if err != nil {
		return nil, err
	}
	signature, err := decode64(parts[2])
	if err != nil || len(signature) != ed25519.SignatureSize {
		return nil, errors.New("want 64 bytes of signature in base64url")
	}
	public, err := k.public(kid)
	if err != nil {
		return nil, err
	}
	if !ed25519.Verify(public, []byte(parts[0]+"."+parts[1]), signature) {
		return nil, errors.New("other words were signed")
	}
	return decode64(parts[1])
}

// keyID reads a header that says alg, kid and typ, each once and as it has to be, and nothing else.
func keyID(header []byte, typ string) (kid string, err error) {
	if !utf8.Valid(header) || !valid(string(header)) {
		return "", errors.New("its header is not JSON")
	}
	said := map[string]string{}
	err = members(string(header), func(name, value string) error {
		s, ok := readText(value)
		if _, twice := said[name]; twice || !ok {
			return errors.New("its header says something twice, or no text")
		}
		said[name] = s
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(said) != 3 || said["alg"] != "EdDSA" || said["kid"] == "":
		return "", errors.New("its header wants alg EdDSA, kid, typ and nothing else")
	case said["typ"] != typ:
		return "", errors.New("it was signed as another thing: typ is not " + typ)
	}
	return said["kid"], nil
}

// public returns the key with an ID.
func (k Keys) public(kid string) (ed25519.PublicKey, error) {
	for _, key := range k.Keys {
		if key.ID == kid {
			return key.Public()
		}
	}
	return nil, errors.New("its key is not known")
}

// KeyOf returns a public key as a JWK, named by its thumbprint (RFC 7638).
func KeyOf(public ed25519.PublicKey) Key {
	k := Key{Type: "OKP", Curve: "Ed25519", Use: "sig", X: encode64(public)}
	k.ID = k.thumbprint()
	return k
}

// thumbprint is the SHA-256 of the key's needed members, in the order of their names.
func (k Key) thumbprint() string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + k.X + `"}`))
	return encode64(sum[:])
}

// Public returns the key itself; an error for one of another kind, or named otherwise than by its
// thumbprint.
func (k Key) Public() (ed25519.PublicKey, error) {
	x, err := decode64(k.X)
	if k.Type != "OKP" || k.Curve != "Ed25519" || k.Use != "sig" || err != nil || len(x) != ed25519.PublicKeySize {
		return nil, errors.New("key: want an Ed25519 key for signatures")
	}
	if k.ID != k.thumbprint() {
		return nil, errors.New("key: its kid is not its thumbprint")
	}
	return x, nil
}

// MaxKeys bounds a set of keys.
const MaxKeys = 16

// Check returns what is wrong with a set of keys, or nil.
func (k Keys) Check() error {
	if len(k.Keys) == 0 || len(k.Keys) > MaxKeys {
		return fmt.Errorf("keys: want 1 to %d", MaxKeys)
	}
	for _, key := range k.Keys {
		if _, err := key.Public(); err != nil {
			return err
		}
	}
	if len(k.Recipients) > MaxKeys {
		return fmt.Errorf("keys: want at most %d recipients", MaxKeys)
	}
	for _, r := range k.Recipients {
		if !recipient(r) {
			return errors.New("keys: want recipients of the form age1…")
		}
	}
	return nil
}

// maxRecipient is more than an X25519 recipient has, in bytes: 62.
const maxRecipient = 128

// recipient reports whether a text can be a recipient of age. Whether it is one, age says.
func recipient(s string) bool {
	return len(s) <= maxRecipient && len(s) > len("age1") && strings.HasPrefix(s, "age1") && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// VerifyPack checks a pack: its bounds, its hash, and that the province has signed for exactly it.
// It fails with ErrSignature, ErrTooLarge or ErrSyntax.
func VerifyPack(keys Keys, p Pack) error {
	switch _, err := kiosk.ParseDay(p.From); {
	case len(p.Bytes) > MaxPack:
		return fmt.Errorf("pack of %d bytes, at most %d: %w", len(p.Bytes), MaxPack, ErrTooLarge)
	case !packName(p.Name) || p.Version < 1 || err != nil:
		return fmt.Errorf("pack: want a name, a version from 1 and the day from which it holds: %w", ErrSyntax)
	case kiosk.HashOf(p.Bytes) != p.Hash:
		return fmt.Errorf("pack %s %d: its bytes have another hash: %w", p.Name, p.Version, ErrSyntax)
	}
	var claim PackClaim
	if err := keys.Verify(p.Signature, &claim); err != nil {
		return fmt.Errorf("pack %s %d: %w", p.Name, p.Version, err)
	}
	if claim != (PackClaim{p.Name, p.Version, p.From, p.Hash}) {
		return fmt.Errorf("pack %s %d: %w: the signature is another pack's", p.Name, p.Version, ErrSignature)
	}
	return nil
}

// packName reports whether a name can be a pack's: 1 to 48 of a–z, 0–9 and '-'. It is also a safe
// name of a file.
func packName(s string) bool {
	return len(s) >= 1 && len(s) <= 48 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode64 reads base64url without padding, of which every value has one spelling. The library
// alone would pass over line ends.
func decode64(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || encode64(b) != s {
		return nil, ErrSyntax
	}
	return b, nil
}
