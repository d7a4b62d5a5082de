// Galley is a GraphQL backend-for-frontend for commerce: users, orders and products behind /query.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // the data of old orders is in London's time

	"galley/internal/config"
	"galley/internal/edge/clientkit"
	"galley/internal/session"
	"galley/schema"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "galley:", err)
		os.Exit(1)
	}
}

// run is the program. It has no state of its own: a test runs it as often as it likes.
func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	c, command, err := config.Parse(args, getenv, stdout)
	if err != nil {
		return err
	}
	switch command {
	case "serve":
		return serve(ctx, c.Serve, getenv, stdout)
	case "migrate":
		return migrate(ctx, c.Migrate, stdout)
	case "backup":
		return backUp(ctx, c.Backup, stdout)
	case "restore":
		return restore(ctx, c.Restore, stdout)
	case "import online-retail":
		return importHistory(ctx, c.Import.OnlineRetail, stdout)
	case "import products":
		return importProducts(ctx, c.Import.Products, stdout)
	case "export products":
		return exportProducts(ctx, c.Export.Products, stdout)
	case "admin create":
		return createAdmin(ctx, c.Admin.Create, os.Stdin, stdout)
	case "keys list":
		return listKeys(ctx, c.Keys.List, stdout)
	case "keys rotate":
		return changeKeys(ctx, c.Keys.Rotate, (*session.Workflow).Rotate, stdout)
	case "keys replace":
		return changeKeys(ctx, c.Keys.Replace, (*session.Workflow).Replace, stdout)
	case "verify":
		return verifyShop(ctx, c.Verify, stdout)
	case "schema":
		_, err := io.WriteString(stdout, schema.SDL())
		return err
	case "client-kit":
		return clientkit.Write(c.ClientKit.Directory)
	case "version":
		_, err := fmt.Fprintln(stdout, "galley", version())
		return err
	}
	return nil // help was asked for
}

// version is what the Go tool noted when it built the program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "development build"
}
