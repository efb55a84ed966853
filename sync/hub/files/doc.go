// Package files keeps objects as files in a folder, for a hub of one machine: sealed.New makes
// pages of them.
//
// A file is written under a name of its own in tmp/, made durable, given its name, and its folder
// made durable: who looks finds all of it or nothing, and after a power cut as well. An fsync that
// fails is not tried again: the kernel may have thrown the bytes away, so the file is given up and
// its sender told.
//
// The folder can be shared by several processes of one machine, and by several over a file system
// whose rename and fsync hold what POSIX promises. Folders are for the hub's user alone (0700).
package files
