package loader

import (
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"galley/ent/product"
	"galley/ent/productterm"
	"galley/internal/textkey"
)

// maxWords bounds what one search may ask for.
const maxWords = 8

// searchWords are the folded words of a query; nil where there is nothing to search for. A query
// without a letter or digit finds nothing, rather than everything.
func searchWords(query *string) []string {
	if query == nil || strings.TrimSpace(*query) == "" {
		return nil
	}
	words := textkey.Words(*query)
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	if len(words) == 0 {
		words = []string{""}
	}
	return words
}

const (
	matchTable  = "matches"
	scoreColumn = "score"
)

// scores is the statement of the products that have all words, each with its score: the sum over the
// words of the weight of the best term, whole words counting twice. The last word may be a beginning.
func scores(engine string, words []string) *sql.Selector {
	d := sql.Dialect(engine)
	var union *sql.Selector
	for i, word := range words {
		t := sql.Table(productterm.Table)
		hits := d.Select(t.C(productterm.FieldProductID)).From(t)
		if i == len(words)-1 && word != "" {
			hits.Where(sql.And(sql.GTE(t.C(productterm.FieldTerm), []byte(word)), sql.LT(t.C(productterm.FieldTerm), successor(word))))
		} else {
			hits.Where(sql.EQ(t.C(productterm.FieldTerm), []byte(word)))
		}
		hits.AppendSelectExprAs(sql.P(func(b *sql.Builder) {
			b.WriteString("MAX(CASE WHEN ").Ident(t.C(productterm.FieldTerm)).WriteString(" = ").Arg([]byte(word)).
				WriteString(" THEN 2 ELSE 1 END * ").Ident(t.C(productterm.FieldWeight)).WriteString(")")
		}), "points")
		hits.GroupBy(t.C(productterm.FieldProductID))
		if union == nil {
			union = hits
		} else {
			union.UnionAll(hits)
		}
	}
	each := union.As("hits")
	found := d.Select(each.C(productterm.FieldProductID)).From(each)
	found.AppendSelectExprAs(sql.Raw("CAST(SUM("+each.C("points")+") AS BIGINT)"), scoreColumn)
	found.GroupBy(each.C(productterm.FieldProductID))
	if len(words) > 1 { // of one word each product has one row
		found.Having(sql.P(func(b *sql.Builder) { b.WriteString("COUNT(*) = ").Arg(len(words)) }))
	}
	return found
}

// successor is the first term after all that begin with word.
func successor(word string) []byte {
	b := []byte(word)
	b[len(b)-1]++ // UTF-8 has no byte 255
	return b
}

// matches is the filter of products that have all words; without words, of all.
func matches(words []string) func(*sql.Selector) {
	if words == nil {
		return nowhere
	}
	return func(s *sql.Selector) {
		found := scores(s.Dialect(), words).As("found")
		keys := sql.Dialect(s.Dialect()).Select(found.C(productterm.FieldProductID)).From(found)
		s.Where(sql.In(s.C(product.FieldID), keys))
	}
}

// joinScore adds the score of each product, to sort by.
func joinScore(s *sql.Selector, words []string) {
	found := scores(s.Dialect(), words).As(matchTable)
	s.Join(found).On(s.C(product.FieldID), found.C(productterm.FieldProductID))
	s.AppendSelectAs(found.C(scoreColumn), scoreColumn)
}

// wordHasPrefix is the filter of rows in whose folded text a word begins so.
func wordHasPrefix(column, begins string) func(*sql.Selector) {
	return func(s *sql.Selector) {
		find := "INSTR(%s, "
		if s.Dialect() == dialect.Postgres {
			find = "STRPOS(CONVERT_FROM(%s, 'UTF8'), "
		}
		s.Where(sql.Or(
			sql.And(sql.GTE(s.C(column), []byte(begins)), sql.LT(s.C(column), successor(begins))),
			sql.P(func(b *sql.Builder) {
				b.WriteString(fmt.Sprintf(find, s.C(column))).Arg(" " + begins).WriteString(") > 0")
			}),
		))
	}
}
