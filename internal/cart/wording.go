package cart

import "fmt"

// What a cart says of quantities, a checkout says in the same words. There, of names what is meant:
// “Scarf” (S-1), say.

// Left says how many pieces can be had.
func Left(available int, of string) string {
	switch {
	case available <= 0:
		return "None are left" + ofWhat(of)
	case available == 1:
		return "Only 1 piece is left" + ofWhat(of)
	}
	return fmt.Sprintf("Only %d pieces are left%s", available, ofWhat(of))
}

// Limited says how many pieces one customer may buy, and how many of them were bought before.
func Limited(limit, before int, of string) string {
	text := "One customer may buy 1 piece" + ofWhat(of)
	if limit != 1 {
		text = fmt.Sprintf("One customer may buy %d pieces%s", limit, ofWhat(of))
	}
	switch {
	case before <= 0:
		return text
	case before == 1:
		return text + "; 1 was bought before"
	}
	return fmt.Sprintf("%s; %d were bought before", text, before)
}

func ofWhat(of string) string {
	if of == "" {
		return ""
	}
	return " of " + of
}
