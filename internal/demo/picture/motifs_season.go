package picture

func (c *canvas) tree() {
	c.floor(50, 86, 18)
	c.fill(rect(46, 74, 8, 8), soil)
	c.fill(polygon(point{38, 79}, point{62, 79}, point{59, 87}, point{41, 87}), c.Trim)
	for i, t := range []struct{ top, base, half float32 }{{52, 76, 27}, {36, 59, 21.6}, {20, 42, 16}} {
		tier := move(50, t.top).quad(50+t.half*0.5, t.base-7, 50+t.half, t.base).quad(50, t.base+5, 50-t.half, t.base).quad(50-t.half*0.5, t.base-7, 50, t.top)
		c.fill(tier, []colour{c.Dark, c.Main, c.Light}[i])
		c.shadeRight(tier, 56)
	}
	for i, q := range []point{{42, 38}, {56, 40}, {38, 53}, {51, 55}, {62, 54}, {33, 70}, {47, 71}, {60, 70}, {68, 73}} {
		c.fill(circle(q.x, q.y, 2.5), []colour{tomato, gold, paper}[i%3])
	}
	c.fill(star(50, 18, 6.4, 3, 5), gold)
}

func (c *canvas) bauble() {
	c.hang(50, 22)
	ball := circle(50, 54, 27)
	c.lift(ball)
	c.solid(ball, 3.6)
	c.within(ball, func() {
		if c.pattern == plain || c.pattern == stars {
			c.fill(rect(20, 48, 60, 13), c.Trim)
			for _, x := range []float32{28, 39, 50, 61, 72} {
				c.fill(star(x, 54.5, 5, 2.3, 5), c.Dark)
			}
			c.line(thread(point{20, 45}, point{80, 45}), 0.9, c.Trim)
			c.line(thread(point{20, 64}, point{80, 64}), 0.9, c.Trim)
		}
		c.tint(rect(62, 0, 40, 100), c.Ink, 0.12)
	})
	c.fill(round(44, 22, 12, 7, 2), gold)
	c.line(arc(50, 20.6, 2.6, 2.6, 0, 1), 1.2, goldDark)
	c.glint(ellipse(36, 41, 2.4, 6).turnedAt(36, 41, 0.1))
}

func (c *canvas) wreath() {
	for i := range 21 {
		t := float32(i) / 21
		q := onCircle(50, 51, 23, t)
		l := ellipse(0, 0, 9.4, 4.2).turned(t+0.18).moved(q.x, q.y)
		c.tint(l.moved(0.9, 1.4), c.Ink, 0.1)
		c.fill(l, []colour{c.Dark, c.Main, c.Light}[i%3])
		q = onCircle(50, 51, 18.6, t+0.02)
		c.fill(ellipse(0, 0, 7, 3).turned(t+0.32).moved(q.x, q.y), []colour{c.Main, c.Dark}[i%2])
	}
	for i := range 9 {
		q := onCircle(50, 51, 21+float32(i%3)*2.4, float32(i)/9+0.03)
		c.fill(circle(q.x, q.y, 2.5), tomato)
		c.glint(circle(q.x-0.8, q.y-0.8, 0.7))
	}
	for _, side := range []float32{-1, 1} {
		c.fill(mirrored(side, move(1, 76).line(7, 92).line(11, 88).line(13, 91).line(5, 75)), rgb(0xB0393D))
		c.fill(mirrored(side, move(0, 75).cube(5, 66, 19, 65, 18, 75).cube(17, 83, 5, 83, 0, 76)), tomato)
	}
	c.fill(circle(50, 75.4, 3.4), rgb(0xB0393D))
}

func (c *canvas) stocking() {
	c.hang(54, 20)
	body := move(38, 22).line(66, 22).line(66, 52).cube(66, 60, 70, 64, 78, 68).cube(86, 74, 82, 86, 72, 86).cube(58, 86, 40, 82, 38, 66)
	c.lift(body)
	c.solid(body, 3.8)
	c.within(body, func() {
		c.fill(circle(80, 80, 12), c.Trim)
		c.fill(circle(40, 72, 9), c.Trim)
		c.tint(rect(58, 20, 10, 34), c.Ink, 0.08)
	})
	c.fill(round(34, 18, 36, 13, 5), c.Trim)
	c.tint(round(34, 26, 36, 5, 2.5), c.Ink, 0.08)
	c.fill(heart(52, 48, 6), c.Trim)
}

