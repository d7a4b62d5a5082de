package database

import "galley/ent"

// Columns that a query selects besides an entity's own come as each engine has them. Text and Truth take what ent's Value
// returns. No such column may be null: on SQLite, Ent panics over it.

// Text is a text: one engine gives it as bytes, the other as a string.
func Text(column ent.Value, _ error) string {
	switch v := column.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// Truth is a condition: SQLite has numbers for it.
func Truth(column ent.Value, _ error) bool { return column == true || column == int64(1) }
