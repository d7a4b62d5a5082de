package picture

func (c *canvas) bunting() {
	for row, top := range []float32{24, 56} {
		sag := float32(11)
		c.line(move(2, top).quad(50, top+2*sag, 98, top), 1, c.Ink)
		for i, t := range steps(7) {
			x := 9 + t*82
			u := (x-2)/96*2 - 1
			y := top + sag*(1-u*u)
			flag := polygon(point{x - 6.4, y - 0.4}, point{x + 6.4, y - 0.4}, point{x, y + 17})
			c.lift(flag)
			if (i+row)%2 == 0 {
				c.solid(flag, 2.3)
			} else {
				c.fill(flag, []colour{c.Trim, c.Dark, c.Light}[(i+row)%3])
			}
			c.fill(rect(x-6.4, y-0.8, 12.8, 1.8), c.Dark)
		}
	}
}

func (c *canvas) balloons() {
	for i, q := range []struct{ x, y, r float32 }{{33, 40, 15}, {67, 38, 15}, {50, 30, 17}} {
		c.line(move(q.x, q.y+q.r).cube(q.x, 66, 50, 66, 50, 90), 0.8, c.Ink)
		b := move(q.x, q.y+q.r*1.2).
			cube(q.x-q.r*0.5, q.y+q.r*1.1, q.x-q.r, q.y+q.r*0.4, q.x-q.r, q.y-q.r*0.1).
			cube(q.x-q.r, q.y-q.r*1.35, q.x+q.r, q.y-q.r*1.35, q.x+q.r, q.y-q.r*0.1).
			cube(q.x+q.r, q.y+q.r*0.4, q.x+q.r*0.5, q.y+q.r*1.1, q.x, q.y+q.r*1.2)
		col := []colour{c.Light, c.Dark, c.Main}[i]
		c.fill(b, col)
		if i == 2 {
			c.within(b, func() { c.decorate(2.8) })
		}
		c.fill(polygon(point{q.x, q.y + q.r*1.1}, point{q.x + 2.4, q.y + q.r*1.35}, point{q.x - 2.4, q.y + q.r*1.35}), col)
		c.glint(ellipse(q.x-q.r*0.45, q.y-q.r*0.4, q.r*0.13, q.r*0.34).turnedAt(q.x-q.r*0.45, q.y-q.r*0.4, 0.08))
	}
}

func (c *canvas) honeycomb() {
	c.hang(50, 16)
	ball := circle(50, 48, 30)
	c.lift(ball)
	c.fill(ball, c.Main)
	c.within(ball, func() {
		for i, t := range steps(9) {
			rx := 30 * absolute(t*2-1)
			if i%2 == 0 {
				c.line(ellipse(50, 48, rx, 30), 0.9, c.Light)
			} else {
				c.line(ellipse(50, 48, rx, 30), 0.9, c.Dark)
			}
		}
		for _, y := range steps(7) {
			c.line(arc(50, 20+y*56, 34, 3.4, 0, 0.5), 0.7, c.Light)
		}
	})
	c.fill(round(47, 15.6, 6, 4, 1.6), c.Dark)
	c.line(thread(point{50, 78}, point{50, 90}), 0.8, c.Ink)
	for i, x := range []float32{46.6, 50, 53.4} {
		c.line(thread(point{50, 84}, point{x, 93 + float32(i%2)}), 1.2, c.Dark)
	}
}

func (c *canvas) paperChain() {
	for row, top := range []float32{26, 52} {
		for i := range 9 {
			x := 6 + float32(i)*11
			u := (x - 50) / 44
			y := top + 13*(1-u*u)
			link := ellipse(x, y, 7.2, 5.6)
			if i%2 == 1 {
				link = ellipse(x, y, 6.4, 3.2)
			}
			c.line(link.moved(0.8, 1.4), 3.4, between(c.Halo, c.Ink, 0.12))
			c.line(link, 3.4, []colour{c.Main, c.Trim, c.Dark, c.Light}[(i+row*2)%4])
		}
	}
}

func (c *canvas) paperCup() {
	c.floor(47, 83, 19)
	c.line(thread(point{56, 44}, point{68, 14}, point{76, 16}), 3, c.Trim)
	for _, t := range steps(6) {
		c.line(thread(point{57 + t*10, 41.5 - t*25}, point{57.6 + t*10, 40 - t*25}), 3, c.Dark)
	}
	body := polygon(point{27, 36}, point{69, 36}, point{62, 83}, point{34, 83})
	c.solid(body, 4.4)
	c.shadeRight(body, 55)
	c.fill(round(25, 33, 46, 5, 2.5), c.Trim)
	c.tint(round(25, 36, 46, 2, 1), c.Ink, 0.1)
}

