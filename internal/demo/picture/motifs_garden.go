package picture

func (c *canvas) wateringCan() {
	c.floor(48, 82, 26)
	c.line(arc(38, 40, 15, 16, 0.5, 0.98), 3.4, c.Dark)
	c.line(arc(66, 58, 13, 15, -0.24, 0.24), 3.4, c.Dark)
	spout := polygon(point{32, 58}, point{32, 70}, point{12, 40}, point{17, 36})
	c.fill(spout, c.Dark)
	c.fill(polygon(point{7, 41}, point{20, 31}, point{22, 34}, point{10, 44}), c.Main)
	body := corners(29, 42, 37, 40, 2, 2, 5, 5)
	c.solid(body, 4)
	c.shadeRight(body, 55)
	c.fill(ellipse(47.5, 42, 18.5, 3.6), c.Light)
	c.fill(ellipse(47.5, 42.4, 15, 2.4), between(c.Dark, c.Ink, 0.4))
	for i, q := range []point{{10, 50}, {6, 58}, {15, 57}, {11, 66}} {
		c.fill(drop(q.x, q.y, 1.9-float32(i%2)*0.4), rgb(0x8DBBD6))
	}
	if c.pattern == plain {
		c.fill(petals(47.5, 62, 6, 5, 3.8, 6), c.Trim)
		c.fill(circle(47.5, 62, 3.2), gold)
	}
}

func (c *canvas) gardenTools() {
	trowel := move(34, 48).cube(22, 44, 24, 26, 34, 16).cube(44, 26, 46, 44, 34, 48)
	c.lift(trowel)
	c.fill(trowel, metal)
	c.within(trowel, func() { c.fill(rect(34, 10, 20, 44), metalDark) })
	c.line(thread(point{34, 46}, point{34, 58}), 2.6, metalDark)
	handle := round(30, 56, 8, 28, 4)
	c.lift(handle)
	c.fill(handle, c.Main)
	c.fill(rect(30, 60, 8, 2.4).and(rect(30, 76, 8, 2.4)), c.Trim)
	for _, x := range []float32{58, 66, 74} {
		c.line(thread(point{x, 18}, point{x, 38}), 2.8, metal)
		c.fill(polygon(point{x - 1.4, 18}, point{x + 1.4, 18}, point{x, 13}), metal)
	}
	c.line(move(58, 38).cube(58, 46, 74, 46, 74, 38), 2.8, metalDark)
	c.line(thread(point{66, 44}, point{66, 58}), 2.6, metalDark)
	second := round(62, 56, 8, 28, 4)
	c.lift(second)
	c.fill(second, c.Dark)
	c.fill(rect(62, 60, 8, 2.4).and(rect(62, 76, 8, 2.4)), c.Trim)
}

func (c *canvas) gloves() {
	for _, side := range []float32{-1, 1} {
		glove := mirrored(side, move(6, 80).line(6, 50).cube(5, 36, 7, 24, 10, 24).cube(13, 24, 13, 32, 13, 40).cube(13, 28, 14, 18, 17.4, 18).cube(21, 18, 20.4, 28, 20.4, 40).cube(20.8, 30, 22, 22, 25, 22).cube(28.6, 22, 28, 32, 27.6, 44).cube(31, 44, 36, 44, 37, 48).cube(38, 54, 30, 62, 27, 66).line(27, 80))
		c.lift(glove)
		c.solid(glove, 2.6)
		c.fill(mirrored(side, polygon(point{4.6, 74}, point{28.4, 74}, point{28.4, 84}, point{4.6, 84})), c.Trim)
		c.line(mirrored(side, thread(point{5, 77}, point{28, 77})), 0.9, c.Dark)
	}
}

