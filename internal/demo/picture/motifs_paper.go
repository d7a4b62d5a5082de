package picture

func (c *canvas) card() {
	back := polygon(point{32, 22}, point{78, 22}, point{78, 78}, point{32, 78}).turnedAt(55, 50, 0.025)
	c.lift(back)
	c.fill(back, paperEdge)
	front := round(24, 20, 46, 60, 1.6).turnedAt(47, 50, -0.02)
	c.lift(front)
	c.fill(front, paper)
	inner := round(28, 24, 38, 40, 1).turnedAt(47, 50, -0.02)
	c.solid(inner, 3.6)
	if c.pattern == plain {
		c.fill(petals(46, 41, 7, 5.8, 4.4, 6), c.Trim)
		c.fill(circle(46, 41, 4), gold)
	}
	c.fill(round(34, 68, 26, 1.8, 0.9).and(round(39, 72.4, 16, 1.8, 0.9)).turnedAt(47, 50, -0.02), c.Dark)
}

func (c *canvas) envelope() {
	body := round(17, 32, 66, 44, 2.5)
	letter := round(25, 19, 50, 44, 2)
	c.fill(letter, paper)
	c.fill(petals(50, 31, 4.6, 3.8, 3, 6), c.Light)
	c.fill(circle(50, 31, 2.4), gold)
	c.fill(round(34, 40, 32, 1.4, 0.7), between(c.Main, paper, 0.4))
	c.lift(body)
	c.fill(body, c.Main)
	c.within(body, func() {
		c.fill(polygon(point{17, 32}, point{17, 76}, point{47, 55}), c.Light)
		c.fill(polygon(point{83, 32}, point{83, 76}, point{53, 55}), c.Light)
		c.fill(polygon(point{15, 78}, point{50, 51}, point{85, 78}), c.Main)
		c.line(thread(point{17, 77}, point{50, 51.4}, point{83, 77}), 0.9, c.Dark)
	})
	c.fill(heart(50, 60, 5), c.Trim)
}

func (c *canvas) notebook() {
	pages := round(29, 20, 46, 62, 3)
	c.lift(pages)
	c.fill(pages, paperEdge)
	cover := corners(25, 18, 48, 62, 2, 4, 4, 2)
	c.solid(cover, 4.2)
	c.fill(corners(25, 18, 8, 62, 2, 0, 0, 2), c.Dark)
	c.fill(rect(65, 18, 2.4, 62), c.Dark)
	label := round(39, 31, 21, 15, 2)
	c.fill(label, paper)
	c.line(round(40.2, 32.2, 18.6, 12.6, 1.4), 0.5, c.Main)
	c.fill(round(43, 36, 13, 1.5, 0.7).and(round(45, 40, 9, 1.5, 0.7)), c.Dark)
	c.fill(polygon(point{56, 80}, point{60, 80}, point{60, 90}, point{58, 87.4}, point{56, 90}), tomato)
}

func (c *canvas) pencils() {
	for i, x := range []float32{33, 41.6, 50, 58.4, 67} {
		top := []float32{22, 17, 21, 15, 23}[i]
		col := []colour{c.Main, gold, c.Light, leaf, c.Dark}[i]
		c.fill(rect(x-3.6, top+10, 7.2, 40), col)
		c.fill(rect(x+1, top+10, 2.6, 40), between(col, c.Ink, 0.16))
		c.fill(polygon(point{x - 3.6, top + 10}, point{x, top}, point{x + 3.6, top + 10}), woodLight)
		c.fill(polygon(point{x - 1.3, top + 3.6}, point{x, top}, point{x + 1.3, top + 3.6}), col)
	}
	c.floor(50, 84, 23)
	tube := corners(27, 46, 46, 38, 1, 1, 4, 4)
	c.solid(tube, 4)
	c.shadeRight(tube, 60)
	c.fill(rect(27, 46, 46, 3.4).and(rect(27, 78, 46, 2)), c.Trim)
}

func (c *canvas) pen() {
	for i, x := range []float32{36, 50, 64} {
		p := round(x-3.4, 24, 6.8, 44, 3).and(polygon(point{x - 2.6, 68}, point{x + 2.6, 68}, point{x, 78})).turnedAt(50, 50, 0.06)
		c.lift(p)
		col := []colour{c.Main, c.Dark, c.Light}[i]
		c.fill(p, col)
		c.fill(polygon(point{x - 2.6, 68}, point{x + 2.6, 68}, point{x, 78}).turnedAt(50, 50, 0.06), metalDark)
		c.fill(rect(x-3.4, 40, 6.8, 2.6).turnedAt(50, 50, 0.06), gold)
		c.fill(round(x+1.6, 27, 1.7, 15, 0.8).turnedAt(50, 50, 0.06), gold)
		for _, y := range []float32{48, 53, 58} {
			c.fill(circle(x-0.4, y, 1).turnedAt(50, 50, 0.06), c.Trim)
		}
	}
}

