package province

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/motcua/gateway/kiosk"
)

// Role is what somebody does here. The values are stable.
type Role string

// The roles. None includes another: who keeps the accounts does not look into dossiers, and who
// reads the log cannot write into it but by signing in.
const (
	RoleViewer   Role = "viewer"   // looks at the sites that it is bound to
	RoleProvince Role = "province" // looks at all
	RoleAuditor  Role = "auditor"  // reads and checks the log
	RoleAdmin    Role = "admin"    // keeps accounts, and exports and erases what is held of a person
)

// Roles are all of them.
func Roles() []Role { return []Role{RoleViewer, RoleProvince, RoleAuditor, RoleAdmin} }

// Right is what an account may do.
type Right struct {
	Role Role `json:"role"`
	// Sites are those of a viewer, at least one and at most maxSites.
	Sites []kiosk.SiteCode `json:"sites,omitempty"`
}

// The bounds of a right: a province has some hundreds of offices.
const (
	maxSites    = 1000
	maxSiteCode = 40 // bytes
)

// Check reports what is wrong with a right, and puts its sites in order.
func (r Right) Check() (Right, error) {
	if !slices.Contains(Roles(), r.Role) {
		return Right{}, fmt.Errorf("role %q: want viewer, province, auditor or admin", r.Role)
	}
	if (r.Role == RoleViewer) != (len(r.Sites) > 0) || len(r.Sites) > maxSites {
		return Right{}, fmt.Errorf("a viewer has 1 to %d sites, any other role none", maxSites)
	}
	for _, s := range r.Sites {
		if s == "" || len(s) > maxSiteCode || !utf8.ValidString(string(s)) {
			return Right{}, errors.New("not the code of a site")
		}
	}
	r.Sites = slices.Compact(slices.Sorted(slices.Values(r.Sites)))
	return r, nil
}

// May reports whether what happens at a site may be looked at.
func (r Right) May(site kiosk.SiteCode) bool {
	return r.Role == RoleProvince || r.Role == RoleViewer && slices.Contains(r.Sites, site)
}

// maySee reports whether a gateway may be seen: it holds no personal data, and who opens accounts
// has to know the sites.
func (r Right) maySee(site kiosk.SiteCode) bool { return r.Role == RoleAdmin || r.May(site) }

func (r Right) equal(other Right) bool {
	return r.Role == other.Role && slices.Equal(r.Sites, other.Sites)
}

// since is what the log has of a right that follows another one: the role, how many sites there
// are, and each that was given or taken. One text is within the log's bounds; a long change takes
// several. Both rights are as Check leaves them.
func (r Right) since(was Right) []string {
	head := string(r.Role)
	if r.Role == RoleViewer {
		head = fmt.Sprintf("%s, %d:", r.Role, len(r.Sites))
	}
	texts := []string{head}
	moved := func(sign string, of, notIn []kiosk.SiteCode) {
		for _, s := range of {
			if _, there := slices.BinarySearch(notIn, s); there {
				continue
			}
			if last := texts[len(texts)-1]; len(last)+len(s) > maxLogged {
				texts = append(texts, head)
			}
			texts[len(texts)-1] += " " + sign + string(s)
		}
	}
	moved("+", r.Sites, was.Sites)
	moved("-", was.Sites, r.Sites)
	return texts
}

// kiosk is the role in the book of accounts, which keeps one more rule by it: that the last lead
// who may sign in stays one.
func (r Role) kiosk() kiosk.Role {
	if r == RoleAdmin {
		return kiosk.RoleLead
	}
	return kiosk.RoleOfficer
}

func decodeRight(b []byte) (Right, error) {
	var r Right
	if err := json.Unmarshal(b, &r); err != nil {
		return Right{}, err
	}
	return r.Check()
}
