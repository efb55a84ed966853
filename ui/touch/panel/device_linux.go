package panel

import (
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Requests of linux/fb.h.
const (
	fbGetVarInfo = 0x4600 // FBIOGET_VSCREENINFO
	fbGetFixInfo = 0x4602 // FBIOGET_FSCREENINFO
	fbBlank      = 0x4611 // FBIOBLANK; 0 is on
)

// drmDir is where displays' EDIDs are.
const drmDir = "/sys/class/drm"

// long is the size of a C long on this machine.
const long = bits.UintSize / 8

// Open opens the framebuffer. Without a known touch device the panel shows pictures all the
// same; see [Panel.Run].
func Open(o Options) (*Panel, error) {
	if !o.Rotation.Valid() {
		return nil, fmt.Errorf("open panel: rotation of %d degrees", o.Rotation)
	}
	f, err := os.OpenFile(o.Framebuffer, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open panel: %w", err)
	}
	defer f.Close() // the mapping stays
	variable, fixed := make([]byte, varInfoSize), make([]byte, fixInfoSize)
	if err := errors.Join(ioctl(f, fbGetVarInfo, variable), ioctl(f, fbGetFixInfo, fixed)); err != nil {
		return nil, fmt.Errorf("ask framebuffer %s: %w", o.Framebuffer, err)
	}
	layout, length, width, height, err := screenInfo(variable, fixed, long)
	if err != nil {
		return nil, fmt.Errorf("open panel %s: %w", o.Framebuffer, err)
	}
	if width == 0 || height == 0 {
		width, height = SizeFromDRM(drmDir)
	}
	var mem []byte
	err = control(f, func(fd uintptr) (err error) {
		// A panel that the console put to sleep; drivers without blanking refuse, which is as good.
		_, _, _ = unix.Syscall(unix.SYS_IOCTL, fd, fbBlank, 0)
		mem, err = unix.Mmap(int(fd), 0, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("map framebuffer %s: %w", o.Framebuffer, err)
	}
	p := newPanel(o, layout, mem, func() (device, error) { return findTouch("/dev/input", o.Touch) })
	p.width, p.height = float32(width), float32(height)
	p.unmap = func() error { return unix.Munmap(mem) }
	return p, nil
}

// findTouch opens the named device, or the first touchscreen in a folder.
func findTouch(dir, name string) (device, error) {
	names := []string{name}
	if name == "" {
		var err error
		if names, err = filepath.Glob(filepath.Join(dir, "event*")); err != nil {
			return device{}, fmt.Errorf("list input devices: %w", err)
		}
		slices.Sort(names)
	}
	for _, n := range names {
		d, err := openTouch(n)
		if err == nil {
			return d, nil
		}
		if name != "" {
			return device{}, err
		}
	}
	return device{}, fmt.Errorf("find touchscreen in %s: %w", dir, errNoTouch)
}

// openTouch opens an evdev device if it is a touchscreen.
func openTouch(name string) (device, error) {
	// Non-blocking, so that the runtime waits for it and Close ends a Read.
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return device{}, fmt.Errorf("open touch device: %w", err)
	}
	d, err := describe(f)
	if err != nil {
		return device{}, errors.Join(fmt.Errorf("open touch device %s: %w", name, err), f.Close())
	}
	d.ReadCloser, d.name = f, name
	return d, nil
}

// describe asks a device what it is and where its fingers are now.
func describe(f *os.File) (device, error) {
	abs, key, props := make(set, 8), make(set, 96), make(set, 4)
	if err := ioctl(f, read('E', 0x20+evAbs, len(abs)), abs); err != nil {
		return device{}, fmt.Errorf("ask for axes: %w", err)
	}
	if err := ioctl(f, read('E', 0x20+evKey, len(key)), key); err != nil {
		return device{}, fmt.Errorf("ask for keys: %w", err)
	}
	if err := ioctl(f, read('E', 0x09, len(props)), props); err != nil {
		return device{}, fmt.Errorf("ask for properties: %w", err)
	}
	multi, ok := touchscreen(abs, key, props)
	if !ok {
		return device{}, errNoTouch
	}
	d := device{multi: multi, decoder: newDecoder(multi, long)}
	codeX, codeY := absX, absY
	if multi {
		codeX, codeY = absMTX, absMTY
	}
	var err error
	var nowX, nowY int32
	if d.x, nowX, err = axisOf(f, codeX); err != nil {
		return device{}, err
	}
	if d.y, nowY, err = axisOf(f, codeY); err != nil {
		return device{}, err
	}
	// The kernel tells only what changes: a finger that comes down exactly where the last one
	// left sends no coordinates, and the slot in use is not told at all.
	if !multi {
		d.decoder.x[0], d.decoder.y[0] = nowX, nowY
		return d, nil
	}
	_, slot, err := axisOf(f, absSlot)
	if err != nil {
		return device{}, err
	}
	d.decoder.slot = int(slot)
	d.decoder.x, d.decoder.y = slots(f, absMTX), slots(f, absMTY)
	return d, nil
}

// axisOf returns an axis's range and present value.
func axisOf(f *os.File, code int) (a axis, now int32, err error) {
	info := make([]int32, 6) // struct input_absinfo: value, minimum, maximum, fuzz, flat, resolution
	if err := ioctl(f, read('E', 0x40+code, 4*len(info)), info); err != nil {
		return a, 0, fmt.Errorf("ask for axis %#x: %w", code, err)
	}
	return axis{min: info[1], max: info[2]}, info[0], nil
}

// slots returns a coordinate's present value in each slot; zeros when the driver does not say.
func slots(f *os.File, code int32) [maxSlots]int32 {
	values := make([]int32, 1+maxSlots) // struct input_mt_request_layout
	values[0] = code
	if err := ioctl(f, read('E', 0x0a, 4*len(values)), values); err != nil {
		return [maxSlots]int32{}
	}
	return [maxSlots]int32(values[1:])
}

// read is _IOC(_IOC_READ, kind, number, size) of linux/ioctl.h.
func read(kind, number, size int) uintptr {
	return uintptr(2)<<30 | uintptr(size)<<16 | uintptr(kind)<<8 | uintptr(number)
}

// ioctl fills a structure. It does not use Fd, which would make reads block in the kernel, out
// of Close's reach.
func ioctl[T byte | int32, S ~[]T](f *os.File, request uintptr, into S) error {
	return control(f, func(fd uintptr) error {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(&into[0])))
		if errno != 0 {
			return os.NewSyscallError("ioctl", errno)
		}
		return nil
	})
}

// control calls f with the file's descriptor.
func control(f *os.File, call func(fd uintptr) error) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return fmt.Errorf("use file: %w", err)
	}
	var failed error
	if err := conn.Control(func(fd uintptr) { failed = call(fd) }); err != nil {
		return fmt.Errorf("use file: %w", err)
	}
	return failed
}