func (c *canvas) straws() {
	for i, x := range []float32{26, 34, 42, 50, 58, 66, 74} {
		lean := (x - 50) * 0.34
		top := 22 + float32((i*5)%4)*2
		bend := float32(7)
		if i < 3 {
			bend = -7
		}
		straw := thread(point{50 + (x-50)*0.5, 70}, point{x + lean, top + 6}, point{x + lean + bend, top})
		c.line(straw, 3.6, paper)
		from, to := straw[0].at[0], straw[1].at[0]
		along := func(t float32) point { return point{from.x + (to.x-from.x)*t, from.y + (to.y-from.y)*t} }
		for _, t := range steps(8) {
			c.fill(bar(along(t), along(t+0.06), 1.8), []colour{c.Main, c.Dark}[i%2])
		}
	}
	c.floor(50, 85, 20)
	glass := polygon(point{33, 52}, point{67, 52}, point{63, 84}, point{37, 84})
	c.solid(glass, 3.8)
	c.shadeRight(glass, 56)
	c.fill(rect(33, 52, 34, 3), c.Trim)
}

func (c *canvas) partyCone() {
	c.floor(50, 83, 22)
	cone := polygon(point{50, 18}, point{72, 80}, point{28, 80})
	c.solid(cone, 4.2)
	c.shadeRight(cone, 53)
	for _, x := range steps(8) {
		c.fill(circle(28+x*44, 81, 4), c.Trim)
	}
	c.fill(petals(50, 17, 5, 4.4, 3, 9), c.Trim)
	c.fill(circle(50, 17, 4), c.Dark)
	for i, q := range []point{{20, 32}, {78, 28}, {82, 50}, {16, 54}, {28, 20}, {70, 16}} {
		c.fill(round(q.x, q.y, 4.4, 1.8, 0.9).turnedAt(q.x, q.y, float32(i)*0.17), []colour{c.Main, gold, c.Dark}[i%3])
	}
}

func (c *canvas) doily() {
	lace := scallop(50, 50, 29, 20)
	c.lift(lace)
	c.fill(lace, c.Trim)
	for i := range 20 {
		q := onCircle(50, 50, 29.6, float32(i)/20)
		c.fill(circle(q.x, q.y, 1.7), c.Main)
		q = onCircle(50, 50, 24, (float32(i)+0.5)/20)
		c.fill(ellipse(0, 0, 2.6, 1.1).turned((float32(i)+0.5)/20).moved(q.x, q.y), c.Main)
	}
	c.line(circle(50, 50, 20.4), 0.9, c.Main)
	c.solid(circle(50, 50, 18), 3.8)
	c.line(circle(50, 50, 18), 1.2, c.Dark)
	if c.pattern == plain {
		c.fill(petals(50, 50, 7.4, 6, 3.6, 8), c.Trim)
		c.fill(circle(50, 50, 3.4), c.Dark)
	}
}

func (c *canvas) paperLantern() {
	c.hang(38, 20)
	c.hang(68, 40)
	for i, q := range []struct{ x, y, r float32 }{{38, 42, 22}, {68, 62, 20}} {
		ball := ellipse(q.x, q.y, q.r, q.r*0.92)
		c.lift(ball)
		c.fill(ball, []colour{c.Main, c.Light}[i])
		c.within(ball, func() {
			for _, t := range steps(8) {
				c.line(arc(q.x, q.y-q.r+t*q.r*2, q.r+2, 2, 0, 0.5), 0.8, c.Dark)
			}
			c.tint(rect(q.x+q.r*0.4, 0, 40, 100), c.Ink, 0.1)
		})
		c.fill(round(q.x-6, q.y-q.r*0.92-2, 12, 4, 1.5).and(round(q.x-6, q.y+q.r*0.92-2, 12, 4, 1.5)), c.Dark)
		for _, dx := range []float32{-2.4, 0, 2.4} {
			c.line(thread(point{q.x + dx*0.4, q.y + q.r*0.92 + 2}, point{q.x + dx, q.y + q.r*0.92 + 10}), 1, gold)
		}
	}
}
