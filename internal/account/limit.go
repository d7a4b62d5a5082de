package account

import (
	"context"
	"time"

	"galley/internal/attempt"
)

// guesses are the limits of comparing passwords. A stranger who guesses from one address is stopped by the
// narrow limit of account and address, long before the account's own is used up: its owner still signs in from
// elsewhere. What was no guess is given back.
func guesses(ctx context.Context, account string) []attempt.Try {
	tries := []attempt.Try{attempt.Limit{Name: "password.account", Burst: 100, Every: 30 * time.Second}.By(account)}
	if address := attempt.Address(ctx); address != "" {
		tries = append(tries,
			attempt.Limit{Name: "password.pair", Burst: 10, Every: 2 * time.Minute}.By(account, address),
			attempt.Limit{Name: "password.address", Burst: 50, Every: 5 * time.Second}.By(address))
	}
	return tries
}

// tokens are the limits of using a letter's secret, known or not.
func tokens(ctx context.Context, text string) []attempt.Try {
	tries := []attempt.Try{attempt.Limit{Name: "token", Burst: 10, Every: time.Minute}.By(text)}
	if address := attempt.Address(ctx); address != "" {
		tries = append(tries, attempt.Limit{Name: "token.address", Burst: 30, Every: 10 * time.Second}.By(address))
	}
	return tries
}

// exports is the limit of asking for all of one's data.
func exports(account string) attempt.Try {
	return attempt.Limit{Name: "export", Burst: 5, Every: 10 * time.Minute}.By(account)
}
