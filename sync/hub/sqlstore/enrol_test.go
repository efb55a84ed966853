package sqlstore_test

import (
	"testing"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/enrol/enroltest"
)

func TestEnrolment(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(testing.TB) place{"sqlite": sqlitePlace, "postgres": postgresPlace} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			enroltest.StoreSuite(t, func(t *testing.T) (a, b enrol.Store, again func(*testing.T) enrol.Store) {
				p := make(t)
				return p.open(t).Enrolment(), p.open(t).Enrolment(), func(t *testing.T) enrol.Store { return p.open(t).Enrolment() }
			})
		})
	}
}
