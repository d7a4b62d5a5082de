// Package mail writes the shop's letters, as text and HTML, and hands them to a mail server.
package mail

import "context"

// Template names a letter's words.
type Template string

// The letters. What each is filled with is in the struct of the same name with Data behind it, if there is one.
const (
	ConfirmSignUp     Template = "confirm_sign_up"    // to somebody who opens an account
	HasAccount        Template = "has_account"        // to somebody who does, and has one
	VerifyEmail       Template = "verify_email"       // to an account whose address is not verified yet
	ResetPassword     Template = "reset_password"     // to who forgot it
	NoAccount         Template = "no_account"         // to who asked for a new password, and has no account
	PasswordChanged   Template = "password_changed"   // to who changed it
	ConfirmEmail      Template = "confirm_email"      // to the new address
	EmailChanged      Template = "email_changed"      // to the old one
	NewDevice         Template = "new_device"         // after a sign-in from where there was none before
	DeletionScheduled Template = "deletion_scheduled" // how to keep the account
	AccountDeleted    Template = "account_deleted"
	OrderPlaced       Template = "order_placed"
	OrderCancelled    Template = "order_cancelled"
	OrderExpired      Template = "order_expired"   // its payment did not come
	OrderShipped      Template = "order_shipped"   // a parcel of it
	OrderTracking     Template = "order_tracking"  // where a parcel is to be looked for is known, or another
	OrderDelivered    Template = "order_delivered" // a parcel of it
	OrderRefunded     Template = "order_refunded"  // money was given back
	OrderAccess       Template = "order_access"    // to who wants to see it again
)

// Letter is a letter to one person.
type Letter struct {
	ID       string // the same each time that the same letter is sent: what its Message-ID is made of
	To       string // the e-mail address
	Name     string // the person's, may be empty
	Template Template
	Data     any // what the template is filled with; nil where it needs nothing
}

// Sender sends letters. A letter that it took is with the mail server; an error means: try again.
type Sender interface {
	Send(ctx context.Context, l Letter) error
}
