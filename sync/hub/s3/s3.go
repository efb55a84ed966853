package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/hub/sealed"
)

// Config says where the bucket is. It never prints its secret.
type Config struct {
	Endpoint string // host:port
	Secure   bool   // HTTPS
	Region   string
	Bucket   string // has to be there
	Prefix   string // before every name; empty or ending in "/"
	// AccessKey and SecretKey of an account that may get, put, list and delete there.
	AccessKey string
	SecretKey Secret
	// Transport is how to reach it, where that is special: a CA of the province's own.
	Transport http.RoundTripper
}

// Secret is a key that masks itself wherever it is printed or logged.
type Secret string

// String masks the key.
func (Secret) String() string { return "(secret)" }

// GoString masks the key.
func (Secret) GoString() string { return "(secret)" }

// Bucket keeps objects in S3.
type Bucket struct {
	config Config
	core   minio.Core
}

var _ sealed.Objects = (*Bucket)(nil)

// The longest that a call may take: an answer, and bytes at the pace of a store in trouble.
const (
	dialTimeout   = 5 * time.Second
	answerTimeout = 30 * time.Second
	slowest       = 256 << 10 // bytes a second
	attempts      = 3
)

// Open returns the bucket. It asks for it once, so that a wrong key is told at the start.
func Open(ctx context.Context, c Config) (*Bucket, error) {
	if n := len(c.Prefix); n > 0 && c.Prefix[n-1] != '/' {
		return nil, fmt.Errorf("open the bucket %s: the prefix %q does not end in /", c.Bucket, c.Prefix)
	}
	if c.Transport == nil {
		c.Transport = transport()
	}
	core, err := minio.NewCore(c.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, string(c.SecretKey), ""), Secure: c.Secure, Region: c.Region,
		Transport: c.Transport, MaxRetries: attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", c.Bucket, err)
	}
	b := &Bucket{c, *core}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	there, err := core.BucketExists(ctx, c.Bucket)
	if err == nil && !there {
		err = errors.New("it is not there: make it first")
	}
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s at %s: %w", c.Bucket, c.Endpoint, err)
	}
	return b, nil
}

// transport bounds what a call waits for, and keeps connections for the ones to come.
func transport() *http.Transport {
	dial := &net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dial.DialContext, TLSHandshakeTimeout: dialTimeout,
		ResponseHeaderTimeout: answerTimeout, ExpectContinueTimeout: time.Second,
		MaxIdleConns: 256, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
		DisableCompression: true,
	}
}

// timeout is how long size bytes may take.
func timeout(size int64) time.Duration {
	return answerTimeout + time.Duration(size/slowest)*time.Second
}

// Put is described at [sealed.Objects].
func (b *Bucket) Put(ctx context.Context, name string, size int64, r io.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, timeout(size))
	defer cancel()
	src := &source{Reader: r, left: size}
	// One put for every size: a store shows nothing of one that broke off.
	_, err := b.core.Client.PutObject(ctx, b.config.Bucket, b.config.Prefix+name, src, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
	})
	switch {
	case src.failed != nil: // the client tells of it in words of its own
		return fmt.Errorf("put %s: %w", name, src.failed)
	case err != nil:
		return fmt.Errorf("put %s: %w", name, failure(ctx, err))
	}
	return nil
}

// source gives an object's bytes. With the last of them it asks for the end behind them, where r
// may have an error of its own: the put must not be whole before r says that it is.
type source struct {
	io.Reader
	left   int64
	failed error
}

// Read gives bytes, the last one only with r's end.
func (s *source) Read(p []byte) (int, error) {
	if s.failed != nil {
		return 0, s.failed
	}
	n, err := s.Reader.Read(p)
	s.left -= int64(n)
	if s.left == 0 && n > 0 && err == nil {
		var more [1]byte
		var m int
		if m, err = io.ReadFull(s.Reader, more[:]); m > 0 {
			s.left -= int64(m)
		}
	}
	switch {
	case s.left < 0:
		err = errors.New("more bytes came than were said")
	case err == io.EOF && s.left > 0:
		err = fmt.Errorf("%w: %d bytes are missing", io.ErrUnexpectedEOF, s.left)
	}
	if err != nil && err != io.EOF {
		s.failed = err
		return 0, err
	}
	return n, err
}

// Get is described at [sealed.Objects].
func (b *Bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout(kiosk.MaxPageBytes))
	body, _, _, err := b.core.GetObject(ctx, b.config.Bucket, b.config.Prefix+name, minio.GetObjectOptions{})
	if err != nil {
		defer cancel()
		return nil, fmt.Errorf("get %s: %w", name, failure(ctx, err))
	}
	return &got{body, cancel}, nil
}

// got is an object that is being read: until it is closed, or its time is over.
type got struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close lets go of it.
func (g *got) Close() error {
	g.cancel()
	return g.ReadCloser.Close()
}

// List is described at [sealed.Objects].
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[sealed.Object, error] {
	return func(yield func(sealed.Object, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, timeout(kiosk.MaxPageBytes))
		defer cancel()
		for o := range b.core.Client.ListObjectsIter(ctx, b.config.Bucket, minio.ListObjectsOptions{Prefix: b.config.Prefix + prefix, Recursive: true}) {
			if o.Err != nil {
				yield(sealed.Object{}, fmt.Errorf("list %s: %w", prefix, failure(ctx, o.Err)))
				return
			}
			if !yield(sealed.Object{Name: o.Key[len(b.config.Prefix):], Changed: o.LastModified}, nil) {
				return
			}
		}
		if ctx.Err() != nil {
			yield(sealed.Object{}, fmt.Errorf("list %s: %w", prefix, context.Cause(ctx)))
		}
	}
}

// Delete is described at [sealed.Objects].
func (b *Bucket) Delete(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout(int64(len(names))*slowest))
	defer cancel()
	if len(names) == 1 {
		err := b.core.Client.RemoveObject(ctx, b.config.Bucket, b.config.Prefix+names[0], minio.RemoveObjectOptions{})
		if err = failure(ctx, err); err != nil && !errors.Is(err, hub.ErrNotFound) {
			return fmt.Errorf("delete %s: %w", names[0], err)
		}
		return nil
	}
	results, err := b.core.Client.RemoveObjectsWithIter(ctx, b.config.Bucket, func(yield func(minio.ObjectInfo) bool) {
		for _, n := range names {
			if !yield(minio.ObjectInfo{Key: b.config.Prefix + n}) {
				return
			}
		}
	}, minio.RemoveObjectsOptions{})
	if err != nil {
		return fmt.Errorf("delete %d objects: %w", len(names), failure(ctx, err))
	}
	var failed error
	for r := range results {
		if err := failure(ctx, r.Err); err != nil && !errors.Is(err, hub.ErrNotFound) {
			failed = fmt.Errorf("delete %s: %w", r.ObjectName, err)
		}
	}
	if failed == nil {
		failed = context.Cause(ctx)
	}
	return failed
}

// Tidy is described at [sealed.Objects]: a put that broke off leaves nothing in S3.
func (*Bucket) Tidy(context.Context, time.Time) error { return nil }

// failure says what a store answered in the hub's words.
func failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey:
		return hub.ErrNotFound
	case "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "StorageFull":
		return fmt.Errorf("%w: %w", hub.ErrFull, err)
	}
	return err
}
