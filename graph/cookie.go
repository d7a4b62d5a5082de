package graph

import (
	"context"

	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/origin"
	"galley/internal/viewer"
)

// IdentifyCookie is Identify for a request that brings the cookie of a session, and maybe the token of a
// guest's cart. A cookie that opens nothing is taken away, and the request goes on without it: a browser
// sends it with everything, signing in again included, and nobody can leave it out.
func (s *Shop) IdentifyCookie(ctx context.Context, secret, cartToken string) (context.Context, error) {
	ctx, err := s.Identify(ctx, "", cartToken)
	if err != nil {
		return ctx, err
	}
	v, err := s.Session.AuthenticateCookie(ctx, secret)
	if code, _ := fault.CodeOf(err); code == fault.Unauthenticated {
		if cookie := origin.From(ctx).Cookie; cookie != nil {
			cookie.Clear()
		}
		return ctx, nil
	}
	if database.Unreachable(err) {
		err = fault.Wrap(fault.Unavailable, unreachable, err)
	}
	if err != nil {
		return ctx, err
	}
	v.CartToken = viewer.From(ctx).CartToken
	viewer.Become(ctx, v)
	return ctx, nil
}
