package speech

import "time"

// SetPatience sets how much longer than its sound a player may take.
func (v *Voice) SetPatience(d time.Duration) { v.player.patience = d }

// ErrNoClips is what a call fails with of which no language has all its clips.
var ErrNoClips = errNoClips
