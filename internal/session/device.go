package session

import (
	"context"
	"fmt"
	"time"

	"galley/ent"
	"galley/ent/session"
)

// NewDevice is the kind of job that tells an account's owner of a sign-in from somewhere new.
const NewDevice = "mail.new_device"

// Device is what such a job is about: its payload.
type Device struct {
	UserID    int64     `json:"userId"`
	Address   string    `json:"address"`
	UserAgent string    `json:"userAgent"`
	At        time.Time `json:"at"`
}

// newcomer is how long a sign-in is no news to an account's owner: they have just opened it.
const newcomer = time.Hour

// noticeDevice asks for a letter unless the account was signed in with the same program from the same
// address in the last thirty days: ended sessions stay that long.
func (w *Workflow) noticeDevice(ctx context.Context, tx *ent.Tx, u *ent.User) error {
	now := w.db.Now()
	address, agent := from(ctx)
	if w.queue == nil || address == "" || now.Sub(u.CreatedAt) < newcomer {
		return nil
	}
	known, err := tx.Session.Query().Where(session.UserID(u.ID), session.Address(address), session.UserAgent(agent)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("look for the device: %w", err)
	}
	if known {
		return nil
	}
	_, err = w.queue.Add(ctx, tx, NewDevice, Device{u.ID, address, agent, now})
	return err
}