func (c *canvas) plant() {
	c.floor(50, 84, 19)
	for _, side := range []float32{-1, 1} {
		c.fill(mirrored(side, move(0, 56).cube(6, 40, 20, 36, 27, 38).cube(24, 50, 12, 56, 0, 57)), leafDark)
		c.fill(mirrored(side, move(0, 46).cube(2, 30, 12, 22, 19, 20).cube(21, 32, 12, 44, 0, 48)), leaf)
	}
	c.line(thread(point{50, 60}, point{50, 26}), 1.8, leafDark)
	c.fill(petals(50, 22, 6, 5, 3.8, 6), c.Light)
	c.fill(circle(50, 22, 3.4), gold)
	pot := polygon(point{32, 58}, point{68, 58}, point{63, 84}, point{37, 84})
	c.solid(pot, 3.4)
	c.shadeRight(pot, 57)
	c.fill(round(29, 53, 42, 8, 2), c.Dark)
	c.fill(round(29, 53, 42, 2.6, 1.3), c.Light)
}

func (c *canvas) seeds() {
	packet := round(24, 24, 36, 56, 2)
	c.lift(packet)
	c.fill(packet, c.Main)
	c.fill(rect(24, 24, 36, 7), c.Dark)
	c.fill(round(28.6, 36, 26.8, 30, 2), paper)
	c.line(thread(point{42, 64}, point{42, 52}), 1.2, leafDark)
	c.fill(ellipse(38, 60, 4, 1.8).turnedAt(38, 60, 0.08).and(ellipse(46, 60, 4, 1.8).turnedAt(46, 60, -0.08)), leaf)
	c.fill(petals(42, 47, 5.4, 4.6, 3.2, 8), c.Light)
	c.fill(circle(42, 47, 3.4), gold)
	c.fill(round(31, 70, 22, 2, 1).and(round(35, 74, 14, 2, 1)), c.Trim)
	c.floor(70, 82, 13)
	for _, side := range []float32{-1, 1} {
		c.fill(move(70, 60).cube(70+side*3, 50, 70+side*10, 48, 70+side*13, 50).cube(70+side*12, 58, 70+side*6, 61, 70, 61), leaf)
	}
	c.line(thread(point{70, 70}, point{70, 58}), 1.4, leafDark)
	c.fill(polygon(point{59, 66}, point{81, 66}, point{78, 82}, point{62, 82}), rgb(0xC77B57))
	c.fill(round(57.4, 63, 25.2, 5, 1.5), rgb(0xB56A48))
}

func (c *canvas) herbMarker() {
	c.fill(ellipse(50, 82, 32, 6), soil)
	c.line(thread(point{50, 40}, point{50, 82}), 3.4, wood)
	for _, x := range []float32{26, 74} {
		for i, y := range []float32{76, 68, 60} {
			c.line(thread(point{x, 82}, point{x, 56}), 1.2, leafDark)
			c.fill(ellipse(x-4.4, y, 4.6, 2.1).turnedAt(x-4.4, y, 0.08).and(ellipse(x+4.4, y, 4.6, 2.1).turnedAt(x+4.4, y, -0.08)), []colour{leaf, leafDark, leaf}[i])
		}
		c.fill(ellipse(x, 54, 2.4, 4.4), leaf)
	}
	board := round(27, 20, 46, 26, 4)
	c.lift(board)
	c.fill(board, c.Main)
	c.line(round(29.4, 22.4, 41.2, 21.2, 2.6), 0.9, c.Trim)
	c.fill(round(36, 29, 28, 2.6, 1.3).and(round(40, 35.4, 20, 2.6, 1.3)), c.Trim)
}