func (c *canvas) house() {
	c.floor(50, 85, 26)
	c.fill(rect(30, 46, 40, 38), c.Trim)
	c.shadeRight(rect(30, 46, 40, 38), 60)
	roof := polygon(point{50, 20}, point{78, 48}, point{22, 48})
	c.fill(roof, c.Main)
	c.fill(move(50, 20).line(64, 34).quad(60, 40, 55, 34).quad(50, 41, 45, 34).quad(40, 40, 36, 34), paper)
	c.line(thread(point{50, 20}, point{78, 48}), 2.4, c.Dark)
	c.line(thread(point{50, 20}, point{22, 48}), 2.4, c.Dark)
	c.fill(corners(44, 62, 12, 22, 6, 6, 0, 0), c.Main)
	c.fill(circle(53.6, 74, 1), gold)
	c.fill(circle(50, 53, 4.6), flameCore)
	c.line(circle(50, 53, 4.6), 1, c.Main)
	c.fill(round(34, 58, 7, 8, 1).and(round(59, 58, 7, 8, 1)), flameCore)
	c.fill(move(14, 86).quad(50, 76, 86, 86), paper)
	for _, q := range []point{{20, 28}, {80, 24}, {86, 46}, {14, 50}, {30, 16}} {
		c.fill(circle(q.x, q.y, 1.6), paper)
	}
}

func (c *canvas) advent() {
	c.floor(50, 85, 28)
	body := round(22, 24, 56, 60, 3)
	c.fill(body, c.Main)
	c.shadeRight(body, 72)
	c.fill(polygon(point{50, 10}, point{82, 26}, point{18, 26}), c.Dark)
	c.fill(heart(50, 20, 3.4), c.Trim)
	for i := range 20 {
		x, y := 26+float32(i%5)*10, 29+float32(i/5)*13.4
		c.fill(round(x, y, 8.4, 11.4, 1), []colour{c.Trim, c.Light, c.Dark}[(i*2+i/5)%3])
		c.fill(circle(x+4.2, y+6.4, 1.1), gold)
	}
}

func (c *canvas) rockingHorse() {
	c.line(arc(50, 52, 34, 34, 0.12, 0.38), 3.6, c.Dark)
	body := move(26, 50).cube(34, 42, 50, 50, 58, 40).cube(60, 28, 66, 22, 74, 22).line(76, 18).line(78, 24).cube(86, 32, 86, 36, 82, 40).cube(78, 40, 74, 38, 72, 38).cube(72, 50, 72, 56, 68, 60).line(74, 80).line(67, 81).line(60, 65).line(40, 65).line(33, 81).line(26, 80).line(31, 62).cube(27, 58, 25, 54, 26, 50)
	c.lift(body)
	c.solid(body, 2.8)
	c.fill(move(27, 50).cube(16, 48, 14, 62, 18, 70).cube(20, 60, 24, 58, 28, 57), c.Trim)
	c.fill(move(74, 22).cube(64, 22, 58, 32, 58, 42).cube(62, 36, 66, 30, 72, 27), c.Trim)
	c.fill(corners(41, 43, 16, 12, 3, 3, 6, 6), c.Trim)
	c.fill(heart(49, 48, 3), c.Main)
	c.fill(circle(77, 29, 1.3), c.Ink)
}

func (c *canvas) snowman() {
	c.floor(50, 86, 20)
	c.line(thread(point{34, 54}, point{18, 44}), 1.6, soil)
	c.line(thread(point{66, 54}, point{82, 44}), 1.6, soil)
	for _, b := range []struct{ y, r float32 }{{68, 19}, {44, 14}} {
		ball := circle(50, b.y, b.r)
		c.fill(ball, paper)
		c.shadeRight(ball, 58)
	}
	c.fill(round(36, 30, 28, 4.4, 2).and(round(40, 14, 20, 17, 2)), c.Ink)
	c.fill(rect(40, 25, 20, 4), c.Main)
	c.fill(circle(45, 41, 1.5).and(circle(55, 41, 1.5)), c.Ink)
	c.fill(polygon(point{50, 44}, point{50, 47}, point{61, 47}), flame)
	c.fill(round(37, 54, 26, 6, 3).and(round(56, 56, 6, 17, 2)), c.Main)
	for _, y := range []float32{66, 73, 80} {
		c.fill(circle(50, y, 1.6), c.Ink)
	}
}

