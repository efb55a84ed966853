package enrol

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/smallstep/pkcs7"

	"github.com/motcua/gateway/sync/wire"
)

// The bounds of EST's bodies, in bytes.
const (
	maxRequest = 8 << 10
	maxAnswer  = 32 << 10
)

// lineLength is that of the base64 lines: old EST clients read MIME.
const lineLength = 64

// certsOnly writes certificates as EST answers: base64 of a PKCS#7 without content or signers.
func certsOnly(certs ...*x509.Certificate) ([]byte, error) {
	var all []byte
	for _, c := range certs {
		all = append(all, c.Raw...)
	}
	der, err := pkcs7.DegenerateCertificate(all)
	if err != nil {
		return nil, fmt.Errorf("write certificates: %w", err)
	}
	return writeBase64(der), nil
}

// parseCertsOnly reads what certsOnly writes, from a hub that is not trusted yet. There is at
// least one certificate in it.
func parseCertsOnly(body []byte) ([]*x509.Certificate, error) {
	der, err := readBase64(body)
	if err != nil {
		return nil, err
	}
	// The library reads BER as well, in time that grows with the square of the nesting: what we
	// are sent is DER, and one element.
	var outer asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) != 0 {
		return nil, errors.New("not one element in DER")
	}
	p, err := pkcs7.Parse(der)
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	if len(p.Certificates) == 0 {
		return nil, errors.New("no certificate in it")
	}
	return p.Certificates, nil
}

func writeBase64(der []byte) []byte {
	text := base64.StdEncoding.EncodeToString(der)
	var b bytes.Buffer
	for len(text) > lineLength {
		b.WriteString(text[:lineLength])
		b.WriteByte('\n')
		text = text[lineLength:]
	}
	b.WriteString(text)
	b.WriteByte('\n')
	return b.Bytes()
}

// readBase64 reads base64 in lines of any length.
func readBase64(body []byte) ([]byte, error) {
	text := bytes.Map(func(r rune) rune {
		if r == ' ' || r == '\t' { // line ends are the decoder's business
			return -1
		}
		return r
	}, body)
	der, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil {
		return nil, fmt.Errorf("not base64: %w", err)
	}
	return der, nil
}

// parseRequest reads a certificate request as EST sends it. All that is taken from it is the
// public key, and that its signature is that key's; who asks is known otherwise.
func parseRequest(body []byte) (*x509.CertificateRequest, error) {
	der, err := readBase64(body)
	if err != nil {
		return nil, refuse(CodeBadRequest, err.Error())
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, refuse(CodeBadRequest, "not a certificate request: "+err.Error())
	}
	// Before the signature: nobody makes the hub compute with a key of 16,384 bits.
	key, ok := csr.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
		return nil, refuse(CodeBadKey, "want a P-256 or P-384 key")
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, refuse(CodeBadKey, "the request is not signed by its key")
	}
	return csr, nil
}

// problemOf makes a refusal of an error, and nil of nil.
func problemOf(err error) *wire.Problem {
	var p *wire.Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}
