package main

import (
	"runtime/debug"
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

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
