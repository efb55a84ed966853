//go:build !linux

package serialport

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
)

func openLine(context.Context, Config) (*os.File, error) {
	return nil, fmt.Errorf("serial ports on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

func letGo(*os.File) {}

func discard(*os.File) error { return errors.ErrUnsupported }

func unsent(*os.File) (int, error) { return 0, errors.ErrUnsupported }

func isGone(error) bool { return false }
