package s3_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/motcua/gateway/sync/hub/pagesuite"
	"github.com/motcua/gateway/sync/hub/s3"
	"github.com/motcua/gateway/sync/hub/sealed"
)

// The account of the tests' server.
const (
	account = "province"
	secret  = "only-for-this-test"
	region  = "us-east-1"
	bucket  = "pages"
)

// lookServer finds versitygw: VERSITYGW names it, else it lies in dist/tools, where build/test
// puts it, or on the PATH.
func lookServer(t *testing.T) string {
	t.Helper()
	if name := os.Getenv("VERSITYGW"); name != "" {
		return name
	}
	if name, err := filepath.Abs("../../../dist/tools/versitygw"); err == nil {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	name, err := exec.LookPath("versitygw")
	if err != nil {
		t.Skip("no versitygw in dist/tools or on the PATH: build/test puts it there")
	}
	return name
}

// serve starts somebody else's S3 server on a folder and a free port, and ends it with the test.
func serve(t *testing.T) (endpoint string) {
	t.Helper()
	program := lookServer(t)
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endpoint = l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	// Attributes beside the files: not every file system that tests run on has extended ones.
	cmd := exec.Command(program, "--port", endpoint, "--access", account, "--secret", secret, "--region", region, "posix", "--sidecar", t.TempDir(), data)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("versitygw: %s", tail(log.String()))
		}
	})
	probe := client(t, endpoint)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		there, err := probe.BucketExists(ctx, bucket)
		cancel()
		if there {
			tick.Stop()
			return endpoint
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatalf("versitygw ended: %s", &log)
		case <-t.Context().Done():
			t.Fatalf("no answer of versitygw: %v", err)
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

// client is the library without the package under test.
func client(t *testing.T, endpoint string) *minio.Client {
	t.Helper()
	c, err := minio.New(endpoint, &minio.Options{Creds: credentials.NewStaticV4(account, secret, ""), Region: region, MaxRetries: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func config(endpoint, prefix string) s3.Config {
	return s3.Config{Endpoint: endpoint, Region: region, Bucket: bucket, Prefix: prefix, AccessKey: account, SecretKey: secret}
}

func open(t *testing.T, c s3.Config) *s3.Bucket {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	c.Transport = tr
	b, err := s3.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSuite(t *testing.T) {
	t.Parallel()
	endpoint := serve(t)
	var mu sync.Mutex
	n := 0
	pagesuite.Run(t, func(t *testing.T) (sealed.Objects, func(*testing.T) sealed.Objects) {
		mu.Lock()
		defer mu.Unlock()
		n++
		c := config(endpoint, fmt.Sprintf("hub-%d/", n))
		return open(t, c), func(t *testing.T) sealed.Objects { return open(t, c) }
	})
}

// TestOpenSaysWhy: what a technician types wrong is told at the start, and the secret never.
func TestOpenSaysWhy(t *testing.T) {
	t.Parallel()
	endpoint := serve(t)
	for what, change := range map[string]func(*s3.Config){
		"a bucket that is not there": func(c *s3.Config) { c.Bucket = "elsewhere" },
		"a wrong key":                func(c *s3.Config) { c.SecretKey = "wrong-" + secret },
		"a prefix that is no folder": func(c *s3.Config) { c.Prefix = "hub" },
		"no endpoint":                func(c *s3.Config) { c.Endpoint = "" },
		"nobody there":               func(c *s3.Config) { c.Endpoint = "127.0.0.1:1" },
	} {
		c := config(endpoint, "")
		change(&c)
		_, err := s3.Open(t.Context(), c)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", what, err)
		}
		if s := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(s, secret) {
			t.Errorf("%s is printed with its secret", what)
		}
	}
}

// TestSilentStore: a store that takes connections and says nothing holds nobody for longer than
// the caller has time.
func TestSilentStore(t *testing.T) {
	t.Parallel()
	endpoint := serve(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	c := config(endpoint, "")
	// It answered at first.
	dial := make(chan string, 1)
	dial <- endpoint
	tr := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		to := silent.Addr().String()
		select {
		case to = <-dial:
		default:
		}
		return new(net.Dialer).DialContext(ctx, network, to)
	}}
	c.Transport = tr
	b, err := s3.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := b.Put(ctx, "uploads/a", 1, strings.NewReader("a")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("put: %v", err)
	}
	if _, err := b.Get(ctx, "uploads/a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("get: %v", err)
	}
	for _, err := range b.List(ctx, "uploads/") {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("list: %v", err)
		}
	}
	for _, names := range [][]string{{"uploads/a"}, {"uploads/a", "uploads/b"}} {
		if err := b.Delete(ctx, names); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("delete: %v", err)
		}
	}
}