func (c *canvas) birdhouse() {
	c.hang(50, 16)
	walls := rect(29, 40, 42, 42)
	c.lift(walls)
	c.fill(walls, c.Main)
	c.within(walls, func() { c.decorate(3) })
	c.shadeRight(walls, 60)
	c.fill(rect(27, 80, 46, 4), c.Dark)
	roof := polygon(point{50, 16}, point{80, 44}, point{75, 49}, point{50, 26}, point{25, 49}, point{20, 44})
	c.fill(polygon(point{50, 22}, point{72, 44}, point{28, 44}), c.Main)
	c.fill(roof, c.Dark)
	c.fill(circle(50, 54, 8.4), c.Trim)
	c.fill(circle(50, 54, 7), c.Ink)
	c.fill(round(44, 68, 12, 3, 1.5), woodDark)
	c.fill(ellipse(50, 58, 5, 4), flame)
	c.fill(circle(51.4, 53.4, 3.4), flame)
	c.fill(circle(52.6, 52.8, 0.8), c.Ink)
	c.fill(polygon(point{54.4, 53}, point{58, 54.2}, point{54.4, 55}), tomato)
	c.fill(heart(50, 36, 3.6), c.Trim)
}

func (c *canvas) windmill() {
	c.line(thread(point{50, 42}, point{50, 92}), 2.6, wood)
	for i := range 8 {
		t := float32(i) / 8
		blade := move(0, 0).line(11, -7).cube(20, -10, 28, -6, 30, 0).turned(t).moved(50, 42)
		c.lift(blade)
		if i%2 == 0 {
			c.solid(blade, 2.4)
		} else {
			c.fill(blade, []colour{c.Trim, c.Light}[i/2%2])
		}
	}
	c.fill(circle(50, 42, 5), c.Dark)
	c.fill(circle(50, 42, 2.2), c.Trim)
	for _, x := range []float32{24, 34, 66, 77} {
		c.fill(move(x, 92).quad(x-2, 84, x-4, 80).quad(x+1, 84, x+2, 92), leafDark)
		c.fill(move(x, 92).quad(x+3, 85, x+5, 83).quad(x+4, 88, x+3, 92), leaf)
	}
}

func (c *canvas) gnome() {
	c.floor(50, 86, 20)
	c.fill(round(34, 56, 32, 29, 10), rgb(0x5C8CB5))
	c.fill(ellipse(41, 85, 8, 4).and(ellipse(59, 85, 8, 4)), c.Ink)
	c.fill(rect(34, 71, 32, 4), soil)
	c.fill(round(47.4, 70, 5.2, 6, 1), gold)
	c.fill(move(33, 48).cube(36, 68, 46, 76, 50, 76).cube(54, 76, 64, 68, 67, 48), paper)
	c.fill(ellipse(50, 48, 15, 8), rgb(0xF3D3B8))
	hat := move(50, 12).cube(58, 20, 66, 34, 68, 46).quad(50, 38, 32, 46).cube(34, 34, 42, 20, 50, 12)
	c.fill(hat, c.Main)
	c.shadeRight(hat, 54)
	c.fill(circle(50, 51, 4), blush)
	c.fill(circle(43, 48.6, 1.4).and(circle(57, 48.6, 1.4)), c.Ink)
	c.line(thread(point{66, 66}, point{82, 26}), 1.4, wood)
	c.line(thread(point{82, 26}, point{84, 58}), 0.6, c.Ink)
	c.fill(ellipse(84, 62, 2.6, 5).and(polygon(point{84, 66}, point{87, 71}, point{81, 71})), c.Light)
}

func (c *canvas) hammock() {
	c.fill(rect(10, 24, 5, 60).and(rect(85, 24, 5, 60)), woodDark)
	c.fill(circle(12, 22, 13).and(circle(20, 26, 8)), leaf)
	c.fill(circle(88, 22, 13).and(circle(80, 26, 8)), leafDark)
	c.line(thread(point{13, 38}, point{26, 46}), 1.2, c.Ink)
	c.line(thread(point{87, 38}, point{74, 46}), 1.2, c.Ink)
	bed := move(24, 44).cube(34, 74, 66, 74, 76, 44).line(78, 48).cube(68, 86, 32, 86, 22, 48)
	c.fill(bed, c.Main)
	c.within(bed, func() {
		for x := float32(20); x < 80; x += 8 {
			c.fill(rect(x, 40, 4, 50), c.Trim)
		}
		c.tint(rect(0, 72, 100, 30), c.Ink, 0.12)
	})
	c.floor(50, 88, 30)
}
