//go:build !noos

package main

import "time"

// dayRowSeen is a ticket as the officers' page has it.
type dayRowSeen struct {
	Number   string `json:"n"`
	State    string `json:"st"`
	Priority string `json:"p"`
	Moves    int    `json:"m"`
	At       int64  `json:"at"`
	Due      int64  `json:"due"`
	Left     int    `json:"left"`
	Calls    int    `json:"calls"`
	Counter  string `json:"q"`
}

type dayQueueSeen struct {
	Count int          `json:"count"`
	Rows  []dayRowSeen `json:"rows"`
}

// dayPage is what the officers' page shows, as far as an officer looks at it.
type dayPage struct {
	Boot    string `json:"boot"`
	Version uint64 `json:"v"`
	Day     int    `json:"day"`
	Seat    struct {
		State string `json:"state"`
	} `json:"seat"`
	Hand    *dayRowSeen  `json:"hand"`
	Waiting dayQueueSeen `json:"waiting"`
	Held    dayQueueSeen `json:"held"`
	NoShow  dayQueueSeen `json:"noShow"`
	Undo    *struct {
		Number string `json:"n"`
		Verb   string `json:"verb"`
	} `json:"undo"`
}

// dayPress is one press, as the page's script keeps it until the box has answered.
type dayPress struct {
	Key     string `json:"key"`
	Counter string `json:"counter"`
	Verb    string `json:"verb"`
	Number  string `json:"number"`
	Day     int    `json:"day"`
	Hand    string `json:"hand"`
	Moves   int    `json:"moves"`
	To      string `json:"to"`
	For     string `json:"for"`
	Place   string `json:"place"`
	After   int    `json:"after"`
	Late    int64  `json:"late"` // seconds from the press to when it is sent

	at      time.Time // of the press
	offline bool      // pressed while the box could not be heard
}

// dayAnswer is what the box said to a press.
type dayAnswer struct {
	Press  dayPress
	Number string      `json:"number"`
	State  string      `json:"state"`
	Again  bool        `json:"again"`
	Page   dayPage     `json:"page"`
	Code   string      `json:"code"` // of a refusal; empty: it was done
	Now    *dayRowSeen `json:"now"`
	Tries  int
}
