//go:build !noos

package main

import (
	"encoding/json"
	"fmt"
)

// dayRow is a row of the report, as its JSON names it.
type dayRow struct {
	Issued    int       `json:"issued"`
	Legs      int       `json:"legs"`
	Served    int       `json:"served"`
	Sent      int       `json:"sent"`
	NoShow    int       `json:"no_show"`
	Cancelled int       `json:"cancelled"`
	Lapsed    int       `json:"lapsed"`
	Open      int       `json:"open"`
	Recalls   int       `json:"recalls"`
	Undone    int       `json:"undone"`
	Waiting   daySpread `json:"waiting"`
	Handling  daySpread `json:"handling"`

	waits, handlings []int64
}

type dayServiceRow struct {
	Service string `json:"service"`
	dayRow
}

type dayCounterRow struct {
	Counter string `json:"counter"`
	dayRow
}

type dayHourRow struct {
	Hour int `json:"hour"`
	dayRow
}

type dayOfficerRow struct {
	Officer   string    `json:"officer"`
	Served    int       `json:"served"`
	Sent      int       `json:"sent"`
	Handling  daySpread `json:"handling"`
	handlings []int64
}

type dayLevels struct {
	VeryGood int `json:"very_good"`
	Good     int `json:"good"`
	Bad      int `json:"bad"`
}

func (l dayLevels) sum() int { return l.VeryGood + l.Good + l.Bad }

type dayRated struct {
	Of string `json:"of"`
	dayLevels
}

type dayRatings struct {
	Given    int         `json:"given"`
	Few      bool        `json:"few"`
	Total    dayLevels   `json:"total"`
	Counters []dayRated  `json:"counters"`
	Officers []dayRated  `json:"officers"`
	Reasons  []dayReason `json:"reasons"`

	HiddenCounters int `json:"hidden_counters"`
	HiddenOfficers int `json:"hidden_officers"`
}

type dayReason struct {
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

// dayReport is the report of a day: read from the gateway's JSON, or counted here.
type dayReport struct {
	Site          string          `json:"site"`
	Day           string          `json:"day"`
	Facts         int             `json:"facts"`
	Last          string          `json:"last"`
	Closed        bool            `json:"closed"`
	WaitLimit     int64           `json:"wait_limit_s"`
	HandlingLimit int64           `json:"handling_limit_s"`
	Total         dayRow          `json:"total"`
	Services      []dayServiceRow `json:"services"`
	Counters      []dayCounterRow `json:"counters"`
	Hours         []dayHourRow    `json:"hours"`
	Officers      []dayOfficerRow `json:"officers"`
	Priority      struct {
		Declared int `json:"declared"`
		Card     int `json:"card"`
		Raised   int `json:"raised"`
		Lowered  int `json:"lowered"`
	} `json:"priority"`
	Ratings      dayRatings   `json:"ratings"`
	Excluded     []dayStretch `json:"excluded"`
	MoreExcluded int          `json:"more_excluded"`
	Unsure       struct {
		Waits     int `json:"waits"`
		Handlings int `json:"handlings"`
	} `json:"unsure"`
	Late int `json:"late"`
	Seal *struct {
		At   string `json:"at"`
		Hash string `json:"hash"`
	} `json:"seal"`
}

func readDayReport(text []byte) (dayReport, error) {
	var r dayReport
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read the report: %w", err)
	}
	return r, nil
}
