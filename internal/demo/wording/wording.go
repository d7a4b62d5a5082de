// Package wording decides by the words of a title: a table of rules, each a
// name and the phrases that lead to it, where the first match wins.
//
// A table is text with one rule per line:
//
//	mug:     mug, coffee cup
//	candle:  candle, t light + scented, votive*
//
// A phrase is words that follow each other in the title; case and punctuation
// do not count, and each word stands for its plural too. A star stands for the
// rest of a word, before or behind. With a plus between them several phrases
// must all be there, in any order. Empty lines and lines that begin with # are
// skipped.
package wording

import (
	"fmt"
	"strings"
)

// Rule is one line of a table: a title with one of its phrases has its name.
type Rule struct {
	Name    string
	phrases []phrase
}

// ParseRule reads one line of the form "name: phrase, phrase".
func ParseRule(line string) (Rule, error) {
	name, text, found := strings.Cut(line, ":")
	rule := Rule{Name: strings.TrimSpace(name)}
	if !found || rule.Name == "" {
		return Rule{}, fmt.Errorf("rule %q has no name", line)
	}
	for written := range strings.SplitSeq(text, ",") {
		p, err := parsePhrase(written)
		if err != nil {
			return Rule{}, fmt.Errorf("rule %q: %w", rule.Name, err)
		}
		rule.phrases = append(rule.phrases, p)
	}
	return rule, nil
}

// Matches reports whether one of the rule's phrases is in the title.
func (r Rule) Matches(title Title) bool {
	for _, p := range r.phrases {
		if p.in(title) {
			return true
		}
	}
	return false
}

// Table is rules in their order.
type Table []Rule

// ParseTable reads a table; its errors name the line.
func ParseTable(text string) (Table, error) {
	var table Table
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rule, err := ParseRule(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		table = append(table, rule)
	}
	return table, nil
}

// Name gives the name of the first rule that matches the title, or the empty string.
func (t Table) Name(title Title) string {
	for _, rule := range t {
		if rule.Matches(title) {
			return rule.Name
		}
	}
	return ""
}
