package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"entgo.io/ent/dialect/sql/sqlgraph"

	"galley/ent"
	"galley/ent/identity"
	"galley/ent/user"
	"galley/internal/audit"
	"galley/internal/email"
	"galley/internal/fault"
	"galley/internal/session"
	"galley/internal/textkey"
	"galley/internal/viewer"
)

// errMeanwhile is the error of an account or identity that came or went at the same time.
var errMeanwhile = errors.New("somebody else made or removed it at the same time")

var errClosed = fault.Reject(AccountClosed, "This account is closed")

// admit lets a person in, as the account that their identity is linked to.
func (w *Workflow) admit(ctx context.Context, f flow, p person, as session.Presentation) (in entered, err error) {
	for range 3 { // of those who come at once, one makes the account, and the others find it
		err = w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			u, err := w.identified(ctx, tx, f, p)
			if err != nil {
				return err
			}
			in = entered{account: u.ID}
			if f.account != 0 {
				return nil
			}
			if err := w.adopt(ctx, tx, u.ID); err != nil {
				return err
			}
			in.session, err = w.sessions.Begin(ctx, tx, u, as)
			return err
		})
		if !errors.Is(err, errMeanwhile) && !sqlgraph.IsUniqueConstraintError(err) {
			break
		}
	}
	return in, err
}

// identified finds the account of an identity, and links or makes it if there is none. It holds the account.
func (w *Workflow) identified(ctx context.Context, tx *ent.Tx, f flow, p person) (*ent.User, error) {
	known, err := tx.Identity.Query().Where(identity.Issuer(p.issuer), identity.Subject(p.subject)).Only(viewer.AsSystem(ctx))
	switch {
	case err != nil && !ent.IsNotFound(err):
		return nil, fmt.Errorf("find identity: %w", err)
	case err != nil && f.account != 0:
		return w.link(ctx, tx, f.account, p)
	case err != nil:
		return w.enrol(ctx, tx, p)
	case f.account != 0 && f.account != known.UserID:
		return nil, fault.Reject(LinkedElsewhere, "This opens another account here already")
	}
	u, err := w.hold(ctx, tx, known.UserID)
	if err != nil {
		return nil, err
	}
	used, err := tx.Identity.Update().Where(identity.ID(known.ID)).SetEmail(p.address()).SetUsedAt(w.db.Now()).Save(viewer.AsSystem(ctx))
	switch {
	case err != nil:
		return nil, fmt.Errorf("use identity: %w", err)
	case used == 0:
		return nil, errMeanwhile // it was unlinked
	}
	return u, nil
}

// link adds an identity to the account that asked for it.
func (w *Workflow) link(ctx context.Context, tx *ent.Tx, id int64, p person) (*ent.User, error) {
	u, err := w.hold(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return u, w.add(ctx, tx, u, p)
}

// enrol makes an account for somebody whose e-mail address the issuer has verified. An account that has the address
// belongs to whom it belongs to, whatever an issuer says: they link it themselves.
func (w *Workflow) enrol(ctx context.Context, tx *ent.Tx, p person) (*ent.User, error) {
	address, ok := email.Normalise(p.email)
	if !ok || !p.verified {
		return nil, fault.Reject(EmailUnverified, "The provider does not say that the e-mail address is yours: sign up with a password")
	}
	system := viewer.AsSystem(ctx)
	there, err := tx.User.Query().Where(user.Email(address)).Exist(system)
	switch {
	case err != nil:
		return nil, fmt.Errorf("find account: %w", err)
	case there:
		return nil, w.taken(system, tx, p)
	}
	called := p.called()
	u, err := tx.User.Create().SetEmail(address).SetEmailVerifiedAt(w.db.Now()).
		SetName(called).SetNameKey(textkey.Key(called)).Save(system)
	if err != nil {
		return nil, fmt.Errorf("create account: %w", err)
	}
	if err := w.claim(ctx, tx, u.ID, address); err != nil {
		return nil, fmt.Errorf("claim what a guest had: %w", err)
	}
	return u, w.add(ctx, tx, u, p)
}

// taken is why somebody gets no account whose e-mail address has one: unless they made it themselves at the same time.
func (w *Workflow) taken(ctx context.Context, tx *ent.Tx, p person) error {
	theirs, err := tx.Identity.Query().Where(identity.Issuer(p.issuer), identity.Subject(p.subject)).Exist(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("find identity again: %w", err)
	case theirs:
		return errMeanwhile
	}
	return fault.Reject(LinkNeeded, "There is an account with this e-mail address: sign in to it and begin again")
}

// add writes a new identity of an account, and notes it.
func (w *Workflow) add(ctx context.Context, tx *ent.Tx, u *ent.User, p person) error {
	row, err := tx.Identity.Create().SetUserID(u.ID).SetIssuer(p.issuer).SetSubject(p.subject).
		SetEmail(p.address()).SetUsedAt(w.db.Now()).Save(viewer.AsSystem(ctx))
	if err != nil {
		return fmt.Errorf("link identity: %w", err)
	}
	return audit.Note(ctx, tx, audit.Event{Action: "identityLink", Table: identity.Table, Key: row.ID, Actor: audit.As(u)})
}

// address is the person's e-mail address as it is kept beside the identity, where it proves nothing.
func (p person) address() string {
	address, _ := email.Normalise(p.email)
	return address
}

// called is the person's name as an account has it: one line, not too long.
func (p person) called() string {
	const most = 200
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(p.name, ""))
	runes := []rune(strings.Join(strings.Fields(line), " "))
	return strings.TrimSpace(string(runes[:min(most, len(runes))]))
}
