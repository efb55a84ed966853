package kiosk

// Ahead returns how many people of the same service wait before t, and how long t may have to
// wait; the range is nil while nobody serves its service. It is the forecast of
// [ServiceStatus.Expected] as it was when t was the newest, for the ticket's own page and slip.
func (s *Snapshot) Ahead(t *Ticket) (people int, wait *Range) {
	if _, ok := s.Setup.Service(t.Queue()); !ok {
		return 0, nil
	}
	for i := range s.Tickets {
		if o := &s.Tickets[i]; o.State == Waiting && o.Queue() == t.Queue() && o.Before(t) {
			people++
		}
	}
	f := newForecast(s.Counters, s.Tickets, t, handlings(s.Setup, s.Tickets), s.At)
	return people, f.expected(t.Queue())
}
