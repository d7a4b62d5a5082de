package checkout

import (
	"encoding/base32"
	"fmt"
	"io"
)

// crockford is an alphabet without letters that people mistake for others.
// https://www.crockford.com/base32.html
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newNumber makes an order's number, such as K7QX-29MD: 40 random bits, so that it does not tell how
// many orders there are.
func newNumber(random io.Reader) (string, error) {
	var bits [5]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return "", fmt.Errorf("make order number: %w", err)
	}
	digits := base32.NewEncoding(crockford).EncodeToString(bits[:])
	return digits[:4] + "-" + digits[4:], nil
}
