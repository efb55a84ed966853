// Command kiosk is the gateway: the queue machine of a commune's one-stop office.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

// run reads the configuration and says what is wrong with it.
func run(args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("kiosk", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("config", "", "the office, a TOML file")
	if flags.Parse(args) != nil {
		return 2
	}
	if _, err := loadConfig(*file); err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	return 0
}
