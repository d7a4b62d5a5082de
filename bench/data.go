package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// openingStock is how many pieces there are of each variant: no order fails for want of them.
const openingStock = 1_000_000

// makeDatabases makes a database for each scale, each out of the one before, and SQLite's.
func (h *harness) makeDatabases(ctx context.Context) error {
	before := 0
	for _, scale := range h.settings.scales {
		on := site{postgres, scale}
		if before == 0 {
			if err := run(ctx, h.cluster.DB, "CREATE DATABASE "+on.name()); err != nil {
				return err
			}
			if err := h.load(ctx, on); err != nil {
				return err
			}
		} else if err := h.multiply(ctx, site{postgres, before}, on); err != nil {
			return err
		}
		if err := h.vacuum(ctx, on); err != nil {
			return err
		}
		before = scale
	}
	if !slices.Contains(h.settings.sites(), embedded) {
		return nil
	}
	if err := os.Mkdir(h.folder(), 0o755); err != nil {
		return fmt.Errorf("make SQLite's folder: %w", err)
	}
	return h.load(ctx, embedded)
}

// load fills a new database with the file, as it is.
func (h *harness) load(ctx context.Context, on site) error {
	h.say("loading %s into %s", h.settings.file, on.engine)
	if err := h.galley(ctx, on, "migrate"); err != nil {
		return err
	}
	return h.galley(ctx, on, "import", "online-retail", h.settings.file, "--stock", strconv.Itoa(openingStock))
}

// multiplied are the tables that are multiplied. The shop becomes a larger shop in everything: more products, more
// people, more orders. Of categories and pictures the file has none, and carts and sessions there are none yet.
var multiplied = []string{"users", "products", "variants", "product_terms", "stock_movements", "orders", "order_lines", "payments"}

// multiply makes a database of another and of copies of all its rows. A copy's keys are those of its original and a
// multiple of what all keys span, so that it refers to rows of the same copy; what must be unique, and e-mail
// addresses, begin with the scale and the number of the copy.
func (h *harness) multiply(ctx context.Context, from, to site) (err error) {
	before, scale := from.scale, to.scale
	if scale%before != 0 {
		return fmt.Errorf("scale %d is no multiple of %d", scale, before)
	}
	h.say("multiplying the shop from %d× to %d×", before, scale)
	if err := run(ctx, h.cluster.DB, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", to.name(), from.name())); err != nil {
		return err
	}
	db, err := h.open(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// A copy refers to what its original refers to, so there is nothing to check.
	if err := run(ctx, tx, "SET LOCAL session_replication_role = replica"); err != nil {
		return err
	}
	least, span, err := keys(ctx, tx)
	if err != nil {
		return err
	}
	for _, table := range multiplied {
		names, values, err := copyOf(ctx, tx, table)
		if err != nil {
			return err
		}
		insert := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE id < %d", table, names, values, table, least+span)
		for i := int64(1); i < int64(scale/before); i++ {
			number := strings.NewReplacer("{shift}", strconv.FormatInt(i*span, 10), "{copy}", fmt.Sprintf("%d.%d.", scale, i))
			if err := run(ctx, tx, number.Replace(insert)); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// keys finds the least key of the multiplied tables, and what all of them span: a multiple of what leaves the number
// of the instance in a key as it is.
func keys(ctx context.Context, tx *sql.Tx) (least, span int64, err error) {
	var each []string
	for _, table := range multiplied {
		each = append(each, "SELECT MIN(id) AS least, MAX(id) AS most FROM "+table)
	}
	err = tx.QueryRowContext(ctx, "SELECT MIN(least), ((MAX(most) - MIN(least) >> 22) + 1) << 22 FROM ("+strings.Join(each, " UNION ALL ")+") AS t").
		Scan(&least, &span)
	if err != nil {
		return 0, 0, fmt.Errorf("find keys: %w", err)
	}
	return least, span, nil
}

// copyOf lists a table's columns, and their values in a copy.
func copyOf(ctx context.Context, tx *sql.Tx, table string) (names, values string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT a.attname, CASE
		WHEN a.atttypid = 'bigint'::regtype AND (a.attname = 'id' OR a.attname LIKE '%\_id' AND a.attname <> 'category_id')
			THEN a.attname || ' + {shift}'
		WHEN a.attname = 'email' OR a.atttypid IN ('text'::regtype, 'varchar'::regtype) AND EXISTS (
				SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indkey::text = a.attnum::text)
			THEN 'CASE ' || a.attname || ' WHEN '''' THEN '''' ELSE ''{copy}'' || ' || a.attname || ' END'
		ELSE a.attname::text END
		FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`, table)
	if err != nil {
		return "", "", fmt.Errorf("read columns of %s: %w", table, err)
	}
	defer func() { _ = rows.Close() }()
	var columns, copies []string
	for rows.Next() {
		var column, value string
		if err := rows.Scan(&column, &value); err != nil {
			return "", "", fmt.Errorf("read columns of %s: %w", table, err)
		}
		columns, copies = append(columns, column), append(copies, value)
	}
	return strings.Join(columns, ", "), strings.Join(copies, ", "), rows.Err()
}

// vacuum has PostgreSQL do now what it would do while we measure.
func (h *harness) vacuum(ctx context.Context, on site) error {
	db, err := h.open(on)
	if err != nil {
		return err
	}
	return errors.Join(run(ctx, db, "VACUUM (ANALYZE, FREEZE)", "CHECKPOINT"), db.Close())
}
