package graph

import (
	"context"

	"galley/internal/fault"
	"galley/internal/nodeid"
)

// oneOf looks something up by exactly one of its id and its name among people.
func oneOf[T any](
	ctx context.Context, id *nodeid.ID, name *string,
	byID func(context.Context, nodeid.ID) (*T, error), byName func(context.Context, string) (*T, error),
) (*T, error) {
	switch {
	case id != nil && name == nil:
		return byID(ctx, *id)
	case name != nil && id == nil:
		return byName(ctx, *name)
	}
	return nil, fault.New(fault.BadUserInput, "Give exactly one of the two arguments: the id, or the name among people")
}

// deleted is the id of what was removed, or null if nothing was.
func deleted(kind nodeid.Kind, key int64) *nodeid.ID {
	if key == 0 {
		return nil
	}
	id := kind.ID(key)
	return &id
}
