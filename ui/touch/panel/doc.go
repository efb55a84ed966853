// Package panel is a real touchscreen without any window system: it copies frames of
// ui/touch/stage into a Linux framebuffer (/dev/fb0, which DRM drivers provide as well) and
// reads fingers from an evdev device (/dev/input/event*).
//
//	p, err := panel.Open(panel.Options{Framebuffer: "/dev/fb0", Rotation: 90})
//	st := stage.New(p.Size())
//	st.To(p)
//	err = p.Run(ctx, st.Pointer())   // fingers, until ctx ends
//
// Pixels, touches and EDID blocks are handled by pure code, tested and fuzzed with bytes; the
// ioctl and mmap calls around it are thin.
//
// A framebuffer is there for good or the box has no screen: Open fails without it. A touch
// device may come and go with its cable: Run finds it again, and a finger that was down when
// it went has no effect.
//
// # Unproven
//
// No panel was at hand when this was written. Not proven on hardware: that the ioctls agree
// with the drivers (the layouts are those of linux/fb.h and linux/input.h); tearing (there is
// no page flip: a changed part is written within a millisecond or two); the frame rate of
// SPI panels; touch controllers without INPUT_PROP_DIRECT; blanking. The text console must be
// kept off the screen by the kernel's command line: vt.global_cursor_default=0 consoleblank=0,
// and no getty on tty1.
package panel
