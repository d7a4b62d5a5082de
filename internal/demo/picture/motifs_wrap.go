package picture

func (c *canvas) tape() {
	for i, q := range []point{{38, 58}, {62, 46}} {
		roll := circle(q.x, q.y, 20)
		c.lift(roll)
		c.fill(roll, []colour{c.Main, c.Dark}[i])
		c.within(roll, func() {
			for j := range 12 {
				p := onCircle(q.x, q.y, 15.4, float32(j)/12)
				c.fill(heart(p.x, p.y, 2.3), c.Trim)
			}
		})
		c.line(circle(q.x, q.y, 20), 0.8, c.Light)
		c.fill(circle(q.x, q.y, 10.6), woodDark)
		c.fill(circle(q.x, q.y, 9), wood)
		c.fill(circle(q.x, q.y, 7), c.Halo)
	}
	strip := polygon(point{38, 73}, point{84, 73}, point{86, 75}, point{84, 77}, point{86, 79}, point{84, 82}, point{38, 82})
	c.lift(strip)
	c.fill(strip, c.Main)
	for _, x := range []float32{48, 58, 68, 78} {
		c.fill(heart(x, 77.5, 2.3), c.Trim)
	}
}

func (c *canvas) wrap() {
	for i, x := range []float32{30, 50, 70} {
		turn := []float32{-0.03, 0, 0.03}[i]
		roll := round(x-8, 20, 16, 62, 3).turnedAt(x, 60, turn)
		c.lift(roll)
		col := []colour{c.Light, c.Main, c.Dark}[i]
		c.fill(roll, col)
		c.within(roll, func() {
			c.decorate(5.2)
			c.tint(round(x+3, 15, 12, 80, 0).turnedAt(x, 60, turn), c.Ink, 0.12)
		})
		c.fill(ellipse(x, 21, 8, 2.6).turnedAt(x, 60, turn), paper)
		c.fill(ellipse(x, 21, 4.6, 1.4).turnedAt(x, 60, turn), paperEdge)
	}
	c.fill(round(20, 56, 60, 6, 2), gold)
	for _, side := range []float32{-1, 1} {
		c.fill(mirrored(side, move(0, 58).cube(6, 46, 18, 48, 17, 56).cube(16, 64, 6, 66, 0, 60)), goldDark)
	}
	c.fill(circle(50, 59, 3.4), gold)
}

func (c *canvas) giftBag() {
	c.floor(50, 84, 23)
	c.line(arc(50, 34, 9, 15, 0.5, 1), 2, c.Dark)
	c.fill(polygon(point{34, 36}, point{40, 26}, point{46, 35}, point{52, 24}, point{58, 35}, point{64, 27}, point{67, 36}), paper)
	body := polygon(point{27, 34}, point{73, 34}, point{73, 83}, point{27, 83})
	c.solid(body, 4.8)
	c.fill(polygon(point{73, 34}, point{80, 40}, point{80, 79}, point{73, 83}), c.Dark)
	c.fill(rect(27, 34, 46, 3), c.Trim)
	c.tint(rect(27, 78, 46, 5), c.Ink, 0.1)
	tag := round(58, 42, 11, 15, 2).turnedAt(63, 44, 0.03)
	c.lift(tag)
	c.fill(tag, paper)
	c.fill(heart(62.4, 51, 3), c.Main)
	c.line(thread(point{63, 44}, point{58, 34}), 0.8, c.Ink)
}

func (c *canvas) gift() {
	c.floor(50, 82, 27)
	body := round(24, 46, 52, 36, 2)
	c.solid(body, 4.4)
	c.shadeRight(body, 62)
	c.fill(rect(45, 46, 10, 36), c.Trim)
	lid := round(20, 37, 60, 12, 2)
	c.fill(lid, c.Dark)
	c.fill(rect(44.4, 37, 11.2, 12), c.Trim)
	for _, side := range []float32{-1, 1} {
		loop := mirrored(side, move(0, 37).cube(4, 22, 24, 16, 25, 26).cube(26, 34, 12, 37, 0, 37))
		c.fill(loop, c.Trim)
		c.line(loop, 0.9, c.Dark)
		c.fill(mirrored(side, move(3, 35).cube(8, 27, 18, 24, 19, 28).cube(19, 32, 10, 35, 3, 35.6)), between(c.Trim, c.Ink, 0.16))
	}
	c.fill(round(45, 30, 10, 9, 3), c.Trim)
	c.line(round(45, 30, 10, 9, 3), 0.9, c.Dark)
}

