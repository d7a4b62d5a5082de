package checkout

import (
	"encoding/json"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"galley/ent/address"
	"galley/ent/user"
	"galley/internal/nodeid"
	"galley/internal/postal"
)

// entryColumns are those of an entry of the address book, by their names in a postal address.
var entryColumns = [...][2]string{
	{"name", address.FieldName}, {"company", address.FieldCompany}, {"line1", address.FieldLine1}, {"line2", address.FieldLine2},
	{"city", address.FieldCity}, {"region", address.FieldRegion}, {"postalCode", address.FieldPostalCode}, {"country", address.FieldCountry},
	{"phone", address.FieldPhone},
}

// entryOf is, as JSON, the entry of a user's own address book that is named, or else the default one; empty without any.
// Whoever may read the address books of others has nothing sent there all the same.
func entryOf(users *sql.SelectTable, named *nodeid.ID) sql.Querier {
	return sql.ExprFunc(func(b *sql.Builder) {
		book := sql.Dialect(b.Dialect()).Table(address.Table)
		which := sql.EQ(book.C(address.FieldDefaultShipping), true)
		if named != nil {
			which = sql.EQ(book.C(address.FieldID), named.KeyOf(nodeid.Address))
		}
		object := "JSON_OBJECT("
		if b.Dialect() == dialect.Postgres {
			object = "JSON_BUILD_OBJECT("
		}
		fields := make([]string, len(entryColumns))
		for i, c := range entryColumns {
			fields[i] = "'" + c[0] + "', " + book.C(c[1])
		}
		entry := sql.Dialect(b.Dialect()).SelectExpr(sql.Raw("CAST(" + object + strings.Join(fields, ", ") + ") AS TEXT)")).From(book).
			Where(sql.And(sql.ColumnsEQ(book.C(address.FieldUserID), users.C(user.FieldID)), which)).
			OrderBy(book.C(address.FieldID)).Limit(1)
		b.WriteString("COALESCE(").Wrap(func(b *sql.Builder) { b.Join(entry) }).WriteString(", '')")
	})
}

// entryFrom is what entryOf found, unless no parcel can go there.
func entryFrom(text string) (*postal.Address, error) {
	if text == "" {
		return nil, nil
	}
	var entry postal.Address
	if err := json.Unmarshal([]byte(text), &entry); err != nil {
		return nil, fmt.Errorf("decode entry of address book: %w", err)
	}
	return entry.Complete(), nil
}
