package graph

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"galley/internal/database"
	"galley/internal/fault"
)

// Whoever runs the shop is told of what is wrong with it, and not of clients that have gone.
func TestErrorsAreMaskedAndToldToWhoeverRunsTheShop(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for name, c := range map[string]struct {
		ctx   context.Context //nolint:containedctx // of a case
		err   error
		code  fault.Code
		level string // of the line in the log, "" for none
	}{
		"a coded error":                            {t.Context(), fault.New(fault.NotFound, "no secret"), fault.NotFound, ""},
		"anything else":                            {t.Context(), errors.New("secret"), fault.Internal, "ERROR"},
		"a part that gave up for itself":           {t.Context(), context.Canceled, fault.Internal, "ERROR"},
		"a database that does not answer":          {t.Context(), fmt.Errorf("secret: %w", driver.ErrBadConn), fault.Unavailable, "ERROR"},
		"time that ran out":                        {late, fmt.Errorf("secret: %w", context.DeadlineExceeded), fault.Timeout, "WARN"},
		"a client that has gone":                   {gone, fmt.Errorf("secret: %w", context.Canceled), fault.Timeout, ""},
		"what broke because a client has gone":     {gone, errors.New("secret"), fault.Timeout, ""},
		"a mutation that may have happened anyway": {gone, fmt.Errorf("secret: %w", database.ErrOutcomeUnknown), fault.OutcomeUnknown, "ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			told := present(slog.New(slog.NewTextHandler(&log, nil)))(c.ctx, c.err)
			if told.Extensions["code"] != string(c.code) || strings.Contains(told.Message, "secret") && c.code != fault.NotFound {
				t.Errorf("told %+v", told)
			}
			if said := log.String(); (c.level == "") != (said == "") || !strings.Contains(said, c.level) {
				t.Errorf("logged %q, want %q", said, c.level)
			}
		})
	}
}
