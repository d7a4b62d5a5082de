// Package demo is the shop that a newcomer finds: products, customers and
// orders out of the first 1,000 invoices of the Online Retail data set, sorted
// into categories and given pictures that the program draws itself.
//
// Where the data comes from, under which licence, and what was changed is said
// in data/README.md.
package demo
