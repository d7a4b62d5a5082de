package picture

func (c *canvas) soap() {
	c.floor(50, 80, 30)
	dish := move(18, 62).line(82, 62).cube(80, 76, 70, 80, 60, 80).line(40, 80).cube(30, 80, 20, 76, 18, 62)
	c.solid(dish, 3.4)
	c.shadeRight(dish, 64)
	c.fill(round(16, 59, 68, 5, 2.5), c.Dark)
	bar := round(29, 44, 42, 17, 8)
	c.fill(bar, c.Light)
	c.shadeBelow(bar, 54)
	c.fill(round(38, 47.4, 24, 6, 3), c.Trim)
	for _, q := range []struct{ x, y, r float32 }{{34, 34, 6}, {46, 26, 4}, {58, 33, 7.4}, {69, 24, 4.4}, {52, 16, 3}, {74, 38, 3}} {
		c.tint(circle(q.x, q.y, q.r), paper, 0.75)
		c.line(circle(q.x, q.y, q.r), 0.6, c.Dark)
		c.fill(ellipse(q.x-q.r*0.35, q.y-q.r*0.4, q.r*0.22, q.r*0.16), paper)
	}
}

func (c *canvas) sponge() {
	c.floor(50, 80, 27)
	body := move(24, 42).cube(24, 30, 36, 32, 42, 32).cube(50, 26, 60, 34, 68, 32).cube(80, 32, 76, 46, 78, 54).cube(84, 66, 74, 80, 62, 78).cube(54, 84, 44, 78, 36, 79).cube(22, 80, 22, 68, 24, 60).cube(18, 54, 22, 48, 24, 42)
	c.fill(body, c.Main)
	c.within(body, func() {
		for i := range 26 {
			x, y := 22+float32(i*29%57), 32+float32(i*17%47)
			c.fill(ellipse(x, y, 1.4+float32(i%3)*0.8, 1.1+float32(i%3)*0.6), c.Dark)
		}
		c.tint(rect(64, 0, 40, 100), c.Ink, 0.1)
	})
	for _, q := range []struct{ x, y, r float32 }{{28, 26, 5}, {40, 20, 3.4}, {72, 22, 6}, {84, 34, 3.4}} {
		c.tint(circle(q.x, q.y, q.r), paper, 0.8)
		c.line(circle(q.x, q.y, q.r), 0.6, c.Dark)
	}
}

func (c *canvas) duck() {
	c.fill(ellipse(50, 80, 36, 7), rgb(0xBFDCE6))
	c.fill(ellipse(50, 79, 36, 6), rgb(0xD6EAF0))
	body := move(18, 58).cube(26, 60, 32, 52, 40, 52).line(56, 52).cube(70, 50, 82, 58, 78, 70).cube(76, 78, 66, 80, 50, 80).cube(30, 80, 18, 74, 18, 58)
	c.fill(body, c.Main)
	c.shadeBelow(body, 70)
	head := circle(62, 38, 16)
	c.fill(head, c.Main)
	c.fill(move(75, 36).cube(82, 34, 88, 36, 89, 40).cube(86, 46, 78, 46, 74, 44), flame)
	c.fill(circle(66, 34, 2.6), c.Ink)
	c.fill(circle(66.8, 33, 0.9), paper)
	c.fill(move(34, 62).cube(40, 56, 56, 56, 58, 62).cube(56, 72, 40, 72, 34, 62), c.Dark)
	c.glint(ellipse(55, 30, 2.4, 3.6).turnedAt(55, 30, 0.1))
}

