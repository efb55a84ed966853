package kiosk

// Ahead returns how many people of the same service wait before t, and how long t may have to
// wait; the range is nil while nobody serves its service. It is the forecast of
// [ServiceStatus.Expected] as it was when t was the newest, for the ticket's own page and slip.
func (s *Snapshot) Ahead(t *Ticket) (people int, wait *Range) {
	service, ok := s.Setup.Service(t.Service)
	if !ok {
		return 0, nil
	}
	var before []Ticket
	for _, o := range s.Tickets {
		if o.State == Waiting && o.Order >= t.Order {
			continue
		}
		before = append(before, o)
		if o.State == Waiting && o.Service == t.Service {
			people++
		}
	}
	return people, expected(service, s.Counters, before, handlings(s.Setup, s.Tickets), s.At)
}
