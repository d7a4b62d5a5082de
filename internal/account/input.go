package account

import (
	"github.com/99designs/gqlgen/graphql"

	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/session"
	"galley/internal/viewer"
)

// SignUpInput is the SDL's input of the same name.
type SignUpInput struct {
	Email, Password, Name string
}

// SignInInput is the SDL's input of the same name.
type SignInInput struct {
	Email, Password string
	Presentation    session.Presentation
}

// EmailVerifyInput is the SDL's input of the same name.
type EmailVerifyInput struct {
	Token        string
	Password     *string
	Presentation session.Presentation
}

// PasswordResetRequestInput is the SDL's input of the same name.
type PasswordResetRequestInput struct {
	Email string
}

// PasswordResetInput is the SDL's input of the same name.
type PasswordResetInput struct {
	Token, NewPassword string
}

// PasswordChangeInput is the SDL's input of the same name.
type PasswordChangeInput struct {
	CurrentPassword, NewPassword string
}

// EmailChangeRequestInput is the SDL's input of the same name.
type EmailChangeRequestInput struct {
	NewEmail, Password string
}

// EmailChangeConfirmInput is the SDL's input of the same name.
type EmailChangeConfirmInput struct {
	Token string
}

// DeleteInput is the SDL's AccountDeleteInput.
type DeleteInput struct {
	Password *string
}

// ProfileUpdateInput is the SDL's input of the same name.
type ProfileUpdateInput struct {
	Name, Phone, Country *string
	ExpectedVersion      *int
}

// AddressSaveInput is the SDL's input of the same name.
type AddressSaveInput struct {
	ID              *nodeid.ID
	Address         postal.Address
	DefaultShipping bool
	DefaultBilling  bool
}

// AddressDeleteInput is the SDL's input of the same name.
type AddressDeleteInput struct {
	ID nodeid.ID
}

// UserCreateInput is the SDL's input of the same name.
type UserCreateInput struct {
	Email                string
	Password             *string
	Name, Phone, Country string
	Staff                bool
	Permissions          []viewer.Permission
}

// UserUpdateInput is the SDL's input of the same name.
type UserUpdateInput struct {
	ID                   nodeid.ID
	ExpectedVersion      *int
	Email, Password      *string
	Name, Phone, Country *string
	Staff, Active        *bool
	Permissions          graphql.Omittable[[]viewer.Permission]
}

// UserDeactivateInput is the SDL's input of the same name.
type UserDeactivateInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
}
