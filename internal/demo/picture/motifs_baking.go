package picture

func (c *canvas) cupcake() {
	c.floor(50, 81, 19)
	cup := polygon(point{30, 50}, point{70, 50}, point{64, 80}, point{36, 80})
	c.solid(cup, 3.2)
	c.within(cup, func() {
		for x := float32(31); x < 72; x += 6.4 {
			c.tint(polygon(point{x, 49}, point{x + 3, 49}, point{x + 2.2, 81}, point{x + 0.2, 81}).turnedAt(x, 80, (50-x)*0.0011), c.Ink, 0.12)
		}
	})
	cream := rgb(0xFCEBDD)
	c.fill(round(26, 41, 48, 12, 6), cream)
	c.fill(round(31, 32, 38, 12, 6), cream)
	c.fill(round(37, 24, 26, 11, 5.5), cream)
	c.tint(round(31, 42, 38, 2, 1).and(round(37, 33, 26, 2, 1)), c.Ink, 0.12)
	c.fill(circle(50, 20, 5), tomato)
	c.glint(circle(48.4, 18.4, 1.2))
	for i, x := range []float32{33, 41, 47, 55, 62, 67} {
		y := 46.5 - float32(i%3)*5.5
		c.fill(round(x, y, 3.4, 1.3, 0.6).turnedAt(x, y, float32(i)*0.13), c.Main)
	}
}

func (c *canvas) cakestand() {
	c.floor(50, 83, 17)
	c.fill(rect(48.4, 20, 3.2, 60), c.Dark)
	c.fill(move(36, 82).cube(40, 76, 46, 76, 48, 72).line(52, 72).cube(54, 76, 60, 76, 64, 82), c.Dark)
	for i, tier := range []struct{ y, r float32 }{{70, 32}, {50, 24}, {31, 16}} {
		c.fill(ellipse(50, tier.y+1.6, tier.r, 3.6), c.Dark)
		c.fill(ellipse(50, tier.y, tier.r, 3.2), c.Main)
		for _, t := range steps(5 - i) {
			x := 50 + (t-0.5)*2*(tier.r-6.5)
			c.fill(polygon(point{x - 4, tier.y - 6}, point{x + 4, tier.y - 6}, point{x + 3, tier.y + 0.5}, point{x - 3, tier.y + 0.5}), c.Trim)
			c.fill(ellipse(x, tier.y-6.5, 4.6, 3.2), blush)
			c.fill(circle(x, tier.y-9.8, 1.3), tomato)
		}
	}
	c.line(arc(50, 16.5, 4, 4, 0, 1), 1.8, c.Dark)
}

func (c *canvas) gingerbread() {
	man := circle(50, 29, 12).
		and(move(50, 42).line(29, 50).stroke(11)).
		and(move(50, 42).line(71, 50).stroke(11)).
		and(round(40, 38, 20, 28, 8)).
		and(move(46, 60).line(40, 77).stroke(11)).
		and(move(54, 60).line(60, 77).stroke(11))
	c.lift(man)
	c.fill(man, rgb(0xC88A52))
	c.within(man, func() { c.tint(rect(56, 0, 40, 100), c.Ink, 0.08) })
	c.fill(circle(46, 27, 1.5).and(circle(54, 27, 1.5)), c.Ink)
	c.line(arc(50, 30, 5, 4, 0.08, 0.42), 1.2, paper)
	for _, y := range []float32{46, 53, 60} {
		c.fill(circle(50, y, 1.9), c.Main)
	}
	for _, p := range []path{thread(point{27.5, 45.5}, point{31, 54}), thread(point{72.5, 45.5}, point{69, 54}),
		thread(point{36.5, 72}, point{44.5, 75}), thread(point{63.5, 72}, point{55.5, 75})} {
		c.line(p, 1.3, paper)
	}
}

func (c *canvas) mould() {
	base := round(19, 25, 62, 50, 8)
	c.lift(base)
	c.fill(base, c.Main)
	c.line(round(21.5, 27.5, 57, 45, 6), 0.8, c.Light)
	for _, y := range []float32{39, 61} {
		for _, x := range []float32{32, 50, 68} {
			c.fill(heart(x, y, 7.6), c.Dark)
			c.fill(heart(x, y+0.8, 6.2), rgb(0x8A5A3E))
			c.glint(ellipse(x-2.6, y-2.4, 1.5, 1))
		}
	}
}

