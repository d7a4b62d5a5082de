// Package nodeid writes and reads the graph's ids: a short prefix for the type, an underscore, and
// the row's key as 13 digits of Crockford's base32, such as prod_0F8XK2M9Q7T3A.
package nodeid

import (
	"fmt"
	"io"
	"strings"

	"galley/internal/fault"
)

// Kind is the prefix that names a type.
type Kind string

// The kinds of the graph's nodes. Adding one needs an entry in Kinds too.
const (
	User           Kind = "user"
	Address        Kind = "addr"
	Session        Kind = "sess"
	Identity       Kind = "ident"
	Category       Kind = "cat"
	Product        Kind = "prod"
	Variant        Kind = "var"
	Media          Kind = "media"
	StockMovement  Kind = "stock"
	Cart           Kind = "cart"
	CartLine       Kind = "cline"
	Order          Kind = "order"
	OrderLine      Kind = "oline"
	Payment        Kind = "pay"
	Job            Kind = "job"
	Role           Kind = "role"
	APIKey         Kind = "key"
	AuditEntry     Kind = "audit"
	Approval       Kind = "appr"
	ApprovalRule   Kind = "arule"
	Fulfilment     Kind = "ful"
	OrderEvent     Kind = "oevt"
	PaymentStep    Kind = "pstep"
	PaymentEvent   Kind = "pevt"
	Promotion      Kind = "promo"
	TaxRate        Kind = "tax"
	DeliveryZone   Kind = "zone"
	DeliveryMethod Kind = "dmeth"
	DeliveryQuote  Kind = "dquo"
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{User, Address, Session, Identity, Category, Product, Variant, Media, StockMovement, Cart, CartLine, Order, OrderLine, Payment, Job, Role, APIKey, AuditEntry, Approval, ApprovalRule,
		Fulfilment, OrderEvent, PaymentStep, PaymentEvent, Promotion, TaxRate, DeliveryZone, DeliveryMethod, DeliveryQuote}
}

// ID is a typed key. The zero value is no id.
type ID struct {
	Kind Kind
	Key  int64
}

// ID makes the id of a row of this kind.
func (k Kind) ID(key int64) ID { return ID{Kind: k, Key: key} }

// Crockford's base32: no I, L, O or U. https://www.crockford.com/base32.html
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// 13 digits hold 65 bits; keys have 63, so the first digit is 0 to 7.
const digits = 13

func (id ID) String() string {
	var b [digits]byte
	key := uint64(id.Key) //nolint:gosec // keys are never negative
	for i := digits - 1; i >= 0; i-- {
		b[i] = alphabet[key&31]
		key >>= 5
	}
	return string(id.Kind) + "_" + string(b[:])
}

// Parse reads what String wrote, and nothing else: one id has one spelling, so that clients may
// compare them as text.
func Parse(s string) (ID, error) {
	prefix, text, ok := strings.Cut(s, "_")
	if !ok || len(text) != digits {
		return ID{}, malformed()
	}
	kind := Kind(prefix)
	if !known(kind) {
		return ID{}, malformed()
	}
	var key uint64
	for i := range digits {
		d := strings.IndexByte(alphabet, text[i])
		if d < 0 || i == 0 && d > 7 {
			return ID{}, malformed()
		}
		key = key<<5 | uint64(d)
	}
	return ID{Kind: kind, Key: int64(key)}, nil //nolint:gosec // the first digit keeps it below 1<<63
}

func malformed() error {
	return fault.New(fault.BadUserInput, "This is not an id of this shop")
}

func known(kind Kind) bool {
	for _, k := range Kinds() {
		if k == kind {
			return true
		}
	}
	return false
}

// KeyOf returns the row's key if the id is of this kind; of another kind it names nothing (0).
func (id ID) KeyOf(kind Kind) int64 {
	if id.Kind != kind {
		return 0
	}
	return id.Key
}

// MarshalText writes the id where it is kept as JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads it from there.
func (id *ID) UnmarshalText(text []byte) (err error) {
	*id, err = Parse(string(text))
	return err
}

// MarshalGQL writes the id as a JSON string.
func (id ID) MarshalGQL(w io.Writer) { _, _ = fmt.Fprintf(w, `"%s"`, id.String()) }

// UnmarshalGQL reads an id from a variable or a literal.
func (id *ID) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return malformed()
	}
	parsed, err := Parse(s)
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
