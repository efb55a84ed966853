package rating

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// maxAddress keeps the code on a slip at 37 dots to a side, in bytes.
const maxAddress = 48

// Address checks where the office's rating is reached, "https://motcua.example.vn:8443", and
// returns it as it goes onto slips. It is HTTPS with a name or an IP address and nothing else:
// telephones are strangers on any network, and the pages take no other path.
func Address(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("rating address: %w", err)
	}
	switch {
	case u.Scheme != "https" || u.Hostname() == "":
		return "", errors.New("rating address: want https:// and a name")
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "":
		return "", errors.New("rating address: want nothing after the name and port")
	}
	host := strings.ToLower(u.Host)
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != "" {
		return "", fmt.Errorf("rating address: %q is no plain name", u.Host)
	}
	address := "https://" + host
	if len(address) > maxAddress {
		return "", fmt.Errorf("rating address: %d bytes, at most %d fit a slip's code", len(address), maxAddress)
	}
	return address, nil
}
