package picture

func (c *canvas) apron() {
	c.line(arc(50, 25, 12, 13, 0.5, 1), 2, c.Dark)
	c.line(move(28, 50).cube(20, 52, 20, 60, 15, 66), 2, c.Dark)
	c.line(move(72, 50).cube(80, 52, 80, 60, 85, 66), 2, c.Dark)
	body := move(38, 24).line(62, 24).cube(63, 38, 67, 46, 75, 49).line(77, 82).quad(50, 87, 23, 82).line(25, 49).cube(33, 46, 37, 38, 38, 24)
	c.lift(body)
	c.solid(body, 3.8)
	c.line(thread(point{38, 25}, point{62, 25}), 2.2, c.Trim)
	pocket := corners(37, 56, 26, 17, 1, 1, 7, 7)
	c.fill(pocket, c.Light)
	c.line(thread(point{37, 57}, point{63, 57}), 1.6, c.Trim)
	c.shadeRight(body, 66)
}

func (c *canvas) teatowel() {
	c.line(thread(point{18, 24}, point{82, 24}), 3, wood)
	back := polygon(point{34, 24}, point{74, 24}, point{74, 62}, point{34, 62})
	c.fill(back, c.Dark)
	body := move(28, 24).line(67, 24).line(67, 79).quad(48, 82, 28, 79)
	c.lift(body)
	c.solid(body, 3.8)
	for _, y := range []float32{67, 71} {
		c.fill(rect(28, y, 39, 1.7), c.Trim)
	}
	c.within(body, func() { c.tint(rect(28, 24, 4, 60).and(rect(46, 24, 3, 60)), c.Ink, 0.08) })
	c.fill(round(17, 22, 4, 4, 2).and(round(79, 22, 4, 4, 2)), woodDark)
}

func (c *canvas) mitt() {
	body := move(34, 78).line(34, 52).cube(24, 52, 16, 42, 21, 35).cube(26, 30, 31, 36, 36, 40).cube(33, 22, 44, 16, 54, 17).cube(66, 18, 69, 28, 68, 42).line(66, 78)
	c.lift(body)
	c.solid(body, 3.8)
	c.shadeRight(body, 58)
	cuff := round(31, 70, 38, 12, 3)
	c.fill(cuff, c.Trim)
	c.line(thread(point{31.5, 73}, point{68.5, 73}), 0.9, c.Main)
	c.line(arc(68, 77, 4, 4, -0.2, 0.3), 1.6, c.Dark)
	c.line(move(36, 41).cube(38, 46, 38, 50, 35, 53), 1, c.Dark)
}

func (c *canvas) napkin() {
	back := polygon(point{50, 18}, point{82, 50}, point{50, 82}, point{18, 50})
	c.lift(back)
	c.fill(back, c.Dark)
	c.solid(polygon(point{50, 22}, point{78, 50}, point{50, 78}, point{22, 50}), 3.6)
	fold := polygon(point{22, 50}, point{78, 50}, point{50, 78})
	c.tint(fold, c.Ink, 0.1)
	c.line(thread(point{18, 50}, point{82, 50}), 0.9, c.Trim)
	ring := round(41, 36, 18, 28, 4)
	c.fill(ring, c.Trim)
	c.line(ring, 1, c.Dark)
	c.fill(heart(50, 50, 5.4), c.Dark)
}

func (c *canvas) cushion() {
	body := move(20, 24).cube(40, 29, 60, 29, 80, 24).cube(75, 42, 75, 60, 80, 78).cube(60, 73, 40, 73, 20, 78).cube(25, 60, 25, 42, 20, 24)
	c.lift(body)
	c.solid(body, 4.8)
	c.line(body, 1.4, c.Dark)
	c.within(body, func() {
		c.tint(move(80, 24).cube(75, 42, 75, 60, 80, 78).line(68, 75).cube(67, 60, 67, 42, 68, 27), c.Ink, 0.1)
		c.tint(move(20, 78).cube(40, 73, 60, 73, 80, 78).line(77, 67).cube(60, 65, 40, 65, 23, 67), c.Ink, 0.1)
	})
	if c.pattern == plain {
		c.fill(circle(50, 51, 2.6), c.Dark)
		for _, t := range []float32{0.06, 0.31, 0.56, 0.81} {
			a, b := onCircle(50, 51, 4, t), onCircle(50, 51, 10, t)
			c.line(thread(a, b), 0.9, c.Dark)
		}
	}
}

