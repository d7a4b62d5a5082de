package handwritten

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The prefixes of ids.
const (
	userID    = "user_"
	productID = "prod_"
	variantID = "var_"
	cartID    = "cart_"
	orderID   = "order_"
	lineID    = "oline_"
)

const (
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	digits   = 13
)

// appendID writes a row's id, in quotes.
func appendID(b []byte, prefix string, key int64) []byte {
	b = append(b, '"')
	b = append(b, prefix...)
	for shift := 5 * (digits - 1); shift >= 0; shift -= 5 {
		b = append(b, alphabet[key>>shift&31])
	}
	return append(b, '"')
}

// keyOf reads an id that appendID wrote.
func keyOf(prefix, id string) (int64, error) {
	text, ok := strings.CutPrefix(id, prefix)
	if !ok || len(text) != digits {
		return 0, refusal(http.StatusBadRequest)
	}
	var key int64
	for i := range digits {
		digit := strings.IndexByte(alphabet, text[i])
		if digit < 0 || i == 0 && digit > 7 {
			return 0, refusal(http.StatusBadRequest)
		}
		key = key<<5 | int64(digit)
	}
	return key, nil
}

// appendText writes a string of JSON.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}

// appendAmount writes pence as pounds, in quotes.
func appendAmount(b []byte, pence int64) []byte {
	b = append(b, '"')
	b = strconv.AppendInt(b, pence/100, 10) // amounts are never negative
	return append(b, '.', byte('0'+pence/10%10), byte('0'+pence%10), '"')
}

// appendPounds writes the amount of a Money.
func appendPounds(b []byte, pence int64) []byte {
	b = append(b, `{"amount":`...)
	return append(appendAmount(b, pence), '}')
}

// appendMoney writes a Money.
func appendMoney(b []byte, amount int64, currency string) []byte {
	b = append(b, `{"amount":`...)
	b = appendAmount(b, amount)
	b = append(b, `,"currencyCode":"`...)
	return append(append(b, currency...), `"}`...)
}

// appendTime writes a moment.
func appendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// place is where a page ended: a cursor's content.
type place struct {
	Sort   string `json:"s"`
	Micros int64  `json:"i,omitempty"`
	Key    int64  `json:"k"`
}

// Cursor is the place behind a row in a list that is sorted by time.
func Cursor(sort string, t time.Time, key int64) string {
	return string(appendCursor(nil, sort, t, key))
}

func appendCursor(b []byte, sort string, t time.Time, key int64) []byte {
	text := append(make([]byte, 0, 80), `{"s":"`...)
	text = append(append(text, sort...), `","i":`...)
	text = strconv.AppendInt(text, t.UnixMicro(), 10)
	text = append(text, `,"k":`...)
	text = append(strconv.AppendInt(text, key, 10), '}')
	return base64.RawURLEncoding.AppendEncode(b, text)
}

// placeOf reads a cursor of a list.
func placeOf(cursor, sort string) (time.Time, int64, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var p place
	if err != nil || json.Unmarshal(text, &p) != nil || p.Sort != sort {
		return time.Time{}, 0, refusal(http.StatusBadRequest)
	}
	return time.UnixMicro(p.Micros), p.Key, nil
}
