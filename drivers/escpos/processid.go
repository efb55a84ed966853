package escpos

// processID is what GS ( H function 48 sends back. Its characters are taken from the sixteen
// from @ to O: like the bytes of a status group they have bit 4 clear, so inside the answer
// none of them can be taken for the beginning of something else.
type processID [4]byte

func newProcessID(n uint16) processID {
	return processID{
		'@' + byte(n>>12&15), '@' + byte(n>>8&15), '@' + byte(n>>4&15), '@' + byte(n&15),
	}
}
