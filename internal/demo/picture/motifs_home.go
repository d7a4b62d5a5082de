package picture

func (c *canvas) sign() {
	c.line(thread(point{28, 42}, point{50, 18}, point{72, 42}), 1.1, between(c.Ink, c.Back, 0.3))
	c.fill(circle(50, 18, 2), c.Ink)
	board := round(16, 40, 68, 36, 4)
	c.lift(board)
	c.fill(board, c.Main)
	c.line(round(18.6, 42.6, 62.8, 30.8, 2.6), 1, c.Trim)
	c.fill(circle(28, 44.8, 1.2).and(circle(72, 44.8, 1.2)), c.Ink)
	c.fill(round(30, 51, 40, 3.4, 1.7), c.Trim)
	c.fill(round(25, 58, 50, 3.4, 1.7), c.Trim)
	c.fill(heart(50, 67, 3.4), c.Trim)
	c.fill(round(33, 66, 10, 1.2, 0.6).and(round(57, 66, 10, 1.2, 0.6)), c.Trim)
}

func (c *canvas) tile() {
	tile := round(26, 22, 48, 56, 4)
	c.lift(tile)
	c.fill(tile, paper)
	c.line(round(29, 25, 42, 50, 3), 1.6, c.Main)
	c.line(round(31.6, 27.6, 36.8, 44.8, 2), 0.6, c.Main)
	for _, q := range []point{{35, 31}, {65, 31}, {35, 69}, {65, 69}} {
		c.fill(petals(q.x, q.y, 1.9, 1.7, 1.4, 5), c.Main)
		c.fill(circle(q.x, q.y, 0.9), gold)
	}
	c.fill(move(50, 35).line(54.4, 35).line(54.4, 61).line(59, 61).line(59, 65).line(44, 65).line(44, 61).line(48.6, 61).line(48.6, 42).line(43, 44.4).line(43, 40), c.Dark)
}

func (c *canvas) letters() {
	c.floor(50, 74, 36)
	for i, x := range []float32{14, 33, 52, 71} {
		block := round(x, 54, 17, 20, 2)
		c.fill(block, []colour{c.Main, c.Light, c.Dark, c.Main}[i])
		c.shadeRight(block, x+13.5)
		c.line(round(x+2, 56, 13, 16, 1.4), 0.7, c.Trim)
	}
	c.line(thread(point{19.5, 59}, point{19.5, 69}), 2, c.Trim)
	c.line(thread(point{25.5, 59}, point{25.5, 69}), 2, c.Trim)
	c.line(thread(point{19.5, 64}, point{25.5, 64}), 2, c.Trim)
	c.line(circle(41.5, 64, 4), 2, c.Trim)
	c.line(thread(point{56.5, 69}, point{56.5, 59}, point{60.5, 65}, point{64.5, 59}, point{64.5, 69}), 1.9, c.Trim)
	c.line(thread(point{83, 59.5}, point{76.5, 59.5}, point{76.5, 68.5}, point{83, 68.5}), 1.9, c.Trim)
	c.line(thread(point{76.5, 64}, point{81, 64}), 1.9, c.Trim)
	c.fill(heart(50, 38, 13), c.Main)
	c.within(heart(50, 38, 13), func() { c.tint(rect(56, 0, 50, 100), c.Ink, 0.1) })
	c.glint(ellipse(42, 31, 2.4, 3.6).turnedAt(42, 31, 0.1))
}

func (c *canvas) chalkboard() {
	c.line(thread(point{34, 28}, point{50, 14}, point{66, 28}), 1.2, woodDark)
	frame := round(18, 27, 64, 50, 3)
	c.lift(frame)
	c.fill(frame, wood)
	c.shadeBelow(frame, 73)
	c.fill(rect(22.5, 31.5, 55, 41), rgb(0x454B50))
	c.line(heart(36, 50, 8), 1.2, paper)
	for i, y := range []float32{42, 48, 54, 60} {
		c.tint(round(52, y, 20-float32(i%3)*4, 1.5, 0.7), paper, 0.85)
	}
	c.line(thread(point{28, 66}, point{46, 66}), 1, c.Light)
	c.fill(round(58, 75, 14, 3, 1.5), paper)
}

func (c *canvas) frame() {
	c.hang(50, 20)
	frame := round(24, 18, 52, 64, 2.5)
	c.lift(frame)
	c.fill(frame, c.Main)
	c.within(frame, func() { c.decorate(2) })
	c.line(round(25.5, 19.5, 49, 61, 2), 1, c.Light)
	c.fill(rect(31, 25, 38, 50), c.Dark)
	c.fill(rect(32, 26, 36, 48), paper)
	view := rect(36, 30, 28, 40)
	c.fill(view, rgb(0xDCEAF0))
	c.within(view, func() {
		c.fill(circle(57, 39, 4.5), flameCore)
		c.fill(circle(42, 68, 17), leaf)
		c.fill(circle(63, 72, 16), leafDark)
		c.fill(rect(44.2, 45, 1.4, 10), soil)
		c.fill(circle(45, 44, 4.4), leafDark)
	})
}