func (c *canvas) throw() {
	c.floor(50, 81, 30)
	for i, y := range []float32{66, 52, 38} {
		x := 20 + float32(i)*1.5
		layer := round(x, y, 60-float32(i)*3, 14, 7)
		c.solid(layer, 3.6)
		c.shadeBelow(layer, y+8)
		c.line(arc(x+57-float32(i)*3, y+7, 4.5, 4.5, 0.3, 0.9), 1, c.Dark)
	}
	for _, x := range steps(12) {
		c.line(thread(point{30 + x*34, 79}, point{30 + x*34, 84}), 1, c.Light)
	}
}

func (c *canvas) doormat() {
	mat := round(12, 32, 76, 40, 3)
	c.lift(mat)
	for _, t := range steps(30) {
		c.line(thread(point{14 + t*72, 30}, point{14 + t*72, 74}), 0.9, woodDark)
	}
	c.fill(mat, wood)
	c.line(round(15.5, 35.5, 69, 33, 2), 1.4, c.Main)
	inner := round(19, 39, 62, 26, 2)
	c.solid(inner, 3.4)
	if c.pattern == plain {
		c.fill(move(38, 52).line(50, 42).line(62, 52).line(62, 53).line(38, 53).and(rect(41, 52, 18, 10)), c.Trim)
		c.fill(rect(47.5, 55, 5, 7), c.Dark)
		c.fill(heart(29, 52, 3.6).and(heart(71, 52, 3.6)), c.Trim)
	}
}

func (c *canvas) doorstop() {
	c.floor(50, 81, 24)
	body := move(50, 20).cube(62, 24, 72, 66, 74, 80).line(26, 80).cube(28, 66, 38, 24, 50, 20)
	c.solid(body, 4.4)
	c.shadeRight(body, 59)
	c.line(arc(50, 17, 6, 7, 0, 1), 2.6, c.Dark)
	c.line(thread(point{27, 71}, point{73, 71}), 1.4, c.Trim)
	if c.pattern == plain {
		c.fill(heart(50, 52, 9), c.Trim)
	}
}

func (c *canvas) hotwaterbottle() {
	c.floor(50, 84, 16)
	body := move(43, 28).line(57, 28).cube(58, 34, 72, 34, 72, 46).line(71, 74).quad(71, 83, 62, 83).line(38, 83).quad(29, 83, 29, 74).line(28, 46).cube(28, 34, 42, 34, 43, 28)
	c.solid(body, 4.2)
	c.shadeRight(body, 61)
	c.fill(round(40, 21, 20, 8, 3), c.Dark)
	c.fill(round(44, 14, 12, 8, 2.5), c.Light)
	c.line(thread(point{42, 31.5}, point{58, 31.5}), 2.6, c.Trim)
	c.fill(circle(47, 35, 2.2).and(circle(53, 35, 2.2)), c.Trim)
	if c.pattern == plain {
		c.fill(heart(50, 59, 11), c.Trim)
	}
}

func (c *canvas) towel() {
	c.floor(50, 80, 30)
	for i, y := range []float32{66, 53, 40} {
		layer := round(22, y, 56, 13, 6)
		col := []colour{c.Dark, c.Main, c.Light}[i]
		c.fill(layer, col)
		c.line(arc(72, y+6.5, 5, 4, 0.3, 0.92), 1, between(col, c.Ink, 0.3))
		c.fill(rect(34, y, 3, 13).and(rect(39, y, 1.4, 13)), c.Trim)
	}
	c.fill(circle(50, 34, 5.5), c.Trim)
	c.fill(petals(50, 34, 4, 3.6, 3, 6), c.Trim)
	c.fill(circle(50, 34, 2.4), flame)
}
