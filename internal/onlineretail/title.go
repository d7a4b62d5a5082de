package onlineretail

import "strings"

// Title gives a description without the blanks around it; within it stays as it is written.
func Title(description string) string { return strings.TrimSpace(description) }

// maxSlug bounds the part of a slug that comes from a title.
const maxSlug = 80

// Slug turns text into lower-case ASCII words with hyphens between them, fit
// for an address: "T-LIGHT HOLDER & TRAY" becomes "t-light-holder-and-tray".
// Letters outside ASCII and apostrophes are left out.
func Slug(text string) string {
	var slug strings.Builder
	gap := false
	for _, c := range strings.ToLower(text) {
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			if gap && slug.Len() > 0 {
				slug.WriteByte('-')
			}
			gap = false
			slug.WriteRune(c)
		case c == '&':
			if slug.Len() > 0 {
				slug.WriteString("-and")
			}
			gap = true
		case c == '\'' || c == '’':
		default:
			gap = true
		}
	}
	return slug.String()
}

// ProductSlug joins a product's title and SKU into its slug, such as
// "white-hanging-heart-t-light-holder-85123a". The SKU holds no hyphen and
// stands last, so different products have different slugs. A product titled by
// its SKU has that alone.
func ProductSlug(title, sku string) string {
	words, code := Slug(title), Slug(sku)
	if words == code {
		return code
	}
	if len(words) > maxSlug {
		words = words[:maxSlug]
		if cut := strings.LastIndexByte(words, '-'); cut > 0 {
			words = words[:cut]
		}
	}
	if words == "" {
		return code
	}
	return words + "-" + code
}
