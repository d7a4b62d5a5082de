package wording

import (
	"fmt"
	"strings"
)

// Title is a title cut into its words, in lower case and without punctuation.
type Title []string

// Words cuts a title into its words.
func Words(title string) Title {
	title = strings.ReplaceAll(strings.ToLower(title), "'", "")
	return strings.FieldsFunc(title, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
}

// phrase is runs of words, all of which must be in a title.
type phrase [][]pattern

func parsePhrase(written string) (phrase, error) {
	var p phrase
	for part := range strings.SplitSeq(written, "+") {
		var run []pattern
		for word := range strings.FieldsSeq(part) {
			pat, err := parsePattern(word)
			if err != nil {
				return nil, err
			}
			run = append(run, pat)
		}
		if len(run) == 0 {
			return nil, fmt.Errorf("phrase %q has no words", written)
		}
		p = append(p, run)
	}
	return p, nil
}

func (p phrase) in(title Title) bool {
	for _, run := range p {
		if !runIn(run, title) {
			return false
		}
	}
	return true
}

func runIn(run []pattern, title Title) bool {
	for start := 0; start+len(run) <= len(title); start++ {
		if runAt(run, title[start:]) {
			return true
		}
	}
	return false
}

func runAt(run []pattern, words []string) bool {
	for i, pat := range run {
		if !pat.is(words[i]) {
			return false
		}
	}
	return true
}

// pattern is one word of a phrase.
type pattern struct {
	word               string
	openFront, openEnd bool
}

func parsePattern(written string) (pattern, error) {
	var p pattern
	p.word, p.openFront = strings.CutPrefix(written, "*")
	p.word, p.openEnd = strings.CutSuffix(p.word, "*")
	if words := Words(p.word); len(words) != 1 || words[0] != p.word {
		return pattern{}, fmt.Errorf("%q is not one word in lower case", written)
	}
	return p, nil
}

func (p pattern) is(word string) bool {
	switch {
	case p.openFront && p.openEnd:
		return strings.Contains(word, p.word)
	case p.openFront:
		return strings.HasSuffix(word, p.word) || strings.HasSuffix(word, p.word+"s")
	case p.openEnd:
		return strings.HasPrefix(word, p.word)
	}
	rest, begins := strings.CutPrefix(word, p.word)
	return begins && (rest == "" || rest == "s" || rest == "es")
}