func (c *canvas) bottle() {
	c.floor(50, 84, 17)
	body := move(44, 34).line(56, 34).cube(57, 40, 68, 42, 68, 54).line(68, 78).quad(68, 84, 62, 84).line(38, 84).quad(32, 84, 32, 78).line(32, 54).cube(32, 42, 43, 40, 44, 34)
	c.solid(body, 4)
	c.shadeRight(body, 58)
	c.fill(round(43, 26, 14, 9, 2), c.Dark)
	c.line(thread(point{50, 27}, point{50, 18}, point{64, 18}), 3, metalDark)
	label := round(37, 54, 26, 20, 2.5)
	c.fill(label, paper)
	c.fill(petals(50, 61, 3.6, 3, 2.3, 6), c.Main)
	c.fill(circle(50, 61, 1.8), gold)
	c.fill(round(42, 68, 16, 1.6, 0.8), c.Dark)
	c.glint(round(34.6, 52, 2, 24, 1))
}

func (c *canvas) bathScales() {
	plate := round(20, 22, 60, 58, 9)
	c.lift(plate)
	c.solid(plate, 4)
	c.line(round(23, 25, 54, 52, 7), 0.9, c.Trim)
	c.fill(circle(50, 38, 11), c.Dark)
	c.fill(circle(50, 38, 9.6), paper)
	for i := range 9 {
		t := 0.52 + float32(i)*0.06
		c.line(thread(onCircle(50, 38, 8.4, t), onCircle(50, 38, 7, t)), 0.8, c.Ink)
	}
	c.line(thread(point{50, 39}, point{54, 33}), 1.2, tomato)
	for _, x := range []float32{38, 62} {
		c.tint(ellipse(x, 63, 6, 10), c.Ink, 0.12)
	}
}

func (c *canvas) tissues() {
	c.floor(50, 82, 27)
	c.fill(move(40, 50).cube(34, 38, 30, 28, 38, 20).cube(42, 30, 46, 26, 50, 17).cube(55, 27, 62, 24, 64, 20).cube(70, 30, 64, 40, 60, 50), paper)
	c.line(move(45, 48).cube(44, 38, 40, 34, 40, 27), 0.8, paperEdge)
	c.line(move(55, 48).cube(56, 38, 58, 34, 57, 28), 0.8, paperEdge)
	body := round(24, 48, 52, 34, 3)
	c.solid(body, 4.2)
	c.shadeRight(body, 63)
	c.fill(round(22, 46, 56, 6, 2), c.Dark)
	c.fill(ellipse(50, 48.6, 13, 2.2), between(c.Dark, c.Ink, 0.4))
}

func (c *canvas) tissuePack() {
	pack := round(22, 30, 56, 42, 6)
	c.lift(pack)
	c.solid(pack, 4.2)
	c.shadeBelow(pack, 62)
	c.fill(move(36, 40).line(64, 40).cube(64, 52, 36, 52, 36, 40), paper)
	c.line(move(40, 41).cube(42, 48, 46, 46, 50, 49), 0.8, paperEdge)
	flap := round(34, 33, 32, 8, 2)
	c.fill(flap, c.Trim)
	c.fill(round(40, 36, 20, 2, 1), c.Dark)
	for _, x := range []float32{24, 74} {
		c.tint(rect(x, 30, 2, 42), c.Ink, 0.12)
	}
}

func (c *canvas) firstAid() {
	c.floor(50, 80, 28)
	c.line(round(40, 29, 20, 14, 4), 3, c.Dark)
	body := round(21, 38, 58, 42, 6)
	c.solid(body, 3.8)
	c.shadeRight(body, 66)
	c.fill(circle(50, 59, 14), c.Trim)
	c.fill(round(46, 49.6, 8, 18.8, 1.4).and(round(40.6, 55, 18.8, 8, 1.4)), tomato)
	c.fill(rect(21, 43, 58, 2), c.Dark)
	c.fill(round(46, 40.6, 8, 6, 1.5), metal)
}

