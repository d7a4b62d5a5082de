package picture

func (c *canvas) tote() {
	c.floor(50, 84, 26)
	c.line(arc(50, 36, 14, 20, 0.5, 1), 3.4, c.Dark)
	body := polygon(point{24, 35}, point{76, 35}, point{79, 83}, point{21, 83})
	c.solid(body, 5)
	c.shadeRight(body, 66)
	c.line(thread(point{24.4, 37}, point{75.6, 37}), 3, c.Trim)
	for _, x := range []float32{36, 64} {
		c.fill(round(x-2.4, 33, 4.8, 9, 1), c.Dark)
	}
	if c.pattern == plain {
		c.fill(heart(50, 60, 11), c.Trim)
	}
}

func (c *canvas) jumboBag() {
	c.floor(50, 84, 33)
	side := polygon(point{76, 36}, point{86, 30}, point{86, 74}, point{77, 83})
	c.fill(side, c.Dark)
	body := polygon(point{16, 36}, point{77, 36}, point{77, 83}, point{16, 83})
	c.solid(body, 5.4)
	c.shadeBelow(body, 78)
	for _, x := range []float32{30, 63} {
		c.fill(rect(x-2, 36, 4, 47), c.Trim)
	}
	c.line(arc(46.5, 36, 16.5, 20, 0.5, 1), 3.6, c.Trim)
	c.line(thread(point{16, 36.6}, point{77, 36.6}, point{86, 30.6}), 2.2, c.Trim)
}

func (c *canvas) lunchBag() {
	c.floor(50, 83, 24)
	body := round(26, 38, 48, 45, 4)
	c.solid(body, 4.4)
	c.shadeRight(body, 63)
	flap := move(24, 26).line(76, 26).line(76, 42).quad(76, 47, 71, 47).line(29, 47).quad(24, 47, 24, 42)
	c.fill(flap, c.Dark)
	c.line(thread(point{25, 28}, point{75, 28}), 3, c.Trim)
	c.line(arc(50, 27, 10, 11, 0.5, 1), 3.2, c.Dark)
	c.fill(round(42, 41, 16, 9, 3), c.Trim)
	c.fill(circle(50, 45.4, 2.2), gold)
}

func (c *canvas) lunchBox() {
	c.floor(50, 80, 31)
	c.line(round(38, 28, 24, 16, 6), 3.4, c.Dark)
	body := round(19, 38, 62, 42, 8)
	c.solid(body, 4.4)
	c.shadeRight(body, 67)
	c.line(thread(point{19, 54}, point{81, 54}), 1.4, c.Dark)
	for _, x := range []float32{32, 61} {
		c.fill(round(x, 49, 7, 10, 2), metal)
		c.fill(round(x+1.4, 53, 4.2, 4, 1), metalDark)
	}
	label := round(38, 60, 24, 13, 3)
	c.fill(label, c.Trim)
	c.fill(round(42, 64, 16, 1.6, 0.8).and(round(42, 67.6, 10, 1.6, 0.8)), c.Dark)
}

func (c *canvas) picnic() {
	c.floor(50, 82, 31)
	c.line(arc(50, 44, 20, 24, 0.5, 1), 4, c.Dark)
	body := round(20, 46, 60, 36, 5)
	c.solid(body, 4.4)
	c.shadeRight(body, 66)
	c.fill(corners(18, 40, 64, 14, 6, 6, 2, 2), c.Dark)
	c.fill(corners(18, 40, 64, 4, 6, 6, 0, 0), c.Light)
	for _, x := range []float32{31, 63} {
		c.fill(rect(x, 40, 5, 42), wood)
		c.fill(round(x-0.8, 55, 6.6, 6, 1.4), gold)
	}
}

func (c *canvas) purse() {
	c.floor(50, 80, 27)
	body := move(28, 42).line(72, 42).cube(82, 56, 82, 80, 66, 80).line(34, 80).cube(18, 80, 18, 56, 28, 42)
	c.solid(body, 4.2)
	c.shadeRight(body, 64)
	c.fill(round(26, 36.5, 48, 8, 4), gold)
	c.fill(round(26, 41, 48, 3.6, 1.8), goldDark)
	c.fill(circle(46, 32.6, 4.2), gold)
	c.fill(circle(54, 32.6, 4.2), goldDark)
	c.glint(circle(44.8, 31.4, 1.3))
}

func (c *canvas) washBag() {
	c.floor(50, 79, 31)
	body := move(24, 38).line(76, 38).quad(84, 58, 82, 74).quad(81, 79, 76, 79).line(24, 79).quad(19, 79, 18, 74).quad(16, 58, 24, 38)
	c.solid(body, 4.4)
	c.shadeRight(body, 67)
	c.fill(round(22, 35, 56, 5.4, 2.6), c.Trim)
	c.line(thread(point{25, 37.7}, point{75, 37.7}), 1, metalDark)
	c.fill(round(68, 36, 4, 12, 2), gold)
	c.fill(circle(70, 50, 2.6), gold)
}

