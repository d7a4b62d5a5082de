package picture

func (c *canvas) candle() {
	c.floor(50, 82, 21)
	body := round(34, 40, 32, 42, 3)
	c.solid(body, 3.6)
	c.shadeRight(body, 56)
	c.fill(ellipse(50, 40.5, 16, 3.4), c.Light)
	c.fill(ellipse(50, 41, 11, 1.9), between(c.Light, flameCore, 0.6))
	c.fire(50, 40, 7)
	c.fill(ellipse(50, 82, 20, 2.6), c.Dark)
	c.glint(round(37, 47, 2.2, 28, 1.1))
}

func (c *canvas) dinnerCandles() {
	c.floor(50, 83, 27)
	for i, x := range []float32{31, 44, 57, 70} {
		top := 36 + float32((i*3)%4)*2.2
		body := polygon(point{x - 2.7, top}, point{x + 2.7, top}, point{x + 3.8, 82}, point{x - 3.8, 82})
		c.fill(body, []colour{c.Main, c.Light, c.Main, c.Light}[i])
		c.shadeRight(body, x+0.8)
		c.fill(ellipse(x, top, 2.7, 0.9), c.Trim)
		c.fire(x, top, 4.2)
	}
	band := round(23.6, 64, 53.4, 7, 1.5)
	c.fill(band, c.Trim)
	c.fill(heart(50, 67, 3), c.Dark)
}

func (c *canvas) tealights() {
	for i, q := range []point{{35, 55}, {65, 55}, {50, 76}} {
		c.floor(q.x, q.y+6, 14)
		cup := move(q.x-13, q.y-5).line(q.x+13, q.y-5).line(q.x+11.5, q.y+6).quad(q.x, q.y+9, q.x-11.5, q.y+6)
		col := []colour{c.Main, c.Light, c.Main}[i]
		c.fill(cup, col)
		c.within(cup, func() {
			for x := q.x - 12; x < q.x+14; x += 4 {
				c.tint(rect(x, q.y-5, 1.4, 14), c.Ink, 0.1)
			}
		})
		c.fill(ellipse(q.x, q.y-5, 13, 3.6), c.Trim)
		c.fill(ellipse(q.x, q.y-4.6, 10.6, 2.6), between(paper, flameCore, 0.5))
		c.fire(q.x, q.y-4.6, 5.4)
	}
}

func (c *canvas) holder() {
	c.floor(50, 82, 21)
	body := move(29, 40).line(71, 40).cube(72, 60, 68, 76, 62, 82).line(38, 82).cube(32, 76, 28, 60, 29, 40)
	c.tint(body, between(c.Main, glass, 0.25), 0.92)
	c.within(body, func() {
		c.tint(ellipse(50, 62, 17, 18), flameCore, 0.5)
		c.fill(ellipse(50, 78, 13, 3), paper)
		c.fire(50, 76, 6.4)
		c.decorate(3)
		c.tint(rect(61, 0, 40, 100), c.Ink, 0.1)
	})
	c.line(arc(50, 40, 21, 3.6, 0, 1), 1.8, c.Dark)
	c.fill(round(36, 80, 28, 4, 2), c.Dark)
	c.glint(ellipse(35, 56, 1.6, 9).turnedAt(35, 56, -0.01))
}

func (c *canvas) heartHolder() {
	c.hang(50, 20)
	outer := heart(50, 49, 30)
	c.lift(outer.stroke(3.6))
	c.line(outer, 3.6, c.Main)
	c.line(heart(50, 49, 30), 0.9, c.Light)
	c.line(thread(point{38, 46}, point{50, 37}, point{62, 46}), 0.7, c.Dark)
	cup := move(37, 46).line(63, 46).cube(63, 58, 60, 64, 56, 66).line(44, 66).cube(40, 64, 37, 58, 37, 46)
	c.fill(cup, glass)
	c.within(cup, func() { c.tint(ellipse(50, 56, 12, 12), flameCore, 0.6) })
	c.fill(ellipse(50, 64, 8.6, 2), paper)
	c.fire(50, 63, 5)
	c.line(cup, 0.9, glassDark)
	c.line(arc(50, 46, 13, 2, 0, 1), 1.1, c.Dark)
	c.line(arc(50, 20, 3, 3, 0, 1), 1.2, c.Dark)
}

func (c *canvas) candlestick() {
	c.floor(50, 84, 18)
	taper := rect(46.4, 22, 7.2, 26)
	c.fill(taper, paper)
	c.shadeRight(taper, 51)
	c.fire(50, 22, 5)
	stick := move(40, 46).line(60, 46).cube(60, 51, 55, 52, 53.4, 54).cube(58, 58, 58, 62, 53, 65).cube(54, 74, 58, 77, 67, 80).quad(69, 83, 66, 84).line(34, 84).quad(31, 83, 33, 80).cube(42, 77, 46, 74, 47, 65).cube(42, 62, 42, 58, 46.6, 54).cube(45, 52, 40, 51, 40, 46)
	c.solid(stick, 2.6)
	c.shadeRight(stick, 53)
	c.fill(ellipse(50, 46, 10, 2), c.Light)
	c.glint(ellipse(46.6, 60, 1, 2.6))
}

