package lan

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestMain fails where a server's goroutine outlives the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leaked(3 * time.Second); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "left behind:\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leaked returns the stack of a goroutine of a server, once it has had time to end.
func leaked(patience time.Duration) string {
	end := time.After(patience)
	for {
		buffer := make([]byte, 1<<20)
		left := ""
		for stack := range bytes.SplitSeq(buffer[:runtime.Stack(buffer, true)], []byte("\n\n")) {
			if bytes.Contains(stack, []byte("http.(*conn).serve")) || bytes.Contains(stack, []byte("lan.(*")) {
				left = string(stack)
			}
		}
		if left == "" {
			return ""
		}
		select {
		case <-end:
			return left
		case <-time.After(20 * time.Millisecond):
		}
	}
}