func (c *canvas) santa() {
	c.floor(50, 86, 24)
	c.fill(ellipse(50, 56, 25, 27), rgb(0xF3D3B8))
	beard := move(24, 52).cube(28, 60, 36, 56, 44, 58).line(56, 58).cube(64, 56, 72, 60, 76, 52).cube(80, 76, 64, 88, 50, 88).cube(36, 88, 20, 76, 24, 52)
	c.fill(beard, paper)
	c.fill(move(50, 60).cube(44, 56, 36, 58, 33, 64).cube(40, 68, 48, 66, 50, 62).cube(52, 66, 60, 68, 67, 64).cube(64, 58, 56, 56, 50, 60), c.Light)
	hat := move(24, 42).cube(26, 22, 46, 12, 62, 16).cube(76, 18, 84, 28, 84, 36).cube(78, 32, 74, 32, 74, 42)
	c.fill(hat, c.Main)
	c.shadeRight(hat, 60)
	c.fill(round(20, 38, 60, 10, 5), paper)
	c.fill(circle(84, 39, 6), paper)
	c.fill(circle(41, 52, 1.8).and(circle(59, 52, 1.8)), c.Ink)
	c.fill(circle(50, 57, 3.4), blush)
	c.line(arc(50, 68, 4, 3, 0.05, 0.45), 1.4, tomato)
}

func (c *canvas) egg() {
	c.floor(50, 84, 22)
	shell := move(50, 17).cube(66, 17, 77, 42, 77, 57).cube(77, 74, 65, 84, 50, 84).cube(35, 84, 23, 74, 23, 57).cube(23, 42, 34, 17, 50, 17)
	c.fill(shell, c.Main)
	c.within(shell, func() {
		c.fill(rect(10, 36, 80, 9), c.Trim)
		c.fill(rect(10, 60, 80, 9), c.Light)
		for i := range 8 {
			x := 18 + float32(i)*9
			c.fill(circle(x, 40.5, 2.4), c.Dark)
			c.fill(petals(x, 52.6, 2.6, 2.1, 1.7, 5), c.Trim)
			c.fill(circle(x, 52.6, 1.3), gold)
			c.line(thread(point{x - 4.5, 67}, point{x, 62}, point{x + 4.5, 67}), 1.5, c.Dark)
			c.fill(circle(x+4, 76, 1.8), c.Trim)
			c.fill(circle(x+4, 28, 1.8), c.Trim)
		}
		c.tint(rect(63, 0, 40, 100), c.Ink, 0.1)
	})
	c.glint(ellipse(38, 31, 2.4, 6.4).turnedAt(38, 31, 0.08))
}

func (c *canvas) chick() {
	c.floor(50, 84, 21)
	c.line(thread(point{43, 76}, point{42, 83}, point{38, 84}), 1.6, flame)
	c.line(thread(point{57, 76}, point{58, 83}, point{62, 84}), 1.6, flame)
	body := move(50, 24).cube(66, 24, 70, 36, 69, 44).cube(78, 54, 76, 78, 50, 78).cube(24, 78, 22, 54, 31, 44).cube(30, 36, 34, 24, 50, 24)
	c.fill(body, c.Main)
	c.shadeRight(body, 64)
	for _, side := range []float32{-1, 1} {
		c.fill(mirrored(side, move(18, 50).cube(30, 50, 34, 60, 30, 68).cube(24, 68, 18, 62, 18, 50)), c.Dark)
	}
	c.fill(circle(42, 40, 2.4).and(circle(58, 40, 2.4)), c.Ink)
	c.fill(circle(42.8, 39.2, 0.8).and(circle(58.8, 39.2, 0.8)), paper)
	c.fill(polygon(point{45.6, 45}, point{54.4, 45}, point{50, 51}), flame)
	c.fill(circle(36.6, 46, 2.6).and(circle(63.4, 46, 2.6)), blush)
	c.line(move(50, 24).quad(48, 18, 44, 17), 1.6, c.Dark)
	c.line(move(50, 24).quad(51, 17, 55, 15), 1.6, c.Dark)
}
