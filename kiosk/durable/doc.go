// Package durable writes files that a power cut cannot halve. Whoever looks at a name, at any
// moment and also after a kill or a cut, finds the old file, the new one, or none where there was
// none; and what a call has returned for is on the disk.
//
// There is one way to that on Linux, and this is its only place here: a file under a name of its
// own, its fsync, the name that counts, the fsync of the folder. Without the first fsync the name
// may come back over an empty file; without the second, the old name may come back.
//
// A file in the making is called NAME.new-DIGITS, so that two who write the same name never share
// one, and is locked for as long as its writer lives. [TidyUp] knows by that what a kill has left
// and what somebody is still writing, in this process or in another.
//
// An fsync that failed is never tried again: the kernel may have dropped what it could not write.
// The call returns the error, and what the disk holds is the old file or the new one.
//
// The package is a leaf: it knows the standard library alone and nothing of the office. It lies
// below kiosk because that is what everybody may reach; package kiosk itself does no I/O.
package durable
