package picture

func (c *canvas) jigsaw() {
	for i, q := range []point{{22, 22}, {50, 22}, {22, 50}, {52, 52}} {
		knob := []path{
			circle(q.x+28, q.y+14, 5), circle(q.x+14, q.y+28, 5),
			circle(q.x+28, q.y+14, 5), circle(q.x+14, q.y-0.5, 5),
		}[i]
		piece := round(q.x, q.y, 28, 28, 2).and(knob)
		if i == 3 {
			piece = piece.turnedAt(q.x+14, q.y+14, 0.03).moved(2, 2)
		}
		c.lift(piece)
		c.fill(piece, []colour{c.Main, c.Light, c.Trim, c.Dark}[i])
	}
	c.fill(circle(50, 64, 4.4), c.Trim)
	c.fill(heart(36, 36.5, 6.4), c.Trim)
	c.fill(star(64, 35, 7, 3.4, 5), c.Trim)
	c.fill(petals(36, 65, 4.8, 4, 3.2, 6), c.Main)
	c.fill(circle(36, 65, 2.4), gold)
	c.fill(heart(69, 70, 6.4).turnedAt(68, 68, 0.03), c.Trim)
}

func (c *canvas) skittles() {
	c.floor(48, 84, 30)
	for i, x := range []float32{28, 45, 62} {
		pin := move(x, 26).cube(x+5.4, 26, x+6, 34, x+3.6, 40).cube(x+3.6, 48, x+9, 52, x+8.4, 66).cube(x+8, 76, x+6.4, 82, x+5.4, 83).line(x-5.4, 83).cube(x-6.4, 82, x-8, 76, x-8.4, 66).cube(x-9, 52, x-3.6, 48, x-3.6, 40).cube(x-6, 34, x-5.4, 26, x, 26)
		c.fill(pin, woodLight)
		c.within(pin, func() {
			col := []colour{c.Main, c.Dark, c.Light}[i]
			c.fill(rect(x-10, 58, 20, 12), col)
			c.fill(rect(x-10, 39, 20, 2.4), col)
			c.tint(rect(x+2.4, 0, 12, 100), c.Ink, 0.12)
		})
	}
	ball := circle(79, 74, 10)
	c.fill(ball, tomato)
	c.within(ball, func() { c.fill(rect(68, 72, 22, 3), paper) })
	c.glint(ellipse(75.6, 68.6, 2.4, 1.6).turnedAt(75.6, 68.6, -0.1))
}

func (c *canvas) blocks() {
	c.floor(50, 83, 32)
	for i, q := range []point{{20, 57}, {47, 57}, {34, 31}} {
		block := round(q.x, q.y, 26, 26, 3)
		c.fill(block, []colour{c.Main, c.Dark, c.Light}[i])
		c.fill(round(q.x+3, q.y+3, 20, 20, 2), paper)
		c.tint(rect(q.x+22, q.y, 4, 26), c.Ink, 0.1)
	}
	c.line(thread(point{27.6, 77}, point{33, 63}, point{38.4, 77}), 2.6, c.Main)
	c.line(thread(point{30, 72.6}, point{36, 72.6}), 2.2, c.Main)
	c.line(thread(point{56, 63}, point{56, 77}), 2.6, c.Dark)
	c.line(arc(57.6, 66.6, 5.4, 3.6, 0.75, 1.25), 2.4, c.Dark)
	c.line(arc(57.6, 73.6, 6, 3.6, 0.75, 1.25), 2.4, c.Dark)
	c.line(arc(48, 44, 6, 7, 0.12, 0.88), 2.6, c.Main)
	c.fill(circle(81, 76, 7), tomato)
	c.glint(circle(78.6, 73.4, 1.6))
}

func (c *canvas) slate() {
	board := round(22, 16, 56, 68, 8)
	c.lift(board)
	c.fill(board, c.Main)
	c.within(board, func() { c.decorate(2.6) })
	c.fill(round(29, 23, 42, 40, 3), c.Dark)
	c.fill(round(30, 24, 40, 38, 2.4), rgb(0xEDEFF0))
	c.line(circle(50, 42, 11), 1.2, c.Ink)
	c.fill(circle(46, 40, 1.3).and(circle(54, 40, 1.3)), c.Ink)
	c.line(arc(50, 43, 5.4, 4.4, 0.06, 0.44), 1.2, c.Ink)
	c.fill(round(31, 69, 38, 4, 2), c.Dark)
	c.fill(round(43, 67, 9, 8, 2), c.Trim)
	c.line(thread(point{62, 77}, point{80, 58}), 3, gold)
	c.line(thread(point{60.6, 78.6}, point{62, 77}), 1.6, c.Ink)
}

func (c *canvas) piggyBank() {
	c.floor(50, 82, 27)
	for _, x := range []float32{33, 44, 57, 67} {
		c.fill(round(x-3.4, 68, 7, 14, 2), c.Dark)
	}
	c.line(arc(20, 50, 4, 4, 0.1, 0.85), 1.8, c.Dark)
	body := ellipse(49, 56, 29, 22)
	c.solid(body, 4)
	c.within(body, func() { c.tint(ellipse(52, 80, 34, 14), c.Ink, 0.1) })
	c.fill(polygon(point{60, 40}, point{73, 30}, point{73, 46}), c.Dark)
	c.fill(round(72, 50, 12, 15, 5), c.Light)
	c.fill(ellipse(76, 57, 1.2, 2.2).and(ellipse(80.4, 57, 1.2, 2.2)), c.Dark)
	c.fill(circle(67, 50, 2), c.Ink)
	c.fill(round(40, 34.6, 16, 2.6, 1.3), c.Ink)
	c.fill(circle(48, 26, 8.4), gold)
	c.line(circle(48, 26, 6), 0.9, goldDark)
	c.within(rect(30, 10, 40, 25.6), func() { c.fill(heart(48, 26.4, 3.2), goldDark) })
}

