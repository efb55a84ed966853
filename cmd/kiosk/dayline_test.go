//go:build !noos

package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// dayLine is one line of `kioskctl audit export`.
type dayLine struct {
	Epoch    uint32    `json:"epoch"`
	Seq      uint64    `json:"seq"`
	Day      string    `json:"day"`
	At       time.Time `json:"at"`
	AtSure   bool      `json:"at_sure"`
	By       string    `json:"by"`
	Key      string    `json:"key"`
	Late     int64     `json:"late_s"`
	Kind     string    `json:"kind"`
	Number   string    `json:"number"`
	Service  string    `json:"service"`
	Counter  string    `json:"counter"`
	Verb     string    `json:"verb"`
	State    string    `json:"state"`
	Priority string    `json:"priority"`
	Was      string    `json:"was"`
	Language string    `json:"language"`
	To       string    `json:"to"`
	For      string    `json:"for"`
	Officer  string    `json:"officer"`
	What     string    `json:"what"`
	Detail   string    `json:"detail"`
	Level    string    `json:"level"`
	Reason   string    `json:"reason"`
	Hash     string    `json:"hash"`
	Yes      bool      `json:"yes"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Before   *struct { // of an undone step: the ticket before it
		State    string `json:"state"`
		Counter  string `json:"counter"`
		Priority string `json:"priority"`
		Queue    string `json:"queue"`
		Rating   string `json:"rating"`
		Legs     int    `json:"legs"`
	} `json:"before"`
}

func readDayLines(text []byte) ([]dayLine, error) {
	var lines []dayLine
	if err := json.Unmarshal(text, &lines); err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return lines, nil
}

// dayRules are what the checker has to know of the office.
type dayRules struct {
	services, counters []string
	breaks             []dayStretch // between the sessions of the day
	wait, handling     int64        // limits, in seconds
	group              int          // the fewest ratings that are shown together
}

// dayStretch is time that is nobody's waiting time.
type dayStretch struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why"`
}
