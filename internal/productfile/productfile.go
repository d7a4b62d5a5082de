// Package productfile reads and writes a shop's products as CSV, for spreadsheets: a row for each
// variant, and one for a product without any. The product's slug and the variant's SKU say which is
// meant; the other columns may be left out, and what they would say then stays as it is.
package productfile

import (
	"regexp"
	"strings"
)

// The columns, in the order in which they are written.
const (
	colSlug        = "slug"
	colTitle       = "title"
	colDescription = "description"
	colCategory    = "category" // the names from the top of the tree, with " > " between them
	colStatus      = "status"
	colSKU         = "sku"
	colVariant     = "variant" // what tells it from its siblings
	colPrice       = "price"
	colCurrency    = "currency"
	colStock       = "stock"
	colStockWas    = "stock_at_export" // so that what was sold meanwhile is not put back
	colLimit       = "purchase_limit"
	colArchived    = "archived"
)

func columns() []string { return append(productColumns(), variantColumns()...) }

func productColumns() []string {
	return []string{colSlug, colTitle, colDescription, colCategory, colStatus}
}

func variantColumns() []string {
	return []string{colSKU, colVariant, colPrice, colCurrency, colStock, colStockWas, colLimit, colArchived}
}

// pathSeparator stands between the names of a category and of those above it.
const pathSeparator = " > "

// formula is how a cell begins that a spreadsheet would run.
var formula = regexp.MustCompile(`^'*[=+\-@\t\r]`)

// guarded is a text as it is written, so that no spreadsheet takes it for a formula; bare is the text
// again. Apostrophes that stand there already are kept apart from ours: each text comes back as it was.
func guarded(text string) string {
	if formula.MatchString(text) {
		return "'" + text
	}
	return text
}

func bare(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && formula.MatchString(rest) {
		return rest
	}
	return cell
}