func (c *canvas) marbles() {
	for i, q := range []struct{ x, y, r float32 }{{36, 62, 17}, {66, 64, 15}, {52, 37, 14}, {76, 42, 8}, {26, 38, 9}} {
		c.tint(ellipse(q.x+1, q.y+q.r*0.98, q.r*0.8, q.r*0.14), c.Ink, 0.15)
		ball := circle(q.x, q.y, q.r)
		c.fill(ball, []colour{c.Main, c.Light, c.Dark, tomato, gold}[i])
		c.within(ball, func() {
			swirl := move(q.x-q.r*1.1, q.y+q.r*0.1).cube(q.x-q.r*0.3, q.y-q.r*0.9, q.x+q.r*0.2, q.y+q.r*0.9, q.x+q.r*1.1, q.y-q.r*0.2)
			c.line(swirl, q.r*0.34, c.Trim)
			c.line(swirl.moved(0, q.r*0.5), q.r*0.12, c.Trim)
			c.tint(circle(q.x+q.r*0.6, q.y+q.r*0.6, q.r*0.7), c.Ink, 0.1)
		})
		c.tint(ellipse(q.x-q.r*0.38, q.y-q.r*0.45, q.r*0.2, q.r*0.12).turnedAt(q.x-q.r*0.38, q.y-q.r*0.45, -0.1), paper, 0.9)
	}
}

func (c *canvas) dominoes() {
	for i, q := range []point{{36, 46}, {62, 54}} {
		turn := []float32{-0.04, 0.05}[i]
		tile := round(q.x-13, q.y-27, 26, 54, 4).turnedAt(q.x, q.y, turn)
		c.lift(tile)
		c.fill(tile, []colour{c.Trim, c.Main}[i])
		dot := []colour{c.Main, c.Trim}[i]
		c.line(thread(point{q.x - 9, q.y}, point{q.x + 9, q.y}).turnedAt(q.x, q.y, turn), 1.2, dot)
		for _, d := range [][]point{{{-6, -19}, {6, -19}, {0, -13.4}, {-6, -8}, {6, -8}}, {{-6, 8}, {6, 19}, {0, 13.4}}} {
			for _, p := range d {
				c.fill(circle(q.x+p.x, q.y+p.y, 2.4).turnedAt(q.x, q.y, turn), dot)
			}
		}
	}
}

func (c *canvas) playingCards() {
	for i := range 4 {
		turn := (float32(i) - 1.5) * 0.045
		card := round(36, 22, 32, 48, 3).turnedAt(52, 92, turn)
		c.lift(card)
		c.fill(card, paper)
		at := func(p path) path { return p.turnedAt(52, 92, turn) }
		if i == 3 {
			c.fill(at(heart(52, 46, 8)), tomato)
			c.fill(at(heart(41, 28, 2.6)), tomato)
			c.fill(at(heart(63, 64, 2.6)), tomato)
			continue
		}
		c.fill(at(round(38.6, 24.6, 26.8, 42.8, 2)), []colour{c.Main, c.Dark, c.Main}[i])
		c.line(at(round(40.6, 26.6, 22.8, 38.8, 1.4)), 0.6, c.Trim)
	}
}

func (c *canvas) spinningTop() {
	c.floor(50, 86, 14)
	body := move(20, 44).cube(24, 34, 40, 30, 50, 30).cube(60, 30, 76, 34, 80, 44).cube(78, 60, 60, 72, 53, 82).line(47, 82).cube(40, 72, 22, 60, 20, 44)
	c.fill(body, c.Main)
	c.within(body, func() {
		c.fill(rect(10, 42, 80, 7), c.Trim)
		c.fill(rect(10, 55, 80, 5), c.Dark)
		c.fill(rect(10, 66, 80, 4), gold)
		c.tint(rect(60, 0, 40, 100), c.Ink, 0.12)
	})
	c.fill(polygon(point{47, 82}, point{53, 82}, point{50, 87}), metalDark)
	c.fill(rect(48, 14, 4, 18), wood)
	c.fill(circle(50, 14, 4), c.Dark)
	c.glint(ellipse(32, 38, 4.4, 1.6).turnedAt(32, 38, -0.05))
}

func (c *canvas) ropeToy() {
	c.line(move(26, 40).cube(8, 78, 50, 92, 54, 62).cube(58, 36, 92, 40, 78, 74), 3.4, c.Dark)
	c.line(move(26, 40).cube(8, 78, 50, 92, 54, 62).cube(58, 36, 92, 40, 78, 74), 1.2, c.Trim)
	for _, h := range []struct {
		q    point
		turn float32
	}{{point{28, 30}, 0.03}, {point{75, 80}, 0.06}} {
		grip := round(h.q.x-5, h.q.y-13, 10, 26, 5).turnedAt(h.q.x, h.q.y, h.turn)
		c.lift(grip)
		c.fill(grip, wood)
		c.fill(rect(h.q.x-5, h.q.y-3, 10, 7).turnedAt(h.q.x, h.q.y, h.turn), c.Main)
		c.fill(rect(h.q.x-5, h.q.y-6, 10, 1.6).turnedAt(h.q.x, h.q.y, h.turn), c.Main)
	}
}
