package staff

import (
	"time"

	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/viewer"
)

// RoleCreateInput is the SDL's input of the same name.
type RoleCreateInput struct {
	Name, Description string
	Permissions       []viewer.Permission
}

// RoleUpdateInput is the SDL's input of the same name.
type RoleUpdateInput struct {
	ID                nodeid.ID
	ExpectedVersion   *int
	Name, Description *string
	Permissions       []viewer.Permission // nil leaves them
}

// RoleDeleteInput is the SDL's input of the same name.
type RoleDeleteInput struct {
	ID              nodeid.ID
	ExpectedVersion *int
}

// UserRolesSetInput is the SDL's input of the same name.
type UserRolesSetInput struct {
	User            nodeid.ID
	ExpectedVersion *int
	Roles           []nodeid.ID
}

// APIKeyCreateInput is the SDL's input of the same name.
type APIKeyCreateInput struct {
	Name        string
	Permissions []viewer.Permission
	ExpiresAt   *time.Time
}

// APIKeyRevokeInput is the SDL's input of the same name.
type APIKeyRevokeInput struct {
	ID nodeid.ID
}

// APIKeyCreatePayload is the SDL's payload of the same name.
type APIKeyCreatePayload struct {
	Key        int64
	Secret     *string
	UserErrors []fault.UserError
}
