package config

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Commands are the commands of the one binary.
type Commands struct {
	Serve     Serve     `cmd:"" default:"withargs" help:"Serve the shop. This is what happens without a command."`
	Migrate   Migrate   `cmd:"" help:"Prepare the database for this version, and stop."`
	Backup    Backup    `cmd:"" help:"Write the whole shop into a file, while it is open."`
	Restore   Restore   `cmd:"" help:"Read a backup into an empty database, on either engine."`
	Import    Import    `cmd:"" help:"Bring products or a history of orders into the shop."`
	Export    Export    `cmd:"" help:"Write what is in the shop into a file."`
	Admin     Admin     `cmd:"" help:"Make an administrator."`
	Keys      Keys      `cmd:"" help:"List or change the keys that access tokens are signed with."`
	Verify    Verify    `cmd:"" help:"Tell whether the shop keeps what always holds of it, while it is open. The exit status is 1 if it does not."`
	Schema    struct{}  `cmd:"" help:"Print the GraphQL schema."`
	ClientKit ClientKit `cmd:"" help:"Write what the build of a client needs into a directory: schema, types, cache keys, error codes."`
	Version   struct{}  `cmd:"" help:"Print the version."`
}

// Migrate are the settings of what prepares the database.
type Migrate struct {
	Database
	Status bool `help:"Only say what would be done."`
}

// Backup are the settings of what writes a backup.
type Backup struct {
	Database
	File  string `arg:"" help:"Where to; - is standard output."`
	Force bool   `help:"Overwrite the file if it is there."`
}

// Restore are the settings of what reads a backup.
type Restore struct {
	Database
	File string `arg:"" help:"The backup; - is standard input."`
}

// Verify are the settings of what checks the shop.
type Verify struct {
	Database
	JSON bool `name:"json" help:"Print the report as JSON."`
}

// ClientKit are the settings of what writes the client kit.
type ClientKit struct {
	Directory string `arg:"" help:"Where to; it is made if it is not there."`
}

// Keys are the commands of the signing keys.
type Keys struct {
	List    KeysList   `cmd:"" default:"withargs" help:"List them. This is what happens without a command."`
	Rotate  KeysChange `cmd:"" help:"Have the next key sign, and make another next one. Nobody is signed out."`
	Replace KeysChange `cmd:"" help:"Make all of them anew, because one has leaked or GALLEY_SECRET_KEY is lost. Clients refresh their tokens; nobody is signed out."`
}

// KeysList are the settings of what lists the signing keys.
type KeysList struct{ Database }

// KeysChange are the settings of what changes the signing keys.
type KeysChange struct {
	Database
	Secrets
}

// Validate checks the settings. An error names the variable.
func (k KeysChange) Validate() error {
	_, err := k.Ring()
	return errors.Join(k.Database.Validate(), err)
}

// Parse reads the command line and the environment. It returns the command's name, or "" after help
// was asked for and printed.
func Parse(args []string, getenv func(string) string, stdout io.Writer) (*Commands, string, error) {
	var c Commands
	helped := false
	parser, err := kong.New(&c,
		kong.Name("galley"),
		kong.Description("A GraphQL backend-for-frontend for commerce. Each setting is a flag or a variable of the environment; the flag wins."),
		kong.Writers(stdout, stdout),
		kong.Exit(func(int) { helped = true }),
		kong.Resolvers(environment(getenv)),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true}),
		kong.ValueFormatter(func(v *kong.Value) string { return v.Help + variableOf(v) }),
	)
	if err != nil {
		return nil, "", fmt.Errorf("read settings: %w", err)
	}
	ctx, err := parser.Parse(args)
	if helped {
		return &c, "", nil
	}
	if wrong, ok := errors.AsType[unreadable](err); ok {
		return nil, "", wrong // kong's own words would name the flag
	}
	if err != nil {
		return nil, "", err
	}
	return &c, commandOf(ctx.Command()), nil
}

// commandOf is a command's name without its arguments, which kong names as <file>.
func commandOf(path string) string {
	name, _, _ := strings.Cut(path, " <")
	return name
}

// environment resolves flags from the environment, by the variable that their tag names.
func environment(getenv func(string) string) kong.ResolverFunc {
	return func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if variable := flag.Tag.Get("setting"); variable != "" {
			if value := getenv(variable); value != "" {
				return value, readable(variable, value, flag.Target.Type())
			}
		}
		return nil, nil //nolint:nilnil // kong: not set
	}
}

// unreadable is the error of a variable whose value is not what it must be.
type unreadable struct{ variable, must, value string }

func (u unreadable) Error() string {
	return fmt.Sprintf("%s is %s, not %q", u.variable, u.must, u.value)
}

// readable tells whether a variable's value is of its flag's type. What is wrong would else be told of
// the flag, which nobody has set.
func readable(variable, value string, setting reflect.Type) error {
	switch setting {
	case reflect.TypeFor[time.Duration]():
		if _, err := time.ParseDuration(value); err != nil {
			return unreadable{variable, "a time such as 10s or 1m30s", value}
		}
	case reflect.TypeFor[int]():
		if _, err := strconv.Atoi(value); err != nil {
			return unreadable{variable, "a whole number", value}
		}
	case reflect.TypeFor[bool]():
		switch strings.ToLower(value) {
		case "true", "yes", "1", "false", "no", "0": // as kong has it
		default:
			return unreadable{variable, "true or false", value}
		}
	}
	return nil
}

func variableOf(v *kong.Value) string {
	if variable := v.Tag.Get("setting"); variable != "" {
		return " ($" + variable + ")"
	}
	return ""
}
