package main

// deviceKinds lists what may stand in kind= of a printer.
func deviceKinds() []string { return []string{"escpos"} }
