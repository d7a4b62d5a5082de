// Package onlineretail reads the Online Retail data set (UCI Machine Learning
// Repository, id 352): eight columns of CSV, one row per invoice line of a
// British gift retailer.
//
// It has three layers, each usable without the next. [Reader] turns a stream
// of bytes into typed rows and rejects what it cannot read, one line at a
// time. The rules say what a row means: its [Kind], its [SKU], its price, the
// order line it becomes, the product that many rows describe ([Tally]). [Collect] puts
// a whole file into memory by these rules, which is meant for a sample.
//
// The package is pure: it knows no database and no GraphQL. It needs the time
// zone Europe/London; a program that may run without a time zone database
// imports time/tzdata.
package onlineretail
