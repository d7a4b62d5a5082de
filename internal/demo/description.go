package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"galley/internal/demo/wording"
	"galley/internal/onlineretail"
)

// describe writes a product's text out of its title, the path of its category
// and its SKU. It says what these say and claims nothing else.
func describe(p onlineretail.Product, path []string) string {
	var sentences []string
	if last := len(path) - 1; last > 0 {
		sentences = append(sentences, fmt.Sprintf("From %s in our %s department.", path[last], path[0]))
	}
	if pack := packOf(p.Title); pack != "" {
		sentences = append(sentences, "Sold as a "+pack+".")
	}
	if colours := coloursIn(p.Title); len(colours) == 1 {
		sentences = append(sentences, "Colour: "+colours[0]+".")
	} else if len(colours) > 1 {
		last := len(colours) - 1
		sentences = append(sentences, "Colours: "+strings.Join(colours[:last], ", ")+" and "+colours[last]+".")
	}
	return strings.Join(append(sentences, "Item "+p.SKU+"."), " ")
}

// packOf gives "set of 6" or "pack of 12" where the title says so in one of the
// ways of the data: SET OF 6, SET/6, S/6, PACK OF 12, PACK/12.
func packOf(title string) string {
	words := strings.Fields(strings.ReplaceAll(strings.ToUpper(title), "/", " OF "))
	for i := 0; i+2 < len(words); i++ {
		kind, known := map[string]string{"SET": "set", "S": "set", "PACK": "pack"}[words[i]]
		if known && words[i+1] == "OF" && pieces(words[i+2]) {
			return kind + " of " + words[i+2]
		}
	}
	return ""
}

// pieces reports whether a word is a number of two or more.
func pieces(word string) bool {
	n, err := strconv.Atoi(word)
	return err == nil && n >= 2 && strconv.Itoa(n) == word
}

// coloursIn gives the colours that the title names, each once, in its order.
func coloursIn(title string) []string {
	known := []string{
		"red", "pink", "blue", "green", "white", "ivory", "cream", "black", "grey", "brown",
		"purple", "lilac", "yellow", "gold", "silver", "orange", "turquoise",
	}
	var colours []string
	for _, word := range wording.Words(title) {
		if slices.Contains(known, word) && !slices.Contains(colours, word) {
			colours = append(colours, word)
		}
	}
	return colours
}
