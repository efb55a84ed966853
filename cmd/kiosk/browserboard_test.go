package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/motcua/gateway/kiosk/control"
)

// shownBoard is what a board's stream says, as far as it is looked at here.
type shownBoard struct {
	Pair *struct {
		Digits string `json:"digits"`
	} `json:"pair"`
	Board *struct {
		Counters []struct {
			Code   string `json:"code"`
			Number string `json:"number"`
		} `json:"counters"`
	} `json:"board"`
}

// television lets the i-th board in by its four digits.
func (b *webBox) television(i int) *webClient {
	b.t.Helper()
	tv := newWebClient(b.t, b.site, fmt.Sprintf("127.0.0.%d", 40+i))
	if status, _, err := tv.get(b.t.Context(), "/board"); err != nil || status != http.StatusOK {
		b.t.Fatalf("the board's page: %d %v", status, err)
	}
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	paired := false
	_ = tv.watch(ctx, func(s shownBoard) bool {
		if s.Pair != nil {
			webAsk[control.Board](b, http.MethodPost, "/v1/boards", control.Pair{Digits: s.Pair.Digits, Name: fmt.Sprintf("Ti vi %d", i)})
		}
		paired = s.Board != nil
		return !paired
	})
	if !paired {
		b.t.Fatal("the board was not let in")
	}
	return tv
}

// watch reads a board's stream until ctx ends or look has seen enough.
func (c *webClient) watch(ctx context.Context, look func(shownBoard) bool) error {
	a, err := c.stream(ctx, "/board/stream")
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("board's stream: %s", a.Status)
	}
	lines := bufio.NewScanner(a.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		var s shownBoard
		if !ok || json.Unmarshal([]byte(data), &s) != nil {
			continue
		}
		if !look(s) {
			return nil
		}
	}
	return lines.Err()
}
