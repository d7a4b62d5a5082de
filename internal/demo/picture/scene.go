package picture

import "slices"

// scene paints what every picture has in common: the background and the disc
// behind the thing shown.
func (c *canvas) scene() {
	if done, known := c.scenes[c.Name]; known {
		copy(c.img.Pix, done)
		return
	}
	c.flood(c.Back)
	c.fill(circle(50, 49, 37), c.Halo)
	c.scenes[c.Name] = slices.Clone(c.img.Pix)
}

// floor is the shadow under a thing that stands.
func (c *canvas) floor(cx, y, rx float32) {
	c.tint(ellipse(cx, y, rx, rx*0.09+0.8), c.Ink, 0.16)
}

// lift is the shadow under a thing that lies flat or hangs before a wall.
func (c *canvas) lift(p path) { c.tint(p.moved(1.2, 1.9), c.Ink, 0.14) }

// solid paints a body with its pattern, and its right side in the shade.
func (c *canvas) solid(body path, patternSize float32) {
	c.fill(body, c.Main)
	if c.pattern == plain {
		return
	}
	c.within(body, func() {
		c.decorate(patternSize)
		// A pale figure at the edge would fray the outline.
		c.line(body, 1.6, c.Main)
	})
}

// shadeRight darkens what lies right of x within a body.
func (c *canvas) shadeRight(body path, x float32) {
	c.within(body, func() { c.tint(rect(x, 0, 100, 100), c.Ink, 0.13) })
}

// shadeBelow darkens what lies below y within a body.
func (c *canvas) shadeBelow(body path, y float32) {
	c.within(body, func() { c.tint(rect(0, y, 100, 100), c.Ink, 0.13) })
}

// glint is a soft streak of light on something smooth.
func (c *canvas) glint(p path) { c.tint(p, paper, 0.45) }

// hang draws a cord from the top edge to a point.
func (c *canvas) hang(x, y float32) {
	c.line(thread(point{x, 0}, point{x, y}), 0.7, between(c.Halo, c.Ink, 0.45))
}

// fire is a candle's flame standing at (x, y).
func (c *canvas) fire(x, y, size float32) {
	c.line(thread(point{x, y}, point{x, y - size*0.4}), size*0.14, c.Ink)
	c.tint(circle(x, y-size*1.1, size*1.7), flameCore, 0.35)
	c.fill(drop(x, y-size*0.2, size), flame)
	c.fill(drop(x, y-size*0.25, size*0.55), flameCore)
}

// drop is round below at (x, y) and pointed above.
func drop(x, y, size float32) path {
	return move(x, y-size*2).
		cube(x+size*0.3, y-size*1.4, x+size*0.75, y-size*1.0, x+size*0.75, y-size*0.6).
		cube(x+size*0.75, y-size*0.15, x+size*0.4, y, x, y).
		cube(x-size*0.4, y, x-size*0.75, y-size*0.15, x-size*0.75, y-size*0.6).
		cube(x-size*0.75, y-size*1.0, x-size*0.3, y-size*1.4, x, y-size*2)
}
