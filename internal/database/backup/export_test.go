package backup

// For tests, which bring migrations and tables of their own.
var (
	RestoreWith = restore
	Ordered     = ordered
	AppendValue = appendValue
	Decode      = decode
)

// Kinds lists all kinds of values.
var Kinds = []kind{whole, boolean, text, object, binary, instant}