func (c *canvas) featherPen() {
	c.floor(62, 82, 17)
	vane := move(22, 12).cube(34, 12, 48, 26, 58, 56).cube(44, 52, 22, 36, 22, 12)
	c.lift(vane)
	c.fill(vane, c.Main)
	c.within(vane, func() {
		c.tint(move(22, 12).quad(38, 32, 58, 56).line(22, 56).line(10, 12), c.Dark, 0.5)
		for i := range 7 {
			y := 22 + float32(i)*5
			c.line(thread(point{24 + float32(i)*5, y}, point{14 + float32(i)*5, y + 2}), 0.7, c.Trim)
		}
	})
	c.line(move(24, 14).quad(40, 34, 62, 66), 1.3, c.Trim)
	pot := move(46, 62).line(78, 62).line(80, 78).quad(80, 82, 76, 82).line(48, 82).quad(44, 82, 44, 78)
	c.fill(pot, rgb(0x4A5560))
	c.shadeRight(pot, 66)
	c.fill(round(49, 57, 26, 6, 2), rgb(0x36404A))
	c.fill(round(52, 68, 20, 8, 1.5), paper)
}

func (c *canvas) stickers() {
	sheet := round(23, 18, 54, 64, 3).turnedAt(50, 50, 0.012)
	c.lift(sheet)
	c.fill(sheet, paper)
	for i := range 12 {
		x, y := 35.5+float32(i%3)*14.5, 28+float32(i/3)*14.6
		col := []colour{c.Main, c.Light, c.Dark, c.Halo}[(i*3+i/3)%4]
		shape := []path{heart(x, y, 5.2), star(x, y, 6, 2.9, 5), circle(x, y, 5), petals(x, y, 3.4, 3, 2.4, 6)}[(i+i/3)%4]
		c.fill(shape, col)
		if (i+i/3)%4 == 3 {
			c.fill(circle(x, y, 2), gold)
		}
		if (i+i/3)%4 == 2 {
			c.fill(circle(x-1.6, y-1, 0.7).and(circle(x+1.6, y-1, 0.7)), paper)
			c.line(arc(x, y, 2.4, 2.2, 0.1, 0.4), 0.7, paper)
		}
	}
	c.fill(polygon(point{69, 82}, point{77, 74}, point{77.6, 82.6}), paperEdge)
}

func (c *canvas) magnets() {
	for i, q := range []point{{36, 36}, {64, 34}, {38, 66}, {65, 64}} {
		disc := []path{circle(q.x, q.y, 13), round(q.x-12, q.y-12, 24, 24, 5), scallop(q.x, q.y, 11, 10), circle(q.x, q.y, 13)}[i]
		c.lift(disc)
		c.fill(disc, []colour{c.Main, c.Dark, c.Light, c.Trim}[i])
		c.line(circle(q.x, q.y, 9.6), 0.7, []colour{c.Trim, c.Trim, c.Trim, c.Main}[i])
	}
	c.fill(heart(36, 36.5, 6), c.Trim)
	c.fill(star(64, 34, 7, 3.3, 5), c.Trim)
	c.fill(petals(38, 66, 4.6, 3.8, 3, 6), c.Trim)
	c.fill(circle(38, 66, 2.4), gold)
	c.fill(heart(65, 64.5, 6), c.Main)
}

func (c *canvas) stamps() {
	c.floor(56, 82, 28)
	c.fill(round(30, 68, 52, 14, 3), c.Dark)
	c.fill(round(34, 65, 44, 6, 2), rgb(0x4A4D58))
	block := round(38, 52, 30, 13, 2)
	c.fill(block, wood)
	c.shadeRight(block, 60)
	c.fill(move(47, 52).cube(47, 44, 42, 42, 42, 33).cube(42, 24, 64, 24, 64, 33).cube(64, 42, 59, 44, 59, 52), woodLight)
	c.tint(move(53, 52).line(59, 52).cube(59, 44, 64, 42, 64, 33).quad(64, 27, 57, 26.4), c.Ink, 0.1)
	c.line(heart(22, 44, 7), 1.5, c.Main)
	c.line(heart(22, 66, 7), 1.5, c.Main)
	c.line(star(24, 24, 7.6, 3.6, 5), 1.5, c.Main)
}
