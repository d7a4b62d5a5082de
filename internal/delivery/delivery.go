// Package delivery says where the shop delivers, how, and for what: zones of countries, methods with their tables of prices,
// and the options that a cart is offered.
package delivery
