package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"galley/internal/account"
	"galley/internal/config"
	"galley/internal/database"
	"galley/internal/job"
)

// createAdmin opens an account that may do everything.
func createAdmin(ctx context.Context, settings config.AdminCreate, stdin *os.File, stdout io.Writer) error {
	password, err := newPassword(settings.Generate, stdin)
	if err != nil {
		return err
	}
	return inShop(ctx, settings.Database, func(db *database.DB) error {
		accounts := account.New(account.Options{Database: db, Jobs: job.New(db)})
		outcome, err := accounts.AdministratorCreate(ctx, account.AdministratorCreateInput{
			Email: settings.Email, Name: settings.Name, Password: password,
		})
		if err != nil {
			return err
		}
		var wrong []error
		for _, e := range outcome.UserErrors {
			wrong = append(wrong, fmt.Errorf("%s: %s", strings.Join(e.Field, "."), e.Message))
		}
		if len(wrong) > 0 {
			return errors.Join(wrong...)
		}
		_, err = fmt.Fprintf(stdout, "%s is an administrator\n", settings.Email)
		if settings.Generate && err == nil {
			_, err = fmt.Fprintln(stdout, "password:", password)
		}
		return err
	})
}

// newPassword is made, asked for twice without an echo, or the first line of what is piped in.
func newPassword(generate bool, stdin *os.File) (string, error) {
	if generate {
		return rand.Text(), nil
	}
	if !term.IsTerminal(int(stdin.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(stdin, 1<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := askPassword(stdin, "Password: ")
	if err != nil {
		return "", err
	}
	again, err := askPassword(stdin, "Again: ")
	if err == nil && first != again {
		err = errors.New("these are two different passwords")
	}
	return first, err
}

func askPassword(terminal *os.File, prompt string) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	text, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(text), nil
}
