package picture

func (c *canvas) hangingHeart() {
	c.hang(50, 28)
	c.line(arc(50, 28, 3.4, 3.4, 0, 1), 1.1, c.Dark)
	body := heart(50, 50, 27)
	c.lift(body)
	c.fill(body, c.Main)
	c.within(body, func() { c.tint(rect(62, 0, 50, 100), c.Ink, 0.1) })
	c.line(heart(50, 50.5, 20), 0.9, c.Trim)
	c.fill(heart(50, 51, 7), c.Trim)
	c.fill(round(42, 31, 7.5, 5, 2).turnedAt(46, 33, 0.05).and(round(51, 31, 7.5, 5, 2).turnedAt(54, 33, -0.05)), c.Trim)
	c.fill(circle(50, 33.6, 2.2), c.Dark)
}

func (c *canvas) wickerHeart() {
	c.hang(50, 30)
	for i, s := range []float32{27, 24.6, 22.2} {
		c.line(heart(50, 52, s), 3.4, []colour{woodDark, wood, woodLight}[i])
	}
	for i := range 26 {
		t := float32(i) / 26
		q := heartPoint(50, 52, 24.6, t)
		in := heartPoint(50, 52, 21.5, t+0.012)
		out := heartPoint(50, 52, 27.8, t-0.012)
		c.line(thread(in, q, out), 0.9, woodDark)
	}
	c.fill(move(50, 34).cube(40, 26, 34, 32, 36, 38).cube(40, 42, 46, 38, 50, 35), c.Main)
	c.fill(move(50, 34).cube(60, 26, 66, 32, 64, 38).cube(60, 42, 54, 38, 50, 35), c.Main)
	c.fill(polygon(point{49, 36}, point{43, 48}, point{47, 47}, point{50, 38}).and(polygon(point{51, 36}, point{57, 48}, point{53, 47}, point{50, 38})), c.Dark)
	c.fill(circle(50, 35.4, 2.6), c.Dark)
}

// heartPoint gives a point of the outline of a heart, for t from 0 to 1.
func heartPoint(cx, cy, s, t float32) point {
	runs := heart(cx, cy, s).flat()[0]
	t -= float32(int(t))
	if t < 0 {
		t++
	}
	return runs[int(t*float32(len(runs)-1))]
}

func (c *canvas) hangingStar() {
	c.hang(50, 20)
	body := star(50, 52, 33, 15.5, 5)
	c.lift(body)
	c.fill(body, c.Main)
	for i := range 5 {
		tip, notch := onCircle(50, 52, 33, float32(i)/5-0.25), onCircle(50, 52, 15.5, float32(i)/5-0.15)
		c.tint(polygon(point{50, 52}, tip, notch), c.Ink, 0.11)
	}
	c.fill(star(50, 52, 11, 5, 5), c.Trim)
	c.line(arc(50, 17.5, 2.6, 2.6, 0, 1), 1, c.Dark)
}

func (c *canvas) angel() {
	c.hang(50, 16)
	for _, side := range []float32{-1, 1} {
		wing := mirrored(side, move(6, 44).cube(16, 28, 32, 28, 34, 38).cube(32, 46, 28, 46, 28, 50).cube(24, 56, 14, 58, 6, 54))
		c.lift(wing)
		c.fill(wing, c.Trim)
		c.line(mirrored(side, move(10, 46).cube(18, 40, 24, 38, 30, 38)), 0.9, c.Dark)
	}
	dress := move(44, 40).line(56, 40).line(69, 80).quad(50, 86, 31, 80)
	c.lift(dress)
	c.solid(dress, 3.2)
	c.within(dress, func() { c.tint(polygon(point{53, 38}, point{75, 80}, point{75, 90}, point{58, 90}), c.Ink, 0.1) })
	c.fill(circle(50, 31, 9), rgb(0xF3D3B8))
	c.fill(move(41, 31).cube(40, 20, 60, 20, 59, 31).cube(56, 26, 46, 26, 41, 31), woodDark)
	c.line(arc(50, 18, 7.5, 2.4, 0, 1), 1.3, gold)
	c.fill(circle(47, 32, 0.9).and(circle(53, 32, 0.9)), c.Ink)
	c.line(arc(50, 33.4, 2, 1.6, 0.08, 0.42), 0.7, c.Ink)
	c.fill(heart(50, 50, 3.6), c.Dark)
}

func (c *canvas) mobile() {
	c.hang(50, 18)
	c.line(thread(point{20, 26}, point{80, 26}), 1.8, wood)
	c.line(thread(point{50, 18}, point{22, 26}), 0.7, c.Ink)
	c.line(thread(point{50, 18}, point{78, 26}), 0.7, c.Ink)
	for i, x := range []float32{24, 37, 50, 63, 76} {
		length := []float32{26, 42, 32, 46, 24}[i]
		c.line(thread(point{x, 26}, point{x, 26 + length}), 0.6, c.Ink)
		for j, y := range []float32{0.5, 1} {
			at := 26 + length*y
			shape := []path{heart(x, at, 5.4), circle(x, at, 4.8), star(x, at, 6, 2.9, 5)}[(i+j)%3]
			c.lift(shape)
			c.fill(shape, []colour{c.Main, c.Trim, c.Dark, c.Light}[(i*2+j)%4])
		}
	}
}

func (c *canvas) garland() {
	c.line(move(6, 30).quad(50, 60, 94, 30), 0.9, c.Ink)
	for i, t := range steps(7) {
		x := 12 + t*76
		y := 33.5 + 14*(1-(2*t-1)*(2*t-1))
		c.line(thread(point{x, y - 1}, point{x, y + 6}), 0.6, c.Ink)
		shape := heart(x, y+12, 7)
		if i%2 == 1 {
			shape = star(x, y+12, 7.4, 3.6, 5)
		}
		c.lift(shape)
		c.fill(shape, []colour{c.Main, c.Trim, c.Dark}[i%3])
	}
}

func (c *canvas) bell() {
	c.hang(50, 26)
	c.line(arc(50, 25, 4, 4, 0.4, 1.1), 2, c.Dark)
	body := move(50, 27).cube(66, 27, 68, 44, 69, 56).cube(70, 64, 76, 66, 76, 71).line(24, 71).cube(24, 66, 30, 64, 31, 56).cube(32, 44, 34, 27, 50, 27)
	c.lift(body)
	c.solid(body, 3.4)
	c.shadeRight(body, 58)
	c.fill(circle(50, 75, 5), c.Dark)
	c.line(thread(point{28.6, 62}, point{71.4, 62}), 1.6, c.Trim)
	c.fill(round(24, 69, 52, 4, 2), c.Dark)
	c.glint(ellipse(40, 44, 2, 9).turnedAt(40, 44, 0.03))
}
