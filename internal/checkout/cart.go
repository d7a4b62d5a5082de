package checkout

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"galley/ent"
	"galley/ent/cart"
	"galley/ent/order"
	"galley/ent/user"
	shop "galley/internal/cart"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/nodeid"
	"galley/internal/postal"
	"galley/internal/viewer"
)

// account is who an order would be of, as far as placing it asks; empty where it would be a guest's.
type account struct {
	email    string
	verified bool
	entry    *postal.Address // of its address book: the one that is named, or else its default one
}

// hold reads one of the viewer's own carts, with the account whose order it would be and an entry of its address book, and
// keeps everybody else from changing it until the transaction ends: of many checkouts at once one goes first.
func hold(ctx context.Context, tx *ent.Tx, key int64, named *nodeid.ID) (*ent.Cart, account, error) {
	q := tx.Cart.Query().Where(cart.ID(key))
	q.Modify(func(s *sql.Selector) {
		users := sql.Dialect(s.Dialect()).Table(user.Table)
		s.LeftJoin(users).OnP(sql.P(func(b *sql.Builder) {
			b.Ident(users.C(user.FieldID)).WriteString(" = COALESCE(").Ident(s.C(cart.FieldUserID)).Comma().Arg(viewer.From(ctx).UserID).WriteString(")")
		}))
		s.AppendSelectExprAs(sql.Raw("COALESCE("+users.C(user.FieldEmail)+", '')"), "account").
			AppendSelectExprAs(sql.NotNull(users.C(user.FieldEmailVerifiedAt)), "verified").
			AppendSelectExprAs(entryOf(users, named), "entry")
		database.Locked(sql.LockNoKeyUpdate, cart.Table)(s)
	})
	c, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, account{}, fault.New(fault.NotFound, "There is no such cart")
	case err != nil:
		return nil, account{}, fmt.Errorf("hold cart: %w", err)
	case c.Status == cart.StatusMERGED:
		return nil, account{}, shop.Closed(c.Status)
	}
	entry, err := entryFrom(database.Text(c.Value("entry")))
	return c, account{database.Text(c.Value("account")), database.Truth(c.Value("verified")), entry}, err
}

// orderOf is the order that a cart has become. Carts of old do not know theirs.
func orderOf(ctx context.Context, tx *ent.Tx, c *ent.Cart) (int64, error) {
	key, err := tx.Order.Query().Where(order.CartID(c.ID)).OnlyID(viewer.AsSystem(ctx))
	switch {
	case ent.IsNotFound(err):
		return 0, shop.Closed(cart.StatusORDERED)
	case err != nil:
		return 0, fmt.Errorf("read order of cart: %w", err)
	}
	return key, nil
}

// holder is whose order it becomes: an account's, or a guest's with a token.
type holder struct {
	user  int64
	token []byte
}

// holderOf is the cart's account. A guest's cart becomes the order of the account that is signed in,
// or stays with the token.
func holderOf(v viewer.Viewer, c *ent.Cart) holder {
	switch {
	case c.UserID != nil:
		return holder{user: *c.UserID}
	case v.UserID != 0:
		return holder{user: v.UserID}
	}
	return holder{token: c.TokenHash}
}
