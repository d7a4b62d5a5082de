package main

import (
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"

	"galley/internal/money"
	"galley/internal/onlineretail"
	"galley/internal/snowflake"
	"galley/internal/textkey"
)

// copyShop puts a file of Online Retail into a migrated, empty database.
//
// It stands in for the command `import online-retail` until that is merged; then load calls that, and this file goes.
func (h *harness) copyShop(ctx context.Context, database string) error {
	db, err := h.cluster.open(database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	file, err := os.Open(h.settings.file)
	if err != nil {
		return fmt.Errorf("open data: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("unpack data: %w", err)
	}
	shop, err := onlineretail.Collect(text)
	if err != nil {
		return fmt.Errorf("read data: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	c := copying{ctx: ctx, tx: tx, keys: snowflake.New(instance, time.Now), users: map[string]int64{}, variants: map[string]int64{}}
	for _, step := range []func(*onlineretail.Shop) error{c.copyUsers, c.copyProducts, c.copyOrders} {
		if err := step(shop); err != nil {
			return err
		}
	}
	return tx.Commit()
}

type copying struct {
	ctx             context.Context
	tx              *sql.Tx
	keys            *snowflake.Generator
	users, variants map[string]int64
}

// into copies the rows that fill gives into a table.
func (c *copying) into(table string, columns []string, fill func(row func(...any) error) error) error {
	statement, err := c.tx.PrepareContext(c.ctx, fmt.Sprintf("COPY %s (%s) FROM STDIN", table, strings.Join(columns, ", ")))
	if err != nil {
		return fmt.Errorf("copy %s: %w", table, err)
	}
	defer func() { _ = statement.Close() }() // the last Exec has told how it went
	err = fill(func(values ...any) error {
		_, err := statement.ExecContext(c.ctx, values...)
		return err
	})
	if err == nil {
		_, err = statement.ExecContext(c.ctx)
	}
	if err != nil {
		return fmt.Errorf("copy %s: %w", table, err)
	}
	return nil
}

func (c *copying) copyUsers(shop *onlineretail.Shop) error {
	return c.into("users", []string{"id", "created_at", "updated_at", "version", "email", "name", "phone", "country", "name_key", "staff", "active"},
		func(row func(...any) error) error {
			for _, u := range shop.Customers {
				c.users[u.ID] = c.keys.Next()
				at, name := shop.Orders[0].PlacedAt, "Customer "+u.ID
				err := row(c.users[u.ID], at, at, 1, u.ID+"@customers.example", name, "", u.Country.Code(), textkey.Key(name), false, true)
				if err != nil {
					return err
				}
			}
			return nil
		})
}

func (c *copying) copyProducts(shop *onlineretail.Shop) error {
	at := shop.Orders[0].PlacedAt
	products := make([]int64, len(shop.Products))
	err := c.into("products", []string{"id", "created_at", "updated_at", "version", "title", "slug", "description", "status", "title_key", "price_from_amount", "currency", "published_at"},
		func(row func(...any) error) error {
			for i, p := range shop.Products {
				products[i] = c.keys.Next()
				status, published := "PUBLISHED", any(at)
				if p.Draft {
					status, published = "DRAFT", nil
				}
				err := row(products[i], at, at, 1, p.Title, onlineretail.ProductSlug(p.Title, p.SKU), "Item "+p.SKU+".", status, textkey.Key(p.Title),
					p.Price.Times(1), "GBP", published)
				if err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	return c.into("variants", []string{"id", "created_at", "updated_at", "version", "sku", "title", "price_amount", "currency", "available", "position", "archived", "product_id"},
		func(row func(...any) error) error {
			for i, p := range shop.Products {
				c.variants[p.SKU] = c.keys.Next()
				if err := row(c.variants[p.SKU], at, at, 1, p.SKU, "", p.Price.Times(1), "GBP", openingStock, 0, false, products[i]); err != nil {
					return err
				}
			}
			return nil
		})
}

func (c *copying) copyOrders(shop *onlineretail.Shop) error {
	orders := make([]int64, len(shop.Orders))
	err := c.into("orders", []string{"id", "created_at", "updated_at", "version", "number", "email", "status", "subtotal_amount", "total_amount", "currency", "country", "placed_at", "user_id"},
		func(row func(...any) error) error {
			for i, o := range shop.Orders {
				orders[i] = c.keys.Next()
				email, user := "", any(nil)
				if o.CustomerID != "" {
					email, user = o.CustomerID+"@customers.example", c.users[o.CustomerID]
				}
				err := row(orders[i], o.PlacedAt, o.PlacedAt, 1, o.Number, email, "COMPLETED", o.Total, o.Total, "GBP", o.Country.Code(), o.PlacedAt, user)
				if err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	err = c.into("order_lines", []string{"id", "position", "title", "sku", "quantity", "unit_price_amount", "total_amount", "currency", "order_id", "variant_id"},
		func(row func(...any) error) error {
			for i, o := range shop.Orders {
				for position, l := range o.Lines {
					sku, variant := l.StockCode, any(nil)
					if key, known := c.variants[l.SKU]; known {
						sku, variant = l.SKU, key
					}
					unit := money.Minor(l.UnitPrice.Times(1))
					if err := row(c.keys.Next(), position, l.Title, sku, l.Quantity, int64(unit), l.Total, "GBP", orders[i], variant); err != nil {
						return err
					}
				}
			}
			return nil
		})
	if err != nil {
		return err
	}
	return c.into("payments", []string{"id", "created_at", "method", "status", "due_amount", "currency", "order_id"},
		func(row func(...any) error) error {
			for i, o := range shop.Orders {
				if err := row(c.keys.Next(), o.PlacedAt, "MANUAL", "CAPTURED", o.Total, "GBP", orders[i]); err != nil {
					return err
				}
			}
			return nil
		})
}