func (c *canvas) suitcase() {
	c.floor(50, 84, 30)
	c.line(round(39, 20, 22, 18, 5), 3.6, c.Dark)
	body := round(19, 32, 62, 50, 6)
	c.solid(body, 4.4)
	c.shadeRight(body, 68)
	for _, x := range []float32{29, 65} {
		c.fill(rect(x, 32, 6, 50), c.Dark)
		c.fill(round(x+0.6, 41, 4.8, 5.6, 1), gold)
	}
	for _, q := range []point{{19, 32}, {71, 32}, {19, 72}, {71, 72}} {
		c.within(body, func() { c.fill(round(q.x-2, q.y-2, 14, 14, 3), c.Trim) })
	}
	c.fill(round(42, 50, 16, 12, 2), paper)
	c.fill(star(50, 56, 4, 1.9, 5), c.Main)
}

func (c *canvas) luggageTag() {
	c.line(move(50, 32).cube(38, 20, 44, 8, 54, 10).cube(64, 12, 62, 24, 50, 32), 2, c.Dark)
	tag := move(40, 24).line(60, 24).line(70, 36).line(70, 80).quad(70, 84, 66, 84).line(34, 84).quad(30, 84, 30, 80).line(30, 36)
	c.lift(tag)
	c.solid(tag, 4)
	c.line(move(41, 27).line(59, 27).line(67, 37).line(67, 81).line(33, 81).line(33, 37).line(41, 27), 0.8, c.Trim)
	c.fill(circle(50, 33, 4.4), gold)
	c.fill(circle(50, 33, 2.2), c.Back)
	label := round(37, 50, 26, 21, 2)
	c.fill(label, paper)
	for i, y := range []float32{55, 60, 65} {
		c.fill(round(41, y, 18-float32(i)*4, 1.4, 0.7), between(c.Dark, paper, 0.25))
	}
}

func (c *canvas) passport() {
	c.lift(round(28, 19, 44, 62, 4))
	c.fill(round(31, 21, 42, 60, 3), paper)
	cover := corners(27, 19, 43, 62, 2, 5, 5, 2)
	c.solid(cover, 4)
	c.fill(rect(27, 19, 4.4, 62), c.Dark)
	c.line(circle(50.6, 43, 10.5), 1.2, c.Trim)
	c.line(ellipse(50.6, 43, 4.6, 10.5), 0.8, c.Trim)
	c.line(thread(point{40, 43}, point{61, 43}), 0.8, c.Trim)
	c.fill(round(38, 61, 25, 3, 1.5).and(round(42, 67, 17, 2, 1)), c.Trim)
}

func (c *canvas) umbrella() {
	c.line(thread(point{50, 20}, point{50, 76}), 2.2, woodDark)
	c.line(arc(55, 76, 5, 6, 0, 0.5), 3, woodDark)
	canopy := move(14, 52).cube(16, 30, 32, 19, 50, 19).cube(68, 19, 84, 30, 86, 52).
		quad(80, 46, 74, 52).quad(68, 46, 62, 52).quad(56, 46, 50, 52).quad(44, 46, 38, 52).quad(32, 46, 26, 52).quad(20, 46, 14, 52)
	c.solid(canopy, 4)
	c.within(canopy, func() {
		c.tint(move(50, 18).quad(60, 30, 62, 54).line(74, 54).quad(70, 28, 50, 18), c.Ink, 0.1)
		c.tint(move(50, 18).quad(40, 30, 38, 54).line(26, 54).quad(30, 28, 50, 18), c.Ink, 0.1)
		c.tint(move(50, 18).quad(74, 24, 86, 54).line(100, 54).line(100, 10), c.Ink, 0.06)
	})
	c.line(thread(point{50, 19}, point{50, 15}), 2, c.Dark)
}

func (c *canvas) raincoat() {
	c.hang(50, 18)
	c.line(arc(50, 20, 4, 4, 0.4, 1.1), 1.4, metalDark)
	body := move(41, 26).line(59, 26).line(78, 40).line(84, 62).line(74, 65).line(70, 52).line(72, 82).line(28, 82).line(30, 52).line(26, 65).line(16, 62).line(22, 40)
	c.lift(body)
	c.solid(body, 4)
	c.shadeRight(body, 60)
	hood := move(39, 28).cube(38, 16, 62, 16, 61, 28).cube(58, 34, 42, 34, 39, 28)
	c.fill(hood, c.Dark)
	c.fill(ellipse(50, 27, 7, 5), between(c.Dark, c.Ink, 0.5))
	c.line(thread(point{50, 33}, point{50, 82}), 1, c.Trim)
	for _, y := range []float32{40, 51, 62, 73} {
		c.fill(circle(53, y, 1.5), c.Trim)
	}
	c.fill(round(33, 62, 11, 9, 1.5).and(round(58, 62, 10, 9, 1.5)), c.Dark)
}

func (c *canvas) backpack() {
	c.floor(50, 84, 25)
	c.line(arc(50, 26, 8, 8, 0.5, 1), 3, c.Dark)
	c.fill(round(22, 50, 10, 28, 4).and(round(68, 50, 10, 28, 4)), c.Dark)
	body := corners(28, 24, 44, 60, 20, 20, 7, 7)
	c.solid(body, 4.2)
	c.shadeRight(body, 61)
	pocket := round(33, 56, 34, 23, 5)
	c.fill(pocket, c.Dark)
	c.line(thread(point{34, 62}, point{66, 62}), 1.2, c.Trim)
	c.line(arc(50, 50, 17, 20, 0.56, 0.94), 1.2, c.Trim)
	c.fill(round(47, 61, 6, 8, 1.6), c.Trim)
}
