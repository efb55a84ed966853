// Package pgtest runs a PostgreSQL cluster of its own for tests, from Debian's package
// postgresql: with fsync, on a socket in a folder of its own, and gone afterwards.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ErrNotInstalled means that this machine has no PostgreSQL.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: build/needs postgresql")

// patience bounds how long a cluster takes to come up, crash recovery included.
const patience = 60 * time.Second

// Cluster is a running cluster. The zero value is one that is made when it is first asked for.
type Cluster struct {
	mu      sync.Mutex
	bin     string
	dir     string
	as      *syscall.Credential // nil: the user of the test
	server  *exec.Cmd
	waited  chan struct{}
	log     *os.File
	made    int
	missing error
}

// Database makes a database for one test and returns its address. Without PostgreSQL the test is
// skipped.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" && c.missing == nil {
		c.missing = c.make()
	}
	if errors.Is(c.missing, ErrNotInstalled) {
		t.Skip(c.missing)
	}
	if c.missing != nil {
		t.Fatal(c.missing)
	}
	c.made++
	name := fmt.Sprintf("test%d", c.made)
	if err := c.run("createdb", "-h", c.dir, "-U", "hub", name); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("host=%s user=hub dbname=%s", c.dir, name)
}

// make makes the cluster's files and starts it.
func (c *Cluster) make() error {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return ErrNotInstalled
	}
	c.bin = filepath.Dir(slices.Max(found))
	// Short, because the path of a socket is; and beside no test's folder, whose parents only root
	// may enter.
	if c.dir, err = os.MkdirTemp("/tmp", "pgtest"); err != nil {
		return err
	}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if c.as, err = credential("postgres"); err != nil {
			return err
		}
		if err := os.Chown(c.dir, int(c.as.Uid), int(c.as.Gid)); err != nil {
			return err
		}
	}
	if err := c.run("initdb", "-D", filepath.Join(c.dir, "data"), "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return err
	}
	if c.log, err = os.Create(filepath.Join(c.dir, "log")); err != nil {
		return err
	}
	return c.start()
}

func credential(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
}

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	return cmd
}

func (c *Cluster) run(name string, args ...string) error {
	var out bytes.Buffer
	cmd := c.command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, &out)
	}
	return nil
}

// start runs the server and waits until it answers.
func (c *Cluster) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	var alive chan struct{}
	for {
		if alive == nil {
			// After a kill the backends of the dead server may hold its memory for a moment more,
			// and a new one refuses.
			c.server = c.command("postgres", "-D", filepath.Join(c.dir, "data"), "-k", c.dir,
				"-c", "listen_addresses=", "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_connections=60")
			c.server.Stdout, c.server.Stderr = c.log, c.log
			if err := c.server.Start(); err != nil {
				return fmt.Errorf("start postgres: %w", err)
			}
			alive = make(chan struct{})
			go func(cmd *exec.Cmd, done chan struct{}) {
				defer close(done)
				_ = cmd.Wait() // it is killed more often than not
			}(c.server, alive)
			c.waited = alive
		}
		if c.run("pg_isready", "-q", "-h", c.dir, "-U", "hub") == nil {
			return nil
		}
		select {
		case <-alive:
			alive = nil
		case <-again.C:
		case <-ctx.Done():
			log, _ := os.ReadFile(c.log.Name())
			return fmt.Errorf("postgres does not come up: %s", log)
		}
	}
}

// Kill ends the server without a warning, as a power cut does to it, and Restart starts it again.
func (c *Cluster) Kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.server.Process.Kill()
	<-c.waited
}

// Restart starts the server again after Kill.
func (c *Cluster) Restart() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start()
}

// Stop ends the server and removes its files. It is for TestMain.
func (c *Cluster) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil && c.server.Process != nil {
		_ = c.server.Process.Signal(syscall.SIGINT) // fast: connections are ended
		<-c.waited
	}
	if c.log != nil {
		_ = c.log.Close()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}