func (c *canvas) lantern() {
	c.floor(50, 84, 20)
	c.line(arc(50, 18, 6, 7, 0.4, 1.1), 2, c.Dark)
	c.fill(polygon(point{50, 18}, point{70, 36}, point{30, 36}), c.Main)
	c.fill(polygon(point{50, 18}, point{70, 36}, point{56, 36}), c.Dark)
	pane := rect(33, 36, 34, 42)
	c.fill(pane, glass)
	c.within(pane, func() { c.tint(circle(50, 58, 17), flameCore, 0.7) })
	c.fill(rect(44.5, 60, 11, 17), paper)
	c.fire(50, 60, 5.4)
	for _, x := range []float32{31, 66} {
		c.fill(rect(x, 36, 3, 43), c.Main)
	}
	c.fill(rect(49.3, 36, 1.4, 8), c.Main)
	c.line(thread(point{34, 44}, point{50, 36}, point{66, 44}), 1.2, c.Main)
	c.fill(round(28, 34, 44, 4, 1.6), c.Dark)
	c.fill(round(27, 77, 46, 6, 2), c.Dark)
	c.fill(heart(50, 29, 3.2), c.Trim)
}

func (c *canvas) lamp() {
	c.floor(50, 84, 17)
	c.tint(polygon(point{34, 46}, point{66, 46}, point{80, 84}, point{20, 84}), flameCore, 0.28)
	base := move(46, 50).line(54, 50).cube(52, 58, 62, 64, 61, 72).cube(60, 79, 56, 80, 62, 83).line(38, 83).cube(44, 80, 40, 79, 39, 72).cube(38, 64, 48, 58, 46, 50)
	c.fill(base, wood)
	c.shadeRight(base, 53)
	shade := polygon(point{39, 18}, point{61, 18}, point{74, 49}, point{26, 49})
	c.solid(shade, 4)
	c.shadeRight(shade, 58)
	c.fill(round(38, 16.6, 24, 2.8, 1.4), c.Trim)
	c.fill(round(25, 47.6, 50, 3, 1.5), c.Trim)
	c.line(thread(point{62, 50}, point{62, 58}), 0.7, c.Ink)
	c.fill(circle(62, 59.4, 1.5), c.Dark)
}

func (c *canvas) fairyLights() {
	bulbs := []struct{ x, y float32 }{{16, 33}, {31, 41}, {47, 43}, {64, 39}, {82, 29}, {22, 63}, {38, 70}, {55, 71}, {71, 65}, {86, 55}}
	c.line(move(4, 24).cube(30, 48, 60, 42, 96, 18), 1.1, c.Ink)
	c.line(move(6, 52).cube(30, 74, 64, 76, 98, 44), 1.1, c.Ink)
	for i, b := range bulbs {
		col := []colour{c.Main, flame, c.Light, c.Trim, c.Dark}[i%5]
		c.tint(circle(b.x, b.y+5, 8.6), flameCore, 0.4)
		c.fill(round(b.x-1.9, b.y-3, 3.8, 4.4, 1), c.Ink)
		c.fill(drop(b.x, b.y+1, -5), col)
		c.glint(ellipse(b.x-1.2, b.y+4.6, 0.8, 1.8))
	}
}

func (c *canvas) discoBall() {
	c.hang(50, 24)
	c.fill(round(46, 21, 8, 5, 1.5), metalDark)
	ball := circle(50, 51, 27)
	c.fill(ball, c.Main)
	c.within(ball, func() {
		for row := range 11 {
			for col := range 14 {
				x, y := 21+float32(col)*4.5, 24+float32(row)*5.2
				k := (row*7 + col*5 + row*col) % 5
				c.fill(round(x, y, 3.7, 4.3, 0.5), []colour{c.Light, c.Dark, c.Trim, c.Light, between(c.Main, c.Trim, 0.5)}[k])
			}
		}
		c.tint(rect(62, 0, 40, 100), c.Ink, 0.12)
	})
	for _, q := range []point{{24, 28}, {80, 70}, {76, 26}} {
		c.fill(star(q.x, q.y, 5, 1.3, 4), paper)
	}
}

func (c *canvas) incense() {
	c.floor(50, 82, 30)
	for i, x := range []float32{38, 50, 62} {
		lean := (x - 50) * 0.5
		c.line(thread(point{x, 74}, point{x + lean, 36}), 1.6, []colour{c.Dark, c.Main, c.Dark}[i])
		c.fill(circle(x+lean, 36, 1.5), flame)
		c.tint(move(x+lean, 33).cube(x+lean-6, 27, x+lean+6, 22, x+lean, 14).stroke(1.6), paper, 0.9)
	}
	bowl := move(24, 68).line(76, 68).cube(74, 80, 62, 82, 50, 82).cube(38, 82, 26, 80, 24, 68)
	c.solid(bowl, 3)
	c.shadeRight(bowl, 60)
	c.fill(ellipse(50, 68, 26, 3.6), c.Dark)
	c.fill(ellipse(50, 68.2, 23, 2.5), rgb(0xD9CBB8))
}

func (c *canvas) bulb() {
	c.tint(circle(50, 42, 32), flameCore, 0.35)
	body := move(41, 66).cube(41, 58, 27, 54, 27, 40).cube(27, 26, 38, 18, 50, 18).cube(62, 18, 73, 26, 73, 40).cube(73, 54, 59, 58, 59, 66)
	c.solid(body, 4.2)
	c.shadeRight(body, 60)
	c.line(move(44, 62).line(43, 46).line(47, 50).line(50, 45).line(53, 50).line(57, 46).line(56, 62), 0.9, c.Trim)
	for i, y := range []float32{66, 71, 76} {
		c.fill(round(41+float32(i)*0.6, y, 18-float32(i)*1.2, 4.4, 2), []colour{metal, metalDark, metal}[i])
	}
	c.fill(round(46, 80, 8, 3.4, 1.7), metalDark)
	c.glint(ellipse(37, 34, 2.4, 7).turnedAt(37, 34, 0.08))
}
