package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"golang.org/x/text/unicode/norm"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/kiosk/staff"
	"github.com/motcua/gateway/ui/province"
)

// people opens the accounts of the page.
func (s *session) people(ctx context.Context) (*province.Accounts, error) {
	return s.openAccounts(ctx, s.now, newLogger(s.stderr, s.log))
}

// account opens the accounts and finds the one that the verb names by its login.
func (s *session) account(ctx context.Context) (*province.Accounts, province.Account, error) {
	a, err := s.people(ctx)
	if err != nil {
		return nil, province.Account{}, err
	}
	all, err := a.List(ctx)
	if err != nil {
		return nil, province.Account{}, err
	}
	for _, v := range all {
		if v.Login == s.name {
			return a, v, nil
		}
	}
	return nil, province.Account{}, fmt.Errorf("there is no account %q", s.name)
}

func (s *session) signature() string { return "hub/" + s.by() }

func accountAdd(ctx context.Context, s *session) error {
	role, err := s.need("role", "viewer, province, auditor or admin")
	if err != nil {
		return err
	}
	right := province.Right{Role: province.Role(role)}
	for code := range strings.SplitSeq(s.flags["sites"], ",") {
		if code = strings.TrimSpace(code); code != "" {
			right.Sites = append(right.Sites, kiosk.SiteCode(code))
		}
	}
	if right, err = right.Check(); err != nil {
		return errUsage(err.Error())
	}
	a, err := s.people(ctx)
	if err != nil {
		return err
	}
	word := province.NewSecret()
	name := norm.NFC.String(cmp.Or(s.flags["name"], s.name))
	v, err := a.Add(ctx, s.signature(), province.Account{Officer: staff.Officer{Login: s.name, Name: name}, Right: right}, word)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s\n", word)
	fmt.Fprintf(s.stderr, "the passphrase of %s (%s); it is not shown again\n", v.Login, v.Right)
	return nil
}

func accountSecret(ctx context.Context, s *session) error {
	a, v, err := s.account(ctx)
	if err != nil {
		return err
	}
	word := province.NewSecret()
	if err := a.SetSecret(ctx, s.signature(), v.Code, word); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s\n", word)
	fmt.Fprintf(s.stderr, "the new passphrase of %s; it is not shown again\n", v.Login)
	return nil
}

func accountDisable(ctx context.Context, s *session) error {
	a, v, err := s.account(ctx)
	if err != nil {
		return err
	}
	return a.Disable(ctx, s.signature(), v.Code)
}

// shownAccount is an account as `account list -json` has it. The names are promised.
type shownAccount struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Role     string   `json:"role"`
	Sites    []string `json:"sites"`
	Disabled bool     `json:"disabled"`
}

func accountList(ctx context.Context, s *session) error {
	a, err := s.people(ctx)
	if err != nil {
		return err
	}
	all, err := a.List(ctx)
	if err != nil {
		return err
	}
	list := make([]shownAccount, 0, len(all))
	for _, v := range all {
		one := shownAccount{Login: v.Login, Name: v.Name, Role: string(v.Right.Role), Sites: []string{}, Disabled: v.Disabled}
		for _, code := range v.Right.Sites {
			one.Sites = append(one.Sites, string(code))
		}
		list = append(list, one)
	}
	if s.json {
		return s.printJSON(list)
	}
	t := tabwriter.NewWriter(s.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "LOGIN\tNAME\tROLE\tSITES\tSTATE")
	for _, v := range list {
		state := "may sign in"
		if v.Disabled {
			state = "disabled"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", v.Login, v.Name, v.Role, cmp.Or(strings.Join(v.Sites, " "), "–"), state)
	}
	return t.Flush()
}
