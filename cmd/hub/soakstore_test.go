//go:build soak

package main_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// The account of the tests' S3 server.
const (
	s3Account = "province"
	s3Secret  = "only-for-this-test"
	s3Region  = "us-east-1"
	s3Bucket  = "pages"
)

// s3Server is somebody else's S3 server on a folder.
type s3Server struct {
	*program
	endpoint string
	client   *minio.Client
}

// newS3 starts versitygw: VERSITYGW names it, else it lies in dist/tools or on the PATH.
func newS3(t *testing.T) *s3Server {
	t.Helper()
	path := os.Getenv("VERSITYGW")
	if path == "" {
		path, _ = filepath.Abs("../../dist/tools/versitygw")
		if _, err := os.Stat(path); err != nil {
			if path, err = exec.LookPath("versitygw"); err != nil {
				t.Skip("no versitygw in dist/tools or on the PATH: build/test puts it there")
			}
		}
	}
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, s3Bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	s := &s3Server{endpoint: freeAddr(t)}
	client, err := minio.New(s.endpoint, &minio.Options{Creds: credentials.NewStaticV4(s3Account, s3Secret, ""), Region: s3Region, MaxRetries: 3})
	if err != nil {
		t.Fatal(err)
	}
	s.client = client
	s.program = &program{
		name: "versitygw", path: path,
		args: []string{"--port", s.endpoint, "--access", s3Account, "--secret", s3Secret, "--region", s3Region, "posix", "--sidecar", t.TempDir(), data},
		up: func(ctx context.Context) error {
			there, err := client.BucketExists(ctx, s3Bucket)
			if err == nil && !there {
				err = fmt.Errorf("no bucket %s", s3Bucket)
			}
			return err
		},
	}
	t.Cleanup(s.kill)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// balancer is what stands before several hubs: it gives each connection to one that takes it, and
// knows nothing else.
type balancer struct {
	listener net.Listener
	hubs     []string
	wg       sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	taken map[string]int
}

func newBalancer(t *testing.T, hubs ...string) *balancer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &balancer{listener: l, hubs: hubs, conns: map[net.Conn]struct{}{}, taken: map[string]int{}}
	b.wg.Go(b.accept)
	t.Cleanup(func() {
		_ = l.Close()
		b.mu.Lock()
		for c := range b.conns {
			_ = c.Close()
		}
		b.mu.Unlock()
		b.wg.Wait()
	})
	return b
}

func (b *balancer) addr() string { return b.listener.Addr().String() }

func (b *balancer) accept() {
	for {
		c, err := b.listener.Accept()
		if err != nil {
			return
		}
		b.keep(c)
		b.wg.Go(func() { b.carry(c) })
	}
}

func (b *balancer) keep(c net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.conns[c] = struct{}{}
}

// end closes connections with a reset: what one end has lost the other shall not wait for.
func (b *balancer) end(conns ...net.Conn) {
	for _, c := range conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
		b.mu.Lock()
		delete(b.conns, c)
		b.mu.Unlock()
	}
}

// carry gives a connection to the first hub that lives, beginning anywhere.
func (b *balancer) carry(c net.Conn) {
	first := rand.IntN(len(b.hubs))
	for i := range b.hubs {
		addr := b.hubs[(first+i)%len(b.hubs)]
		hub, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			continue
		}
		b.keep(hub)
		b.mu.Lock()
		b.taken[addr]++
		b.mu.Unlock()
		var both sync.WaitGroup
		for _, way := range [][2]net.Conn{{c, hub}, {hub, c}} {
			both.Go(func() {
				_, err := io.Copy(way[1], way[0])
				if tcp, ok := way[1].(*net.TCPConn); err == nil && ok && tcp.CloseWrite() == nil {
					return // the other way may go on
				}
				b.end(c, hub)
			})
		}
		both.Wait()
		b.end(c, hub)
		return
	}
	b.end(c)
}
