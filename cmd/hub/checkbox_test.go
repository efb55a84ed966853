//go:build soak

package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// readBox reads what a gateway says of itself, by kioskctl alone.
func readBox(ctx context.Context, kioskctl, state string) (*box, error) {
	ask := func(out any, words ...string) error {
		b, err := verb(ctx, kioskctl, append([]string{"-state", state, "-json"}, words...)...)
		if err == nil {
			err = json.Unmarshal(b, out)
		}
		if err != nil {
			return fmt.Errorf("kioskctl %v: %w", words, err)
		}
		return nil
	}
	var status struct{ Site string }
	var line struct {
		Gateway string
		Facts   int
	}
	var head struct {
		Epoch, Seq uint64
		Hash       string
	}
	var dossiers []struct{ ID, State string }
	var days []string
	for _, q := range []struct {
		out   any
		words []string
	}{
		{&status, []string{"status"}}, {&line, []string{"line"}}, {&dossiers, []string{"dossiers"}}, {&days, []string{"days"}}, {&head, []string{"audit", "verify"}},
	} {
		if err := ask(q.out, q.words...); err != nil {
			return nil, err
		}
	}
	b := &box{
		gateway: line.Gateway, site: status.Site, head: spot{head.Epoch, head.Seq}, chain: head.Hash, waiting: line.Facts,
		dossiers: map[string]string{},
	}
	for _, d := range dossiers {
		b.dossiers[d.ID] = d.State
	}
	for _, day := range days {
		export, err := verb(ctx, kioskctl, "-state", state, "audit", "export", day)
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(export)) == 0 {
			continue
		}
		facts, err := readAudit(export)
		if err != nil {
			return nil, err
		}
		b.facts = append(b.facts, facts...)
	}
	slices.SortStableFunc(b.facts, func(x, y told) int { return x.at.compare(y.at) })
	return b, nil
}
