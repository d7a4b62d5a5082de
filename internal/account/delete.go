package account

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	entsession "galley/ent/session"
	"galley/ent/user"
	"galley/internal/audit"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/job"
	"galley/internal/mail"
	"galley/internal/session"
	"galley/internal/staff"
	"galley/internal/viewer"
)

// freshFor is how long a sign-in is as good as the password.
const freshFor = 10 * time.Minute

// AccountDelete has the viewer's own account deleted when the time of grace has passed. Until then it works as
// before, and its owner may keep it.
func (w *Workflow) AccountDelete(ctx context.Context, in DeleteInput) (*database.Outcome, error) {
	if _, err := owner(ctx); err != nil {
		return nil, err
	}
	var p proof
	if in.Password != nil {
		var err error
		if p, err = w.prove(ctx, *in.Password); err != nil {
			return nil, err
		}
	}
	v := viewer.From(ctx)
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		leave := func() error { return w.leave(ctx, tx, in, p) }
		if v.Kind == viewer.Staff {
			return v.UserID, staff.KeepAdministrator(ctx, w.db, tx, "password", leave)
		}
		return v.UserID, leave()
	})
}

// leave schedules the deletion of the viewer's own account, if it is not yet.
func (w *Workflow) leave(ctx context.Context, tx *ent.Tx, in DeleteInput, p proof) error {
	u, err := w.holdDeletable(ctx, tx, in, p)
	if err != nil || u.DeleteAfter != nil {
		return err
	}
	return w.schedule(ctx, tx, u)
}

// holdDeletable holds the viewer's own account, if they have shown that it is theirs: by the password, or by a
// sign-in a moment ago, for accounts without one.
func (w *Workflow) holdDeletable(ctx context.Context, tx *ent.Tx, in DeleteInput, p proof) (*ent.User, error) {
	if in.Password != nil {
		return w.holdProven(ctx, tx, p, "password")
	}
	v := viewer.From(ctx)
	fresh, err := tx.Session.Query().
		Where(entsession.ID(v.SessionID), entsession.UserID(v.UserID), entsession.CreatedAtGT(w.db.Now().Add(-freshFor))).Exist(viewer.AsSystem(ctx))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read session: %w", err)
	case !fresh:
		return nil, fault.Reject(CredentialsWrong, "Give the password, or sign in again first", "password")
	}
	return w.holdOwn(ctx, tx, v.UserID)
}

func (w *Workflow) schedule(ctx context.Context, tx *ent.Tx, u *ent.User) error {
	at := w.db.Now().Add(w.grace)
	if err := w.setDeletion(ctx, tx, u, &at, "accountDelete"); err != nil {
		return err
	}
	if _, err := w.jobs.AddAt(ctx, tx, deleteJob, userJob{u.ID}, at); err != nil {
		return err
	}
	letter := told(mail.DeletionScheduled, u)
	letter.At = at
	return w.tell(ctx, tx, letter)
}

// AccountDeleteCancel keeps the viewer's own account, if its time of grace has not passed.
func (w *Workflow) AccountDeleteCancel(ctx context.Context) (*database.Outcome, error) {
	id, err := owner(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		u, err := w.holdOwn(ctx, tx, id)
		if err != nil || u.DeleteAfter == nil {
			return id, err
		}
		return id, w.setDeletion(ctx, tx, u, nil, "accountDeleteCancel")
	})
}

func (w *Workflow) setDeletion(ctx context.Context, tx *ent.Tx, u *ent.User, at *time.Time, action string) error {
	update := tx.User.Update().Where(user.ID(u.ID)).AddVersion(1).SetNillableDeleteAfter(at)
	if at == nil {
		update.ClearDeleteAfter()
	}
	if err := update.Exec(viewer.AsSystem(ctx)); err != nil {
		return fmt.Errorf("schedule deletion: %w", err)
	}
	return audit.Note(ctx, tx, audit.Event{Action: action, Table: user.Table, Key: u.ID})
}

// deleteDue deletes an account whose time of grace has passed. Nothing happens to one that was kept, nor before
// the time that was said last.
func (w *Workflow) deleteDue(ctx context.Context, _ job.Job, p userJob) error {
	return w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		// Nothing may begin to refer to the account meanwhile: an order would stay with its address.
		u, err := session.Hold(ctx, tx, p.User, sql.LockUpdate)
		if code, _ := fault.CodeOf(err); code == fault.NotFound {
			return nil
		}
		if err != nil || u.DeleteAfter == nil || u.DeleteAfter.After(w.db.Now()) {
			return err
		}
		if err := w.remove(ctx, tx, u); err != nil {
			return err
		}
		if err := audit.Note(ctx, tx, audit.Event{Action: "accountDeleted", Table: user.Table, Key: u.ID}); err != nil {
			return err
		}
		return w.tell(ctx, tx, told(mail.AccountDeleted, u))
	})
}
