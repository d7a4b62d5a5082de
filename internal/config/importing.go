package config

import (
	"errors"
	"fmt"

	"galley/internal/money"
)

// Import are the commands that bring something into the shop.
type Import struct {
	OnlineRetail ImportOnlineRetail `cmd:"" help:"Import products, customers and orders from a file in the format of the Online Retail data set, gzipped or not. Run again, it goes on where it was interrupted."`
	Products     ImportProducts     `cmd:"" help:"Import products from a CSV file such as export products writes: each row is a variant, each product is changed as a whole or not at all."`
}

// Export are the commands that write a file.
type Export struct {
	Products ExportProducts `cmd:"" help:"Write all products as CSV, a row for each variant."`
}

// Shop are the settings of the commands that write into a shop.
type Shop struct {
	Database
	Currency string `setting:"GALLEY_CURRENCY" default:"GBP" placeholder:"CODE" help:"The shop's currency, by its ISO 4217 code."`
}

// ImportOnlineRetail are the settings of import online-retail.
type ImportOnlineRetail struct {
	Shop
	File     string `arg:"" help:"The file."`
	Stock    int    `default:"0" placeholder:"N" help:"Pieces in stock of each new product."`
	Rejected string `placeholder:"FILE" help:"Where rows are listed that become no order line; by default NAME.rejected.csv in this directory."`
	JSON     bool   `name:"json" help:"Print the report as JSON."`
}

// ImportProducts are the settings of import products.
type ImportProducts struct {
	Shop
	File   string `arg:"" help:"The file."`
	DryRun bool   `help:"Do everything, and undo it."`
	JSON   bool   `name:"json" help:"Print the report as JSON."`
}

// ExportProducts are the settings of export products.
type ExportProducts struct {
	Database
	File string `arg:"" optional:"" help:"The file, which must not be there yet; without one the products are printed."`
}

// Validate checks the settings of the shop. An error names the variable.
func (s Shop) Validate() error {
	errs := []error{s.Database.Validate()}
	if !money.Currency(s.Currency).Valid() {
		errs = append(errs, fmt.Errorf("GALLEY_CURRENCY is one of %v, not %q", money.Currencies(), s.Currency))
	}
	return errors.Join(errs...)
}

// Validate checks the settings of the import.
func (i ImportOnlineRetail) Validate() error {
	err := i.Shop.Validate()
	if i.Stock < 0 || i.Stock > maxStock {
		err = errors.Join(err, fmt.Errorf("--stock is 0 to %d", maxStock))
	}
	return err
}

// maxStock is how many pieces a variant may have (stock.MaxAvailable).
const maxStock = 100_000_000