func (c *canvas) tin() {
	c.floor(50, 81, 24)
	body := corners(27, 34, 46, 47, 1, 1, 5, 5)
	c.solid(body, 4)
	c.shadeRight(body, 60)
	c.fill(round(33, 47, 34, 19, 3), paper)
	c.line(round(34.4, 48.4, 31.2, 16.2, 2), 0.6, c.Main)
	c.fill(heart(50, 56, 5), c.Main)
	c.fill(corners(25, 26, 50, 10, 4, 4, 2, 2), c.Dark)
	c.fill(corners(25, 26, 50, 3, 4, 4, 0, 0), c.Light)
	c.fill(round(44, 21.5, 12, 5, 2.4), c.Dark)
	c.glint(round(29.4, 38, 2, 38, 1))
}

func (c *canvas) jar() {
	c.floor(50, 82, 20)
	body := corners(29, 32, 42, 50, 9, 9, 7, 7)
	c.fill(body, glass)
	c.within(body, func() {
		c.fill(rect(29, 46, 42, 40), c.Light)
		for i := range 26 {
			x, y := 32+float32(i*11%37), 49+float32(i*23%31)
			c.fill(circle(x, y, 3), []colour{c.Main, c.Dark, c.Trim}[i%3])
		}
	})
	c.shadeRight(body, 61)
	c.fill(round(37, 53, 26, 16, 2), paper)
	for i, y := range []float32{58, 61.5, 65} {
		c.fill(round(41+float32(i)*1.5, y, 18-float32(i)*3, 1.2, 0.6), between(c.Main, paper, 0.3))
	}
	c.fill(round(31, 23, 38, 9, 2.5), c.Main)
	c.fill(round(31, 29, 38, 3, 1.4), c.Dark)
	c.glint(round(32.2, 38, 2, 36, 1))
}

func (c *canvas) pan() {
	c.line(thread(point{63, 37}, point{86, 14}), 7, woodDark)
	c.line(thread(point{64, 36}, point{86, 14}), 4.6, wood)
	c.fill(circle(85.5, 14.5, 1.2), c.Back)
	disc := circle(45, 55, 28)
	c.lift(disc)
	c.solid(disc, 3.4)
	c.fill(circle(45, 55, 22), rgb(0x4A4D54))
	c.fill(circle(45, 55.8, 21), rgb(0x5B5F67))
	c.fill(move(34, 50).cube(36, 40, 54, 41, 57, 50).cube(62, 58, 54, 68, 46, 65).cube(36, 68, 29, 60, 34, 50), paper)
	c.fill(circle(47, 55, 6.2), flame)
	c.glint(ellipse(45, 52.8, 2.4, 1.3))
}

func (c *canvas) scales() {
	c.floor(50, 82, 25)
	body := move(32, 44).line(68, 44).cube(72, 58, 76, 70, 77, 81).line(23, 81).cube(24, 70, 28, 58, 32, 44)
	c.fill(body, c.Main)
	c.shadeRight(body, 62)
	c.fill(circle(50, 62, 14), c.Dark)
	c.fill(circle(50, 62, 12.4), paper)
	for i := range 12 {
		a, b := onCircle(50, 62, 10.8, float32(i)/12), onCircle(50, 62, 9.2, float32(i)/12)
		c.line(thread(a, b), 0.9, c.Ink)
	}
	c.line(thread(point{50, 62}, point{56, 55}), 1.4, tomato)
	c.fill(circle(50, 62, 1.7), c.Ink)
	c.fill(rect(47.5, 35, 5, 10), c.Dark)
	c.fill(move(22, 26).line(78, 26).cube(74, 36, 64, 38, 50, 38).cube(36, 38, 26, 36, 22, 26), c.Light)
	c.fill(ellipse(50, 26, 28, 3.4), c.Dark)
}

