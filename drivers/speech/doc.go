// Package speech calls numbers aloud.
//
// A voice is made of clips: a recorded phrase each, kept in packs. A [Pack] is a folder with
// pack.json and WAV files; [Open] checks it whole and holds its clips in memory, ready to be
// joined: one rate, trimmed, on one level, with soft edges. Packs stand in order, and a clip
// that one lacks comes from the next: the office's own voice first, a program's last.
//
// [Voice] joins clips into an announcement, with set pauses, and plays it on the gateway's
// sound card through aplay of alsa-utils, or hands it out as WAV for a board. [Check] says
// what is wrong with a recording before it becomes a clip; [MakeEspeak] makes a pack with
// espeak-ng, which serves until somebody has lent the office a voice.
//
// The driver knows no language and composes no sentence: it is given the names of clips.
package speech
