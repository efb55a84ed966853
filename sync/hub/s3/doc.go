// Package s3 keeps objects in a bucket of an S3 store, for hub processes side by side: sealed.New
// makes pages of them.
//
// It asks little of the store: whole puts, gets, listings that show what was put (as S3 has
// promised since 2020, and as Ceph, MinIO and versitygw do), deletes. It needs no conditional
// writes, no multipart uploads and no locks: an object's name says what is in it, so that whoever
// writes it again writes the same. What a put has answered, the store has made durable.
//
// Every call has an end, and a store that does not answer is an error that the gateway hears of as
// "come again": nothing is queued here.
package s3
