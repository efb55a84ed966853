// Package door holds the tests of the hub's door over real stores: requests of gateways, good and
// bad, against hub.Hub with SQLite and files beneath. They lie apart from package hub, because the
// fuzz targets there are built with everything that their package's tests import, and SQLite takes
// minutes under the fuzzer's instrumentation.
package door
