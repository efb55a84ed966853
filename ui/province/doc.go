// Package province is the hub's page: what the province sees of its communes, in a browser, on an
// old PC, without a framework and nearly without a script.
//
// It shows the gateways, the ones in trouble first; a day's numbers across the offices; and
// dossiers with their history and pages, to who may see them and says why. [Accounts] are the
// people who sign in, each with a [Right]: a role, and for a viewer the sites that it is bound to.
//
// # What is logged, and when
//
// Every search, look and export is an entry in the hub's chained log before a byte of it is shown:
// where the [Log] does not take the entry, nothing is shown. An entry names an account, what it
// did, the dossier, and the purpose as it was typed; never a person. A purpose is asked for at the
// first look at a dossier and holds for that session and that dossier for a quarter of an hour.
// Who may not see a dossier gets the same answer as for one that does not exist.
//
// # A wiring
//
//	accounts, err := province.OpenAccounts(ctx, province.AccountsConfig{People: …, Rights: …, Log: …})
//	gate, err := lan.NewGate(accounts, key, shield) // its Named, beside a kiosk on one machine
//	pages, err := province.New(province.Options{Hub: …, Log: …, Accounts: accounts, Gate: gate, Sites: sites})
//	server := lan.Server{Handler: shield.Secured(pages.Handler()), Certificate: cert, …}
//
// The listener is one of its own: the gateways' asks for a client's certificate, and a browser
// would ask its user for one. accounts.Run ends sessions in which nothing is done.
package province
