package enroltest_test

import (
	"testing"

	"github.com/motcua/gateway/sync/enrol"
	"github.com/motcua/gateway/sync/enrol/enroltest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	enroltest.StoreSuite(t, func(*testing.T) (a, b enrol.Store, again func(*testing.T) enrol.Store) {
		m := &enroltest.Memory{}
		return m, m, nil
	})
}