func (c *canvas) breadbin() {
	c.floor(50, 80, 32)
	body := corners(18, 40, 64, 40, 18, 18, 4, 4)
	c.solid(body, 4)
	c.shadeBelow(body, 68)
	c.line(thread(point{18.5, 55}, point{81.5, 55}), 1.1, c.Dark)
	c.fill(round(42, 58, 16, 4, 2), metal)
	c.fill(round(33, 45.5, 34, 6, 3), paper)
	c.fill(round(37, 47.8, 26, 1.4, 0.7), c.Dark)
	loaf := move(33, 40).cube(30, 28, 40, 25, 50, 25).cube(60, 25, 70, 28, 67, 40)
	c.fill(loaf, rgb(0xD9A566))
	for _, x := range []float32{41, 50, 59} {
		c.line(thread(point{x - 2, 34}, point{x + 2, 29}), 1.6, rgb(0xEBC795))
	}
	c.glint(ellipse(27, 49, 1.6, 4))
}

func (c *canvas) matches() {
	for i, x := range []float32{40, 46, 52, 58, 64} {
		top := 20 + float32(i%2)*4
		c.line(thread(point{x, top}, point{x, 50}), 2.2, woodLight)
		c.fill(ellipse(x, top, 2.4, 3.4), tomato)
	}
	c.floor(52, 82, 19)
	box := round(32, 40, 40, 42, 2)
	c.solid(box, 3.6)
	c.shadeRight(box, 60)
	c.fill(round(38, 52, 28, 18, 9), paper)
	c.fire(52, 67, 5)
}

func (c *canvas) foodcover() {
	c.floor(50, 80, 34)
	c.fill(round(16, 75, 68, 5, 2.5), woodDark)
	dome := move(20, 75).cube(20, 42, 36, 30, 50, 30).cube(64, 30, 80, 42, 80, 75)
	c.fill(dome, c.Trim)
	c.within(dome, func() {
		for _, t := range steps(9) {
			c.line(move(50, 28).quad(50+(t-0.5)*52, 36, 50+(t-0.5)*64, 76), 0.7, c.Main)
		}
		for _, y := range []float32{40, 50, 60, 70} {
			c.line(thread(point{15, y}, point{85, y}), 0.7, c.Main)
		}
	})
	c.line(dome, 1.6, c.Main)
	c.fill(petals(50, 27, 4.2, 3.4, 2.8, 6), c.Main)
	c.fill(circle(50, 27, 2.4), c.Dark)
	for _, x := range []float32{28, 41, 59, 72} {
		c.fill(heart(x, 70, 2.6), c.Main)
	}
}

func (c *canvas) pegs() {
	c.line(move(8, 34).quad(50, 44, 92, 34), 0.9, c.Ink)
	for i, x := range []float32{24, 41, 59, 76} {
		y := 34.5 + 4*(1-((x-50)/42)*((x-50)/42))
		peg := round(x-3.6, y-9, 7.2, 34, 3).turnedAt(x, y, (x-50)*0.0006)
		c.lift(peg)
		colour := []colour{wood, c.Main, woodLight, c.Light}[i]
		c.fill(peg, colour)
		c.fill(round(x-0.7, y+4, 1.4, 21, 0.7).turnedAt(x, y, (x-50)*0.0006), between(colour, c.Ink, 0.4))
		c.fill(round(x-3.6, y-2.5, 7.2, 2, 0.8), metalDark)
	}
}

func (c *canvas) recipes() {
	c.floor(50, 81, 27)
	for i, col := range []colour{paperEdge, paper} {
		x := 30 + float32(i)*8
		c.fill(round(x, 27+float32(i)*5, 32, 36, 2), col)
		c.fill(round(x+4, 32+float32(i)*5, 20, 1.6, 0.8), c.Dark)
		c.fill(round(x+4, 36+float32(i)*5, 24, 1, 0.5), between(c.Main, paper, 0.4))
	}
	box := round(23, 46, 54, 35, 3)
	c.solid(box, 3.8)
	c.shadeRight(box, 64)
	c.fill(heart(50, 63, 8), c.Trim)
	c.line(thread(point{23, 49}, point{77, 49}), 1, c.Dark)
}
