package catalog

import (
	"context"
	"fmt"

	"galley/ent"
	"galley/ent/productterm"
	"galley/internal/textkey"
)

// What a word weighs in a search, by where it stands.
const (
	skuWeight         = 10
	titleWeight       = 8
	variantWeight     = 4
	descriptionWeight = 1
)

const (
	maxWords    = 200 // of titles and description
	maxSKUWords = 400 // so that each variant is found by its SKU
)

// Terms are the words that a product is found by, and what each weighs: the most of where it stands.
// Variants off sale do not count.
func Terms(title, description string, skus []string, variantTitles ...string) map[string]int {
	terms := make(map[string]int)
	add := func(text string, weight, most int) {
		for _, word := range textkey.Words(text) {
			known, ok := terms[word]
			if ok || len(terms) < most {
				terms[word] = max(known, weight)
			}
		}
	}
	add(title, titleWeight, maxWords)
	for _, t := range variantTitles {
		add(t, variantWeight, maxWords)
	}
	add(description, descriptionWeight, maxWords)
	most := len(terms) + maxSKUWords
	for _, sku := range skus {
		add(sku, skuWeight, most)
	}
	return terms
}

// indexTerms writes a new product's terms, and rewriteTerms those of a changed one.
func indexTerms(ctx context.Context, tx *ent.Tx, p *ent.Product, variants []*ent.Variant) error {
	var skus, titles []string
	for _, v := range variants {
		if !v.Archived {
			skus, titles = append(skus, v.Sku), append(titles, v.Title)
		}
	}
	terms := Terms(p.Title, p.Description, skus, titles...)
	rows := make([]*ent.ProductTermCreate, 0, len(terms))
	for term, weight := range terms {
		rows = append(rows, tx.ProductTerm.Create().SetProductID(p.ID).SetTerm([]byte(term)).SetWeight(weight))
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.ProductTerm.CreateBulk(rows...).Exec(ctx); err != nil {
		return fmt.Errorf("index product: %w", err)
	}
	return nil
}

func rewriteTerms(ctx context.Context, tx *ent.Tx, p *ent.Product, variants []*ent.Variant) error {
	if _, err := tx.ProductTerm.Delete().Where(productterm.ProductID(p.ID)).Exec(ctx); err != nil {
		return fmt.Errorf("clear index of product: %w", err)
	}
	return indexTerms(ctx, tx, p, variants)
}
