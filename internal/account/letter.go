package account

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"galley/ent"
	"galley/ent/confirmation"
	"galley/ent/predicate"
	"galley/ent/user"
	"galley/internal/job"
	"galley/internal/mail"
	"galley/internal/session"
)

// The kinds of jobs of accounts.
const (
	signUpJob      = "account.sign_up"
	verifyJob      = "account.verify"
	resetJob       = "account.password_reset"
	emailChangeJob = "account.email_change"
	tellJob        = "account.tell"
	deleteJob      = "account.delete"
)

// handlers are who does the jobs. Each may run again, and sends the same letter then.
func (w *Workflow) handlers() map[string]job.Handler {
	return map[string]job.Handler{
		signUpJob:         handle(w.writeSignUp),
		verifyJob:         handle(w.writeVerify),
		resetJob:          handle(w.writeReset),
		emailChangeJob:    handle(w.writeEmailChange),
		tellJob:           handle(w.writeTold),
		deleteJob:         handle(w.deleteDue),
		session.NewDevice: handle(w.writeNewDevice),
	}
}

// What jobs carry: keys and addresses, no secrets.
type (
	confirmationJob struct {
		Confirmation int64 `json:"confirmation,string"`
	}
	addressJob struct {
		Email string `json:"email"`
	}
	userJob struct {
		User int64 `json:"user,string"`
	}
	// toldJob is a letter that says what has happened. It has its recipient with it: the account may have
	// another address by now, or be gone.
	toldJob struct {
		Template mail.Template `json:"template"`
		Email    string        `json:"email"`
		Name     string        `json:"name"`
		NewEmail string        `json:"newEmail,omitempty"`
		At       time.Time     `json:"at,omitzero"`
	}
)

// handle makes a handler of a function that takes its job's payload.
func handle[P any](do func(context.Context, job.Job, P) error) job.Handler {
	return func(ctx context.Context, j job.Job) error {
		var payload P
		if err := json.Unmarshal(j.Payload, &payload); err != nil {
			return fmt.Errorf("read job: %w", err)
		}
		return do(ctx, j, payload)
	}
}

// send sends the letter of a job.
func (w *Workflow) send(ctx context.Context, j job.Job, to, name string, t mail.Template, data any) error {
	l := mail.Letter{ID: j.Kind + "." + strconv.FormatInt(j.Key, 10), To: to, Name: name, Template: t, Data: data}
	if err := w.letters.Send(ctx, l); err != nil {
		return fmt.Errorf("send %s: %w", t, err)
	}
	return nil
}

// sendToken sends a letter with the secret of a confirmation.
func (w *Workflow) sendToken(ctx context.Context, j job.Job, c *ent.Confirmation, name string, t mail.Template, hours int) error {
	var text string
	err := w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		text, err = w.issue(ctx, tx, c.ID, hours)
		return err
	})
	if err != nil {
		return err
	}
	return w.send(ctx, j, c.Email, name, t, mail.TokenData{Token: text, Hours: hours})
}

// writeSignUp writes to who wants an account, and may have one. The name that a sign-up gives stays out of the
// letter: a stranger may have written it.
func (w *Workflow) writeSignUp(ctx context.Context, j job.Job, p confirmationJob) error {
	c, err := w.pending(ctx, p)
	if c == nil || err != nil {
		return err
	}
	if done, err := w.writeHasAccount(ctx, j, c.Email); done || err != nil {
		return err
	}
	return w.sendToken(ctx, j, c, "", mail.ConfirmSignUp, verifyHours)
}

// writeHasAccount writes to the account that has an address, if there is one.
func (w *Workflow) writeHasAccount(ctx context.Context, j job.Job, address string) (bool, error) {
	u, err := w.reader(ctx, user.Email(address))
	if u == nil || err != nil {
		return false, err
	}
	return true, w.send(ctx, j, u.Email, u.Name, mail.HasAccount, nil)
}