func (c *canvas) mirror() {
	c.floor(50, 84, 14)
	c.fill(rect(48, 70, 4, 12), c.Dark)
	c.fill(ellipse(50, 82, 13, 2.6), c.Dark)
	ring := scallop(50, 45, 26, 18)
	c.lift(ring)
	c.fill(ring, c.Main)
	c.line(circle(50, 45, 24.6), 0.9, c.Light)
	c.fill(circle(50, 45, 21.5), c.Dark)
	c.fill(circle(50, 45, 20.3), rgb(0xDDEBF0))
	c.within(circle(50, 45, 20.3), func() {
		c.tint(polygon(point{30, 58}, point{56, 20}, point{63, 20}, point{36, 64}), paper, 0.75)
		c.tint(polygon(point{44, 68}, point{74, 26}, point{77, 29}, point{48, 70}), paper, 0.75)
	})
}

func (c *canvas) clock() {
	c.floor(50, 84, 19)
	for _, t := range []float32{-1, 1} {
		c.line(thread(point{50 + t*16, 72}, point{50 + t*21, 82}), 4, c.Dark)
		c.fill(ellipse(50+t*15, 24, 9.5, 7.5).turnedAt(50+t*15, 24, t*0.1), c.Dark)
	}
	c.line(arc(50, 21, 5, 6, 0.5, 1), 2, c.Dark)
	c.fill(circle(50, 52, 28), c.Main)
	c.fill(circle(50, 52, 22.5), c.Dark)
	c.fill(circle(50, 52, 21.3), paper)
	for i := range 12 {
		a, b := onCircle(50, 52, 18.6, float32(i)/12), onCircle(50, 52, 16.4, float32(i)/12)
		width := float32(1)
		if i%3 == 0 {
			width = 1.8
		}
		c.line(thread(a, b), width, c.Ink)
	}
	c.line(thread(point{50, 52}, point{50, 39}), 1.8, c.Ink)
	c.line(thread(point{50, 52}, point{60, 57}), 2.2, c.Ink)
	c.fill(circle(50, 52, 2), c.Main)
	c.glint(arc(50, 52, 25.2, 25.2, 0.55, 0.68).stroke(1.8))
}

func (c *canvas) thermometer() {
	board := corners(34, 14, 32, 72, 16, 16, 6, 6)
	c.lift(board)
	c.fill(board, c.Main)
	c.line(corners(36.4, 16.4, 27.2, 67.2, 13.6, 13.6, 4, 4), 0.9, c.Trim)
	c.fill(heart(50, 24, 4), c.Trim)
	for i := range 9 {
		y := 33 + float32(i)*4.4
		w := float32(4)
		if i%2 == 0 {
			w = 7
		}
		c.fill(round(55, y, w, 1, 0.5).and(round(45-w, y, w, 1, 0.5)), c.Trim)
	}
	c.fill(round(46.8, 30, 6.4, 44, 3.2).and(circle(50, 74, 6)), paper)
	c.fill(circle(50, 74, 4.2).and(round(48.6, 46, 2.8, 28, 1.4)), tomato)
	c.glint(circle(48.6, 72.6, 1.2))
}

func (c *canvas) hooks() {
	board := round(14, 32, 72, 18, 4)
	c.lift(board)
	c.fill(board, c.Main)
	c.within(board, func() { c.decorate(2.6) })
	c.line(round(16.4, 34.4, 67.2, 13.2, 2.6), 0.8, c.Trim)
	for _, x := range []float32{28, 50, 72} {
		c.fill(circle(x, 42, 3.4), metalDark)
		c.line(thread(point{x, 42}, point{x, 60}), 3, metalDark)
		c.line(arc(x+5, 60, 5, 6, 0, 0.5), 3, metalDark)
		c.fill(circle(x+10, 58.5, 2.6), c.Dark)
		c.glint(circle(x-1, 41, 1))
	}
}

func (c *canvas) knob() {
	for i, q := range []point{{35, 36}, {66, 40}, {48, 66}} {
		r := float32(16) - float32(i)
		ball := circle(q.x, q.y, r)
		c.fill(ellipse(q.x+1.5, q.y+r+1, r*0.8, 2), between(c.Halo, c.Ink, 0.14))
		c.solid(ball, 3)
		c.within(ball, func() { c.tint(circle(q.x+r*0.55, q.y+r*0.6, r*0.75), c.Ink, 0.1) })
		c.fill(circle(q.x, q.y, 3.2), metal)
		c.line(thread(point{q.x - 1.6, q.y - 1.6}, point{q.x + 1.6, q.y + 1.6}), 0.9, metalDark)
		c.glint(ellipse(q.x-r*0.45, q.y-r*0.5, 2.6, 3.6).turnedAt(q.x-r*0.45, q.y-r*0.5, 0.12))
	}
}
