package picture

// The patterns that a motif can wear.
const (
	plain   = "plain"
	dots    = "dots"
	hearts  = "hearts"
	stars   = "stars"
	flowers = "flowers"
	stripes = "stripes"
	checks  = "checks"
	skulls  = "skulls"
)

// decorate paints the picture's pattern all over; it is called within a body.
// The size is that of one figure of the pattern.
func (c *canvas) decorate(size float32) {
	switch c.pattern {
	case dots:
		c.scatter(size*2.3, func(x, y float32) { c.fill(circle(x, y, size*0.62), c.Trim) })
	case hearts:
		c.scatter(size*2.9, func(x, y float32) { c.fill(heart(x, y, size*0.8), c.Trim) })
	case stars:
		c.scatter(size*2.9, func(x, y float32) { c.fill(star(x, y, size, size*0.45, 5), c.Trim) })
	case flowers:
		c.scatter(size*3.4, func(x, y float32) { c.bloom(x, y, size*1.1) })
	case skulls:
		c.scatter(size*3.5, func(x, y float32) { c.skull(x, y, size*1.05) })
	case stripes:
		for x := float32(0); x < 100; x += size * 2.2 {
			c.fill(rect(x, 0, size*1.1, 100), c.Trim)
		}
	case checks:
		for v := float32(0); v < 100; v += size * 2 {
			c.tint(rect(v, 0, size, 100), c.Trim, 0.5)
			c.tint(rect(0, v, 100, size), c.Trim, 0.5)
		}
	}
}

// scatter calls paint on a grid whose every second row is shifted by half.
func (c *canvas) scatter(step float32, paint func(x, y float32)) {
	row := 0
	for y := 50 - 20*step; y < 100+step; y += step * 0.87 {
		shift := float32(row%2) * step / 2
		row++
		if y < -step {
			continue
		}
		for x := 50 - 20*step + shift; x < 100+step; x += step {
			if x > -step {
				paint(x, y)
			}
		}
	}
}

// bloom is a small flower of five petals.
func (c *canvas) bloom(x, y, size float32) {
	c.fill(petals(x, y, size*0.62, size*0.5, size*0.44, 5), c.Trim)
	c.fill(circle(x, y, size*0.36), between(c.Main, c.Ink, 0.25))
}

func (c *canvas) skull(x, y, size float32) {
	c.fill(ellipse(x, y-size*0.15, size, size*0.85).and(round(x-size*0.55, y+size*0.3, size*1.1, size*0.75, size*0.25)), c.Trim)
	c.fill(circle(x-size*0.4, y-size*0.05, size*0.26).and(circle(x+size*0.4, y-size*0.05, size*0.26)), c.Main)
	c.fill(polygon(point{x, y + size*0.2}, point{x + size*0.15, y + size*0.45}, point{x - size*0.15, y + size*0.45}), c.Main)
	for _, dx := range []float32{-0.18, 0.18} {
		c.fill(rect(x+dx*size-size*0.04, y+size*0.65, size*0.08, size*0.4), c.Main)
	}
}