func (w *Workflow) writeVerify(ctx context.Context, j job.Job, p confirmationJob) error {
	c, err := w.pending(ctx, p)
	if c == nil || err != nil {
		return err
	}
	u, err := w.reader(ctx, user.ID(*c.UserID), user.Email(c.Email))
	if u == nil || err != nil {
		return err
	}
	return w.sendToken(ctx, j, c, u.Name, mail.VerifyEmail, verifyHours)
}

func (w *Workflow) writeEmailChange(ctx context.Context, j job.Job, p confirmationJob) error {
	c, err := w.pending(ctx, p)
	if c == nil || err != nil {
		return err
	}
	if done, err := w.writeHasAccount(ctx, j, c.Email); done || err != nil {
		return err
	}
	return w.sendToken(ctx, j, c, "", mail.ConfirmEmail, verifyHours) // a stranger may have asked for it
}

// writeReset writes to who has forgotten a password, and may have no account. The confirmation has the job's
// key, so that it is made once.
func (w *Workflow) writeReset(ctx context.Context, j job.Job, p addressJob) error {
	u, err := w.reader(ctx, user.Email(p.Email), user.Active(true))
	if err != nil {
		return err
	}
	if u == nil {
		return w.send(ctx, j, p.Email, "", mail.NoAccount, nil)
	}
	err = w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		made, err := tx.Confirmation.Query().Where(confirmation.ID(j.Key)).Exist(ctx)
		if made || err != nil {
			return err
		}
		return tx.Confirmation.Create().SetID(j.Key).SetPurpose(confirmation.PurposeRESET).SetUserID(u.ID).SetEmail(u.Email).
			SetExpiresAt(w.db.Now().Add(verifyHours * time.Hour)).Exec(ctx)
	})
	if err != nil {
		return fmt.Errorf("write confirmation: %w", err)
	}
	c, err := w.pending(ctx, confirmationJob{j.Key})
	if c == nil || err != nil {
		return err
	}
	return w.sendToken(ctx, j, c, u.Name, mail.ResetPassword, resetHours)
}

func (w *Workflow) writeNewDevice(ctx context.Context, j job.Job, p session.Device) error {
	u, err := w.reader(ctx, user.ID(p.UserID))
	if u == nil || err != nil {
		return err
	}
	return w.send(ctx, j, u.Email, u.Name, mail.NewDevice, mail.NewDeviceData{Address: p.Address, UserAgent: p.UserAgent, At: p.At})
}

func (w *Workflow) writeTold(ctx context.Context, j job.Job, p toldJob) error {
	var data any
	switch p.Template {
	case mail.EmailChanged:
		data = mail.EmailChangedData{NewEmail: p.NewEmail}
	case mail.DeletionScheduled:
		data = mail.DeletionScheduledData{At: p.At}
	}
	return w.send(ctx, j, p.Email, p.Name, p.Template, data)
}

// told is a letter to an account's owner.
func told(t mail.Template, u *ent.User) toldJob {
	return toldJob{Template: t, Email: u.Email, Name: u.Name}
}

// tell has a letter sent that says what has happened.
func (w *Workflow) tell(ctx context.Context, tx *ent.Tx, letter toldJob) error {
	_, err := w.jobs.Add(ctx, tx, tellJob, letter)
	return err
}

// pending is the confirmation that a letter is to be written for: nil if it is not wanted any more.
func (w *Workflow) pending(ctx context.Context, p confirmationJob) (*ent.Confirmation, error) {
	c, err := w.db.Client.Confirmation.Query().Where(confirmation.ID(p.Confirmation), confirmation.UsedAtIsNil()).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("read confirmation: %w", err)
	}
	return c, nil
}

// reader is the account that a letter is for: nil if there is none.
func (w *Workflow) reader(ctx context.Context, which ...predicate.User) (*ent.User, error) {
	u, err := w.db.Client.User.Query().Where(which...).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return nil, fmt.Errorf("read account: %w", err)
	}
	return u, nil
}

// masked is an e-mail address that its owner recognises, and others cannot write to.
func masked(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	return local[:1] + "…@" + domain
}
