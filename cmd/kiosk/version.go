package main

import (
	"runtime/debug"
	"time"
)

// version says which program this is, from what the Go toolchain wrote into it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	rev, dirty := setting(info, "vcs.revision"), setting(info, "vcs.modified") == "true"
	v := info.Main.Version
	if rev != "" && (v == "" || v == "(devel)") {
		v = rev[:min(12, len(rev))]
		if dirty {
			v += "-changed"
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v
}

// built is when the source of this program was committed, or the zero time: no clock that is
// right shows an earlier one.
func built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, setting(info, "vcs.time"))
	if err != nil {
		return time.Time{}
	}
	return t
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
