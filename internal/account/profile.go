package account

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"galley/ent"
	"galley/ent/user"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/postal"
	"galley/internal/textkey"
	"galley/internal/viewer"
)

const (
	longestName  = 200 // characters
	longestPhone = 50
)

// profile is what people say of themselves. Nil fields stay as they are.
type profile struct{ name, phone, country *string }

// clean returns the profile without blanks around its fields, the country in capitals.
func (p profile) clean() profile {
	clean := profile{trimmed(p.name), trimmed(p.phone), trimmed(p.country)}
	if clean.country != nil {
		*clean.country = strings.ToUpper(*clean.country)
	}
	return clean
}

func trimmed(s *string) *string {
	if s == nil {
		return nil
	}
	t := strings.TrimSpace(*s)
	return &t
}

// check notes what is wrong with a clean profile.
func (p profile) check(c *fault.Collector) {
	if p.name != nil {
		c.Add(isLine(*p.name, longestName), Invalid, "A name is one line of at most 200 characters", "name")
	}
	if p.phone != nil {
		c.Add(isLine(*p.phone, longestPhone), Invalid, "A phone number is one line of at most 50 characters", "phone")
	}
	if p.country != nil {
		c.Add(*p.country == "" || postal.IsCountry(*p.country), Invalid, "This is not the code of a country, such as GB", "country")
	}
}

// changes tells whether the profile says anything that the account does not.
func (p profile) changes(u *ent.User) bool {
	return differs(p.name, u.Name) || differs(p.phone, u.Phone) || differs(p.country, u.Country)
}

// differs tells whether a text is given, and is another than the one there is.
func differs(given *string, have string) bool { return given != nil && *given != have }

// fill sets what the profile says.
func (p profile) fill(m *ent.UserMutation) {
	if p.name != nil {
		m.SetName(*p.name)
		m.SetNameKey(textkey.Key(*p.name))
	}
	if p.phone != nil {
		m.SetPhone(*p.phone)
	}
	if p.country != nil {
		m.SetCountry(*p.country)
	}
}

// isLine tells text of one line, without control characters.
func isLine(s string, longest int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= longest && !strings.ContainsFunc(s, unicode.IsControl)
}

// ProfileUpdate changes what the viewer's own account says of its owner.
func (w *Workflow) ProfileUpdate(ctx context.Context, in ProfileUpdateInput) (*database.Outcome, error) {
	id, err := owner(ctx)
	if err != nil {
		return nil, err
	}
	return w.db.Mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		u, err := w.holdOwn(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		var c fault.Collector
		p := profile{in.Name, in.Phone, in.Country}.clean()
		p.check(&c)
		if err := c.Err(); err != nil {
			return 0, err
		}
		if err := fault.Expect(u.Version, in.ExpectedVersion); err != nil {
			return 0, err
		}
		if !p.changes(u) {
			return u.ID, nil
		}
		// One's own row is for workflows to change: its other columns say what one may do.
		update := tx.User.Update().Where(user.ID(u.ID), user.Version(u.Version)).AddVersion(1)
		p.fill(update.Mutation())
		if err := update.Exec(viewer.AsSystem(ctx)); err != nil {
			return 0, fmt.Errorf("update profile: %w", err)
		}
		return u.ID, nil
	})
}