func (c *canvas) tag() {
	for i := range 3 {
		turn := []float32{-0.07, 0, 0.07}[i]
		t := move(43, 26).line(57, 26).line(65, 36).line(65, 78).line(35, 78).line(35, 36).moved([]float32{-10, 0, 10}[i], 0).turnedAt(50, 80, turn)
		c.lift(t)
		c.fill(t, []colour{c.Light, c.Dark, c.Main}[i])
	}
	c.fill(circle(62, 33.4, 2.4), c.Back)
	c.line(move(62, 33).cube(56, 20, 70, 12, 76, 20), 0.9, c.Ink)
	c.fill(heart(59, 58, 8.4).turnedAt(59, 58, 0.07), c.Trim)
}

func (c *canvas) calendar() {
	c.hang(50, 16)
	page := round(23, 20, 54, 62, 3)
	c.lift(page)
	c.fill(page, paper)
	c.solid(corners(23, 20, 54, 28, 3, 3, 0, 0), 4)
	if c.pattern == plain {
		c.within(corners(23, 20, 54, 28, 3, 3, 0, 0), func() {
			c.fill(circle(38, 52, 16).and(circle(62, 54, 17)), c.Dark)
			c.fill(circle(63, 31, 5), c.Trim)
		})
	}
	for row := range 4 {
		for col := range 6 {
			x, y := 29+float32(col)*7.6, 53+float32(row)*6.6
			fill := between(c.Main, paper, 0.72)
			if row == 2 && col == 3 {
				fill = tomato
			}
			c.fill(round(x, y, 5, 4, 1), fill)
		}
	}
	for _, x := range steps(9) {
		c.line(thread(point{28 + x*44, 17.6}, point{28 + x*44, 22.6}), 1.3, metalDark)
	}
}

func (c *canvas) album() {
	pages := round(24, 26, 56, 52, 2)
	c.lift(pages)
	c.fill(pages, paperEdge)
	cover := corners(20, 24, 56, 54, 2, 3, 3, 2)
	c.solid(cover, 4)
	c.fill(rect(20, 24, 7, 54), c.Dark)
	for _, y := range []float32{36, 66} {
		c.fill(circle(23.5, y, 1.7), gold)
	}
	c.fill(rect(35, 35, 31, 30), c.Dark)
	c.fill(rect(36, 36, 29, 28), paper)
	view := rect(38.5, 38.5, 24, 19)
	c.fill(view, rgb(0xDCEAF0))
	c.within(view, func() {
		c.fill(circle(56, 44, 3), flameCore)
		c.fill(circle(44, 61, 11), leaf)
		c.fill(circle(58, 62, 9), leafDark)
	})
}

func (c *canvas) calculator() {
	body := round(30, 18, 40, 64, 6)
	c.lift(body)
	c.fill(body, c.Main)
	c.within(body, func() { c.decorate(3) })
	c.fill(round(35, 24, 30, 13, 2.5), rgb(0xDDE8DC))
	for _, x := range []float32{51, 56, 61} {
		c.fill(round(x-2, 27, 2.6, 7, 0.8), c.Ink)
	}
	for i := range 12 {
		x, y := 35.5+float32(i%3)*10.2, 42+float32(i/3)*9.4
		col := c.Trim
		if i%3 == 2 {
			col = c.Dark
		}
		c.fill(round(x, y, 8.4, 6.6, 2), col)
	}
}

func (c *canvas) eraser() {
	for i, q := range []point{{38, 42}, {62, 62}} {
		turn := []float32{-0.06, 0.05}[i]
		body := round(q.x-17, q.y-10, 34, 20, 4).turnedAt(q.x, q.y, turn)
		c.lift(body)
		c.fill(body, paper)
		sleeve := rect(q.x-17, q.y-10, 22, 20).turnedAt(q.x, q.y, turn)
		c.within(body, func() {
			c.fill(sleeve, []colour{c.Main, c.Dark}[i])
			c.fill(rect(q.x+1, q.y-10, 2, 20).turnedAt(q.x, q.y, turn), c.Trim)
		})
		c.fill(heart(q.x-7, q.y+0.5, 4.6).turnedAt(q.x, q.y, turn), c.Trim)
	}
	for i, q := range []point{{76, 40}, {80, 45}, {24, 66}, {28, 72}} {
		c.fill(round(q.x, q.y, 3.4, 1.4, 0.7).turnedAt(q.x, q.y, float32(i)*0.2), c.Dark)
	}
}
