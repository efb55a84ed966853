package lan

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxChain bounds the certificates in the province's file.
const maxChain = 8

// loadProvince reads the province's certificate. It is not used when it has ended, is of another
// key, not for servers, or names nothing that the box is called; the error says which. That it has
// not begun is no reason: a box without a clock is behind more often than a province is ahead.
func loadProvince(file string, own *ecdsa.PrivateKey, names Names, now time.Time) (*tls.Certificate, error) {
	data, err := readSmall(file)
	if err != nil {
		return nil, err
	}
	chain, key, err := parseProvince(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ProvinceFile, err)
	}
	if key == nil {
		key = own
	}
	leaf := chain[0]
	switch {
	case !now.Before(leaf.NotAfter):
		err = fmt.Errorf("it ended on %s", leaf.NotAfter.Format(time.DateOnly))
	case leaf.IsCA:
		err = errors.New("its first certificate is an authority's; the box's own must come first")
	case !sameKey(leaf, key):
		err = errors.New("it is of another key; put its key into the same file, or have it issued for the key of the box")
	case !forServers(leaf):
		err = errors.New("it is not for servers (extended key usage)")
	case !names.touched(leaf):
		err = fmt.Errorf("it names nothing that this box is called (%s)", strings.Join(names.all(), ", "))
	default:
		err = usableKey(leaf)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ProvinceFile, err)
	}
	cert := &tls.Certificate{PrivateKey: key, Leaf: leaf}
	for _, c := range chain {
		cert.Certificate = append(cert.Certificate, c.Raw)
	}
	return cert, nil
}

// parseProvince reads a chain, the box's own certificate first, and a key if there is one.
func parseProvince(data []byte) (chain []*x509.Certificate, key crypto.Signer, err error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, fmt.Errorf("certificate %d: %w", len(chain)+1, err)
			}
			if chain = append(chain, c); len(chain) > maxChain {
				return nil, nil, fmt.Errorf("more than %d certificates", maxChain)
			}
		case "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY":
			if key != nil {
				return nil, nil, errors.New("more than one key")
			}
			if key, err = parseKey(block); err != nil {
				return nil, nil, err
			}
		case "ENCRYPTED PRIVATE KEY":
			return nil, nil, errors.New("its key is locked with a passphrase")
		}
	}
	if len(chain) == 0 {
		return nil, nil, errors.New("no certificate in it (PEM)")
	}
	return chain, key, nil
}

func parseKey(block *pem.Block) (crypto.Signer, error) {
	var key any
	var err error
	switch block.Type {
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("its key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("its key cannot sign")
	}
	return signer, nil
}

func forServers(c *x509.Certificate) bool {
	return len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 0 ||
		slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// usableKey refuses the kinds of key that browsers refuse, and those that cost the box too much.
func usableKey(c *x509.Certificate) error {
	switch k := c.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if n := k.Curve.Params().BitSize; n == 256 || n == 384 {
			return nil
		}
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n >= 2048 && n <= 4096 {
			return nil
		}
	}
	return errors.New("its key is none that browsers take: P-256, P-384 or RSA with 2048 to 4096 bits")
}
