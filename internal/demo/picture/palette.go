package picture

import "image/color"

// colour is short for what nearly every line of a drawing needs.
type colour = color.RGBA

// Palette is the colours of one picture.
type Palette struct {
	// Name is the colour's name, such as "red".
	Name string
	// Back fills the picture; Halo is the disc behind the thing shown.
	Back, Halo color.RGBA
	// Main is the thing's own colour, Light and Dark its lit and its shaded side.
	Main, Light, Dark color.RGBA
	// Trim contrasts with Main: patterns, handles, seams.
	Trim color.RGBA
	// Ink is for fine dark details.
	Ink color.RGBA
}

// Colours that a thing has whatever its palette.
var (
	paper     = rgb(0xFFFDF8)
	paperEdge = rgb(0xE9E1D3)
	wood      = rgb(0xCDA274)
	woodDark  = rgb(0xA97F54)
	woodLight = rgb(0xE0BE95)
	metal     = rgb(0xB4BEC6)
	metalDark = rgb(0x8C98A3)
	glass     = rgb(0xE2EEF0)
	glassDark = rgb(0xC3D8DC)
	flame     = rgb(0xF5A93B)
	flameCore = rgb(0xFFE39A)
	leaf      = rgb(0x7FA886)
	leafDark  = rgb(0x5F8A6B)
	gold      = rgb(0xE0B04C)
	goldDark  = rgb(0xBE8F34)
	blush     = rgb(0xF0A9A0)
	soil      = rgb(0x7A5A46)
	tomato    = rgb(0xD6524B)
)

// palettes are all palettes by name.
func palettes() map[string]Palette {
	all := []Palette{
		{Name: "red", Back: rgb(0xFAEAE4), Halo: rgb(0xF5D8CE), Main: rgb(0xD24B4B), Light: rgb(0xE4736C), Dark: rgb(0xB0393D), Trim: rgb(0xFFF5EA), Ink: rgb(0x5A2A2B)},
		{Name: "pink", Back: rgb(0xFCEFF1), Halo: rgb(0xF8DEE4), Main: rgb(0xEA92A8), Light: rgb(0xF3B3C2), Dark: rgb(0xD37590), Trim: rgb(0xFFF8F4), Ink: rgb(0x6B3547)},
		{Name: "blue", Back: rgb(0xE9F0F5), Halo: rgb(0xD6E3ED), Main: rgb(0x5C8CB5), Light: rgb(0x84ABCC), Dark: rgb(0x456F95), Trim: rgb(0xFFFAF0), Ink: rgb(0x2B4156)},
		{Name: "turquoise", Back: rgb(0xE6F3F1), Halo: rgb(0xCFE8E4), Main: rgb(0x63B3AE), Light: rgb(0x8FCBC6), Dark: rgb(0x46918D), Trim: rgb(0xFFFAF0), Ink: rgb(0x234B4B)},
		{Name: "green", Back: rgb(0xEBF2EA), Halo: rgb(0xD8E6D7), Main: rgb(0x7BA67F), Light: rgb(0xA0C2A1), Dark: rgb(0x5D8866), Trim: rgb(0xFFFBEF), Ink: rgb(0x2E4A38)},
		{Name: "ivory", Back: rgb(0xE7DED1), Halo: rgb(0xDACDBB), Main: rgb(0xFAF4E8), Light: rgb(0xFFFDF8), Dark: rgb(0xE5D9C5), Trim: rgb(0xC58B6B), Ink: rgb(0x5F5347)},
		{Name: "black", Back: rgb(0xEFEBE5), Halo: rgb(0xE0DAD0), Main: rgb(0x41454D), Light: rgb(0x5E636D), Dark: rgb(0x2D3037), Trim: rgb(0xF6EDDF), Ink: rgb(0x1F2126)},
		{Name: "purple", Back: rgb(0xF1EDF6), Halo: rgb(0xE2D9EC), Main: rgb(0x9A80B6), Light: rgb(0xB9A4CE), Dark: rgb(0x7C629A), Trim: rgb(0xFFF9F0), Ink: rgb(0x42345A)},
		{Name: "gold", Back: rgb(0xFBF3E0), Halo: rgb(0xF6E6C1), Main: rgb(0xE7B450), Light: rgb(0xF2CC7D), Dark: rgb(0xC99336), Trim: rgb(0xFFFAEE), Ink: rgb(0x5E4619)},
		{Name: "brown", Back: rgb(0xF3EBE2), Halo: rgb(0xE6D8C9), Main: rgb(0x946A4F), Light: rgb(0xB48B6C), Dark: rgb(0x75503A), Trim: rgb(0xFAEEDC), Ink: rgb(0x402C20)},
		{Name: "silver", Back: rgb(0xECEFF2), Halo: rgb(0xDBE1E6), Main: rgb(0xAEB9C3), Light: rgb(0xCFD7DD), Dark: rgb(0x8D99A4), Trim: rgb(0xFFFFFF), Ink: rgb(0x3E4851)},
	}
	byName := make(map[string]Palette, len(all))
	for _, p := range all {
		byName[p.Name] = p
	}
	return byName
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// between goes t of the way from a to b.
func between(a, b color.RGBA, t float32) color.RGBA {
	w := uint32(t * 255)
	return color.RGBA{R: mix8(a.R, b.R, w), G: mix8(a.G, b.G, w), B: mix8(a.B, b.B, w), A: 255}
}
