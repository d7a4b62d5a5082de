// Package promotion is what takes something off the price: how staff make promotions, and how orders take them, never beyond
// their limits.
package promotion