func (c *canvas) plasters() {
	c.floor(50, 82, 26)
	body := round(25, 46, 50, 36, 5)
	c.solid(body, 3.8)
	c.shadeRight(body, 62)
	c.fill(round(23, 42, 54, 8, 3), c.Dark)
	for i, q := range []point{{39, 30}, {58, 27}} {
		turn := []float32{-0.06, 0.09}[i]
		strip := round(q.x-6, q.y-17, 12, 34, 6).turnedAt(q.x, q.y, turn)
		c.lift(strip)
		c.fill(strip, []colour{rgb(0xF0C7A4), c.Light}[i])
		c.fill(round(q.x-4.4, q.y-5, 8.8, 10, 1.5).turnedAt(q.x, q.y, turn), paper)
		c.fill(heart(q.x, q.y+0.4, 2.8).turnedAt(q.x, q.y, turn), c.Main)
	}
	c.fill(round(23, 42, 54, 8, 3), c.Dark)
	c.fill(circle(50, 65, 9), c.Trim)
	c.fill(round(47.6, 59.4, 4.8, 11.2, 0.8).and(round(44.4, 62.6, 11.2, 4.8, 0.8)), tomato)
}

func (c *canvas) slippers() {
	for i, x := range []float32{36, 64} {
		turn := []float32{-0.02, 0.02}[i]
		sole := move(x-13, 40).cube(x-16, 20, x+16, 20, x+13, 40).cube(x+12, 56, x+15, 66, x+12, 76).cube(x+8, 86, x-8, 86, x-12, 76).cube(x-15, 66, x-12, 56, x-13, 40).turnedAt(x, 52, turn)
		c.lift(sole)
		c.fill(sole, c.Dark)
		c.fill(ellipse(x, 66, 8.6, 13).turnedAt(x, 52, turn), c.Trim)
		upper := move(x-14, 46).cube(x-17, 18, x+17, 18, x+14, 46).quad(x, 56, x-14, 46).turnedAt(x, 52, turn)
		c.solid(upper, 3)
		c.line(move(x-14, 46).quad(x, 56, x+14, 46).turnedAt(x, 52, turn), 3.4, c.Trim)
		c.fill(circle(x, 38, 4).turnedAt(x, 52, turn), c.Trim)
	}
}

func (c *canvas) earMuffs() {
	c.line(arc(50, 50, 30, 32, 0.5, 1), 4, c.Dark)
	c.line(arc(50, 50, 30, 32, 0.5, 1), 1.4, c.Light)
	for _, x := range []float32{22, 78} {
		muff := scallop(x, 58, 14, 14)
		c.lift(muff)
		c.fill(muff, c.Main)
		c.fill(scallop(x, 58, 9, 12), c.Light)
		c.fill(circle(x, 58, 4), c.Dark)
	}
}

func (c *canvas) handWarmer() {
	for i, q := range []point{{38, 44}, {62, 60}} {
		body := round(q.x-18, q.y-16, 36, 32, 12).turnedAt(q.x, q.y, []float32{-0.05, 0.04}[i])
		c.lift(body)
		if i == 1 {
			c.solid(body, 3.4)
		} else {
			c.fill(body, c.Dark)
		}
		c.line(round(q.x-15.4, q.y-13.4, 30.8, 26.8, 10).turnedAt(q.x, q.y, []float32{-0.05, 0.04}[i]), 0.8, c.Trim)
	}
	if c.pattern == plain {
		c.fill(heart(62, 60, 7), c.Trim)
	}
	for _, x := range []float32{30, 38, 46} {
		c.tint(move(x, 24).cube(x-4, 19, x+4, 15, x, 9).stroke(1.6), paper, 0.9)
	}
}

func (c *canvas) showerCap() {
	c.floor(50, 82, 28)
	dome := move(20, 66).cube(16, 34, 34, 22, 50, 22).cube(66, 22, 84, 34, 80, 66)
	c.solid(dome, 4)
	c.shadeRight(dome, 66)
	for i := range 11 {
		c.fill(circle(20+float32(i)*6, 69, 4.6), []colour{c.Light, c.Main}[i%2])
	}
	c.fill(round(18, 62, 64, 6, 3), c.Dark)
}
