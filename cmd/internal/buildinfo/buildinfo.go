// Package buildinfo says which program this is, from what the Go toolchain wrote into it.
package buildinfo

import (
	"runtime/debug"
	"time"
)

// Version returns the module's version, or where there is none the commit's first twelve letters,
// with "-changed" where the tree was not clean.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if rev := setting(info, "vcs.revision"); rev != "" && (v == "" || v == "(devel)") {
		v = rev[:min(12, len(rev))]
		if setting(info, "vcs.modified") == "true" {
			v += "-changed"
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v
}

// Time returns when the source of this program was committed, or the zero time: no clock that is
// right shows an earlier one.
func Time() time.Time {
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
