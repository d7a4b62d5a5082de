package handwritten

import (
	"database/sql"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// ProductsSort and UsersSort name the orders of lists in cursors.
const (
	ProductsSort = "NEWEST-"
	UsersSort    = "CREATED+"
)

const productSQL = `SELECT slug, title, description, status, price_from_amount, currency FROM products
WHERE id = $1 AND status = 'PUBLISHED'`

func (s *server) oneProduct(b []byte, r *http.Request) ([]byte, error) {
	key, err := keyOf(productID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	var (
		slug, title, description, status, currency string
		price                                      int64
	)
	err = s.product.QueryRowContext(r.Context(), key).Scan(&slug, &title, &description, &status, &price, &currency)
	if errors.Is(err, sql.ErrNoRows) {
		return append(b, `{"data":{"product":null}}`...), nil
	}
	if err != nil {
		return nil, err
	}
	b = append(b, `{"data":{"product":{"id":`...)
	b = appendID(b, productID, key)
	b = append(b, `,"slug":`...)
	b = appendText(b, slug)
	b = append(b, `,"title":`...)
	b = appendText(b, title)
	b = append(b, `,"description":`...)
	b = appendText(b, description)
	b = append(b, `,"status":"`...)
	b = append(b, status...)
	b = append(b, `","priceFrom":`...)
	b = appendMoney(b, price, currency)
	return append(b, `}}}`...), nil
}

const pageSQL = `SELECT id, slug, title, price_from_amount, currency, created_at FROM products
WHERE status = 'PUBLISHED' AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 21`

func (s *server) pageOfProducts(b []byte, r *http.Request) ([]byte, error) {
	after, afterKey, err := placeOf(r.URL.Query().Get("after"), ProductsSort)
	if err != nil {
		return nil, err
	}
	rows, err := s.page.QueryContext(r.Context(), after, afterKey)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	b = append(b, `{"data":{"products":{"nodes":[`...)
	var (
		slug, title, currency string
		key, price            int64
		created               time.Time
		n                     int
	)
	for rows.Next() {
		if n++; n > 20 {
			break // one more than the page: there is a next
		}
		if err := rows.Scan(&key, &slug, &title, &price, &currency, &created); err != nil {
			return nil, err
		}
		b = appendComma(b, n)
		b = append(b, `{"id":`...)
		b = appendID(b, productID, key)
		b = append(b, `,"slug":`...)
		b = appendText(b, slug)
		b = append(b, `,"title":`...)
		b = appendText(b, title)
		b = append(b, `,"priceFrom":`...)
		b = appendMoney(b, price, currency)
		b = append(b, '}')
	}
	b = append(b, `],"pageInfo":{"hasNextPage":`...)
	b = strconv.AppendBool(b, n > 20)
	b = append(b, `,"endCursor":`...)
	if n > 0 {
		b = append(appendCursor(append(b, '"'), ProductsSort, created, key), '"')
	} else {
		b = append(b, `null`...)
	}
	return append(b, `}}}}`...), rows.Err()
}

const feedSQL = `SELECT id, slug, title, description, status, price_from_amount, currency, published_at, created_at, updated_at, version
FROM products WHERE status = 'PUBLISHED' AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 100`

func (s *server) feedOfProducts(b []byte, r *http.Request) ([]byte, error) {
	after, afterKey, err := placeOf(r.URL.Query().Get("after"), ProductsSort)
	if err != nil {
		return nil, err
	}
	rows, err := s.feed.QueryContext(r.Context(), after, afterKey)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	b = append(b, `{"data":{"products":{"nodes":[`...)
	var (
		slug, title, description, status, currency string
		key, price, version                        int64
		published                                  sql.NullTime
		created, updated                           time.Time
	)
	for n := 1; rows.Next(); n++ {
		err := rows.Scan(&key, &slug, &title, &description, &status, &price, &currency, &published, &created, &updated, &version)
		if err != nil {
			return nil, err
		}
		b = appendComma(b, n)
		b = append(b, `{"id":`...)
		b = appendID(b, productID, key)
		b = append(b, `,"slug":`...)
		b = appendText(b, slug)
		b = append(b, `,"title":`...)
		b = appendText(b, title)
		b = append(b, `,"description":`...)
		b = appendText(b, description)
		b = append(b, `,"status":"`...)
		b = append(b, status...)
		b = append(b, `","priceFrom":`...)
		b = appendMoney(b, price, currency)
		b = append(b, `,"publishedAt":`...)
		if published.Valid {
			b = appendTime(b, published.Time)
		} else {
			b = append(b, `null`...)
		}
		b = append(b, `,"createdAt":`...)
		b = appendTime(b, created)
		b = append(b, `,"updatedAt":`...)
		b = appendTime(b, updated)
		b = append(b, `,"version":`...)
		b = strconv.AppendInt(b, version, 10)
		b = append(b, '}')
	}
	return append(b, `]}}}`...), rows.Err()
}

// appendComma separates the n-th entry of a list from the one before.
func appendComma(b []byte, n int) []byte {
	if n > 1 {
		b = append(b, ',')
	}
	return b
}
