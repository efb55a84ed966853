package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/motcua/gateway/kiosk"
	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/hub"
	"github.com/motcua/gateway/sync/wire"
	"github.com/motcua/gateway/ui/province"
)

// verb is something to be done beside serving. Verbs work on the database itself, not through a
// hub that runs: one of several hubs, or none, would have to be found first, and every rule they
// stand under is kept in the database anyway.
type verb struct {
	name  string // one or two words
	takes string // as the usage has it: flags and names
	names int
	does  string
	do    func(context.Context, *session) error
}

func verbs() []verb {
	return []verb{
		{"claim", "SITE [-replaces GATEWAY]", 1, "make a code by which a box becomes the site's gateway", claim},
		{"gateways", "[-json]", 0, "all gateways: last contact, backlog, faults, version", gateways},
		{"lost", "GATEWAY -why TEXT [-json]", 1, "revoke a stolen or lost gateway and print the incident sheet", lost},
		{"subject export", "NUMBER -purpose TEXT", 1, "everything held about a person, as JSON", subjectExport},
		{"subject erase", "NUMBER -order REF", 1, "destroy what makes a person's dossiers readable, here and on the boxes", subjectErase},
		{"dossier erase", "ID -order REF", 1, "the same of one dossier: of an applicant who has no number", dossierErase},
		{"ferry import", "DIR", 1, "take what boxes have written onto a stick, and write the hub's word beside it", ferryImport},
		{"backup open", "FILE -out FILE -purpose TEXT", 1, "seal a box's backup for a technician, with a passphrase that is shown once", backupOpen},
		{"account add", "LOGIN -role ROLE [-name NAME] [-sites A,B]", 1, "an account for the page: viewer, province, auditor or admin; its passphrase is shown once", accountAdd},
		{"account list", "[-json]", 0, "the accounts of the page", accountList},
		{"account secret", "LOGIN", 1, "a new passphrase, shown once", accountSecret},
		{"account disable", "LOGIN", 1, "may not sign in any more", accountDisable},
		{"audit", "[-json]", 0, "who looked at what and why, checked from its first entry on", audit},
	}
}

// session is a verb being done.
type session struct {
	*options
	*parts
	world
	name string // the first name after the verb
}

// obey finds the verb and does it.
func obey(ctx context.Context, opt *options, w world) error {
	if opt.words[0] == "help" {
		return errUsage("help is hub -h")
	}
	v, names, err := find(opt.words)
	if err != nil {
		return err
	}
	for name, text := range opt.flags {
		if name != "by" && !strings.Contains(v.takes, "-"+name) {
			return errUsage(fmt.Sprintf("%s takes no -%s", v.name, name))
		}
		if slices.Contains(logged(), name) && province.NamesPerson(text) {
			return errUsage(fmt.Sprintf("-%s holds what may be a person's number, and the audit log keeps it for ever: say it without", name))
		}
	}
	cfg, err := loadConfig(opt.config)
	if err != nil {
		return err
	}
	s := &session{options: opt, world: w}
	if len(names) > 0 {
		s.name = names[0]
	}
	if s.parts, err = openParts(ctx, cfg, opt.state, w.now, newLogger(io.Discard, opt.log)); err != nil {
		return err
	}
	err = v.do(ctx, s)
	if closed := s.parts.close(); err == nil {
		err = closed
	}
	return err
}

// logged are the flags whose texts stand in the audit log.
func logged() []string { return []string{"by", "why", "purpose", "order"} }

// find returns the verb that words begin with, and what follows it.
func find(words []string) (verb, []string, error) {
	for _, v := range verbs() {
		n := strings.Count(v.name, " ") + 1
		if len(words) < n || strings.Join(words[:n], " ") != v.name {
			continue
		}
		if len(words)-n != v.names {
			return verb{}, nil, errUsage(fmt.Sprintf("usage: hub %s %s", v.name, v.takes))
		}
		return v, words[n:], nil
	}
	return verb{}, nil, errUsage(fmt.Sprintf("there is no verb %q", strings.Join(words, " ")))
}

// claim makes a claim code and shows it once. Until it is noted nobody has it.
func claim(ctx context.Context, s *session) error {
	code, c, err := s.registrar.NewClaim(ctx, enrol.Order{Site: kiosk.SiteCode(s.name), By: s.by(), Replaces: wire.GatewayID(s.flags["replaces"])})
	if err != nil {
		return err
	}
	purpose := "for the first box"
	if c.Replaces != "" {
		purpose = "replaces " + string(c.Replaces)
	}
	if err := s.note(ctx, "claim", string(c.Site), purpose); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s\n", code.Reveal())
	fmt.Fprintf(s.stderr, "for the box of %s, once, until %s; it is not shown again\n", c.Site, c.Until.In(kiosk.ICT()).Format("2006-01-02 15:04"))
	return s.warnOfBacklog(ctx, c.Replaces)
}

// warnOfBacklog tells what the box that is to be replaced had not sent when it was last heard:
// from the moment on in which the code is used, nobody takes that from it any more.
func (s *session) warnOfBacklog(ctx context.Context, old wire.GatewayID) error {
	if old == "" {
		return nil
	}
	heard, err := s.heard(ctx)
	if err != nil {
		return err
	}
	v := heard[old]
	if h := v.Health; h != nil && (h.Facts > 0 || h.Blobs > 0) {
		fmt.Fprintf(s.stderr, "%s had %d facts and %d pages to send at %s: if it still runs, let it send them, by line or by stick, before the code is used\n",
			old, h.Facts, h.Blobs, v.At.In(kiosk.ICT()).Format("2006-01-02 15:04"))
	}
	return nil
}

// number is the person's number: a name of the verb, or where that is "-" the first line of the
// standard input, where no list of processes shows it.
func (s *session) number() (string, error) {
	number := s.name
	if number == "-" {
		line, err := bufio.NewReader(io.LimitReader(s.stdin, 200)).ReadString('\n')
		if err != nil && line == "" {
			return "", fmt.Errorf("read the number: %w", err)
		}
		number = strings.TrimSpace(line)
	}
	if number == "" || len(number) > 40 {
		return "", errUsage("want a person's number")
	}
	return number, nil
}

// need returns a flag that a verb cannot do without.
func (s *session) need(name, what string) (string, error) {
	if v := strings.TrimSpace(s.flags[name]); v != "" {
		return v, nil
	}
	return "", errUsage(fmt.Sprintf("-%s is missing: %s", name, what))
}

// note writes a verb into the audit log, before it is done or anything of it is shown.
func (s *session) note(ctx context.Context, what, about, purpose string) error {
	_, err := s.store.Audit(ctx, hub.Audited{Who: "hub/" + s.by(), What: what, About: about, Purpose: purpose})
	return err
}

func subjectExport(ctx context.Context, s *session) error {
	purpose, err := s.need("purpose", "why it is looked at; it is written down")
	if err != nil {
		return err
	}
	number, err := s.number()
	if err != nil {
		return err
	}
	if err := s.note(ctx, "export", "", purpose); err != nil {
		return err
	}
	export, err := s.store.Export(ctx, number)
	if err != nil {
		return err
	}
	return s.printJSON(export)
}

func (s *session) printJSON(v any) error {
	e := json.NewEncoder(s.stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
