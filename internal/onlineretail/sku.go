package onlineretail

import "strings"

// IsProductCode reports whether a stock code names a product: five digits with
// up to two letters behind. Every other code is postage, a fee, a gift voucher
// or the like.
func IsProductCode(stockCode string) bool {
	const digits, letters = 5, 2
	if len(stockCode) < digits || len(stockCode) > digits+letters || !allDigits(stockCode[:digits]) {
		return false
	}
	for i := digits; i < len(stockCode); i++ {
		if !isLetter(stockCode[i]) {
			return false
		}
	}
	return true
}

// SKU gives the product that a stock code names, in capitals: 85123a and 85123A
// are one product. It is empty for a code that names no product.
func SKU(stockCode string) string {
	if !IsProductCode(stockCode) {
		return ""
	}
	return strings.ToUpper(stockCode)
}
