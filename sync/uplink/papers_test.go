package uplink_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"sync"
	"time"

	"github.com/motcua/gateway/sync/wire"
)

const gateway = wire.GatewayID("gw-0123456789abcdef")

// papers are an authority, a hub's certificate and a box's.
type papers struct {
	pool     *x509.CertPool
	root     []byte // in DER
	hub, box tls.Certificate
}

var makePapers = sync.OnceValue(func() papers {
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		return k
	}
	from, to := time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test province"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootKey := key()
	sign := func(c *x509.Certificate, k *ecdsa.PrivateKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, c, root, k.Public(), rootKey)
		if err != nil {
			panic(err)
		}
		return der
	}
	parsed, err := x509.ParseCertificate(sign(root, rootKey))
	if err != nil {
		panic(err)
	}
	leaf := func(n int64, name string, use x509.ExtKeyUsage) tls.Certificate {
		k := key()
		return tls.Certificate{PrivateKey: k, Certificate: [][]byte{sign(&x509.Certificate{
			SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to,
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{use},
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		}, k)}}
	}
	p := papers{pool: x509.NewCertPool(), root: parsed.Raw, hub: leaf(2, "hub", x509.ExtKeyUsageServerAuth), box: leaf(3, string(gateway), x509.ExtKeyUsageClientAuth)}
	p.pool.AddCert(parsed)
	return p
})

// serverTLS is the TLS of a hub that wants to know who is there.
func serverTLS() *tls.Config {
	p := makePapers()
	return &tls.Config{
		Certificates: []tls.Certificate{p.hub}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: p.pool, NextProtos: []string{"h2"},
		MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true, // as the hub's door has them
	}
}
