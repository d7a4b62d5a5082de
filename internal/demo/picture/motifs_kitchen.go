package picture

func (c *canvas) mug() {
	c.floor(48, 80, 25)
	handle := arc(67, 52, 11, 13, -0.25, 0.25)
	c.line(handle, 6, c.Dark)
	body := corners(27, 28, 41, 52, 2, 2, 9, 9)
	c.solid(body, 4.2)
	c.shadeRight(body, 58)
	c.fill(ellipse(47.5, 28.5, 20.5, 4), c.Light)
	c.fill(ellipse(47.5, 29, 17.5, 2.8), between(c.Dark, c.Ink, 0.35))
	c.glint(round(31, 37, 2.6, 30, 1.3))
}

func (c *canvas) teacup() {
	c.floor(50, 76, 34)
	c.fill(ellipse(50, 72, 34, 5.5), c.Dark)
	c.fill(ellipse(50, 70.5, 34, 5.2), c.Light)
	c.fill(ellipse(50, 70.2, 24, 3.2), c.Main)
	c.line(arc(72, 49, 8.5, 8.5, -0.3, 0.22), 3.6, c.Dark)
	body := move(24, 38).line(74, 38).cube(74, 58, 66, 70, 54, 70).line(44, 70).cube(32, 70, 24, 58, 24, 38)
	c.solid(body, 4)
	c.shadeRight(body, 62)
	c.fill(ellipse(49, 38, 25, 4.4), c.Trim)
	c.fill(ellipse(49, 38.5, 22, 3.2), rgb(0xB4743F))
	for _, x := range []float32{41, 49, 57} {
		c.tint(move(x, 31).cube(x-3, 27, x+3, 24, x, 19).stroke(1.5), paper, 0.85)
	}
}

func (c *canvas) teapot() {
	c.floor(50, 80, 27)
	c.line(arc(73, 54, 12, 12, -0.28, 0.3), 4.4, c.Dark)
	c.fill(move(30, 62).cube(18, 60, 19, 45, 10, 41).line(16, 38).cube(26, 41, 24, 50, 32, 52), c.Dark)
	body := ellipse(50, 58, 26, 22)
	c.solid(body, 4.2)
	c.shadeRight(body, 60)
	lid := move(33, 41).cube(35, 30, 65, 30, 67, 41)
	c.fill(lid, c.Light)
	c.line(thread(point{33, 41}, point{67, 41}), 2, c.Dark)
	c.fill(circle(50, 29, 4), c.Dark)
	c.fill(round(38, 77, 24, 3.5, 1.5), c.Dark)
	c.glint(ellipse(36, 54, 2, 8).turnedAt(36, 54, 0.03))
}

func (c *canvas) plate() {
	disc := circle(50, 50, 32)
	c.lift(disc)
	c.solid(disc, 3.6)
	c.fill(circle(50, 50, 21.5), c.Dark)
	c.fill(circle(50, 50.6, 20.8), c.Light)
	c.tint(circle(50, 50, 30.6).stroke(0.8), c.Trim, 0.9)
	c.glint(arc(50, 50, 26.5, 26.5, 0.55, 0.7).stroke(2.2))
}

func (c *canvas) bowl() {
	c.floor(50, 78, 20)
	body := move(20, 42).line(80, 42).cube(80, 62, 68, 76, 56, 76).line(44, 76).cube(32, 76, 20, 62, 20, 42)
	c.solid(body, 4.4)
	c.shadeRight(body, 63)
	c.fill(round(40, 74, 20, 4, 1.5), c.Dark)
	c.fill(ellipse(50, 42, 30, 5.6), c.Light)
	c.fill(ellipse(50, 42.8, 26.5, 4.2), between(c.Main, c.Ink, 0.4))
	c.glint(ellipse(28, 55, 1.6, 7).turnedAt(28, 55, -0.06))
}

func (c *canvas) glass() {
	c.floor(50, 82, 15)
	c.fill(ellipse(50, 80, 14, 2.6), glassDark)
	c.fill(rect(48.6, 58, 2.8, 22), glassDark)
	cup := move(33, 20).line(67, 20).cube(69, 44, 62, 60, 50, 60).cube(38, 60, 31, 44, 33, 20)
	c.fill(cup, paper)
	c.within(cup, func() { c.fill(rect(30, 34, 40, 30), c.Main) })
	c.within(cup, func() { c.fill(ellipse(50, 34, 18, 2.6), c.Light) })
	c.shadeRight(cup, 57)
	c.fill(ellipse(50, 20, 17, 2.6), glass)
	c.glint(ellipse(38, 40, 1.7, 10).turnedAt(38, 40, -0.02))
}

func (c *canvas) jug() {
	c.floor(49, 81, 20)
	c.line(arc(66, 46, 12, 15, -0.25, 0.25), 4.8, c.Dark)
	body := move(33, 24).line(67, 24).line(64, 38).cube(70, 52, 70, 70, 62, 80).line(36, 80).cube(28, 70, 28, 52, 36, 38).line(26, 23)
	c.solid(body, 4.2)
	c.shadeRight(body, 57)
	c.fill(move(25, 23).line(67, 23).quad(68, 26, 66, 27).line(31, 27), c.Light)
	c.glint(ellipse(37, 58, 1.8, 11))
}

func (c *canvas) cutlery() {
	fork := round(32.3, 44, 4.4, 40, 2).and(move(28, 34).line(41, 34).cube(41, 45, 38, 47, 34.5, 47).cube(31, 47, 28, 45, 28, 34))
	for _, x := range []float32{28, 33.2, 38.4} {
		fork = fork.and(round(x, 18, 2.6, 19, 1.2))
	}
	knife := round(48, 50, 5, 34, 2).and(move(48, 52).line(48, 17).cube(54, 19, 56, 32, 55, 52))
	spoon := round(66, 40, 4.4, 44, 2).and(ellipse(68.2, 30, 7.4, 12))
	all := fork.and(knife, spoon)
	c.lift(all)
	c.fill(all, metal)
	handles := round(31, 54, 7, 31, 3).and(round(47, 54, 7, 31, 3), round(64.7, 54, 7, 31, 3))
	c.solid(handles, 1.7)
	c.glint(ellipse(66, 28, 1.4, 7))
}

func (c *canvas) spoon() {
	for i, x := range []float32{30, 50, 70} {
		y := 30 - float32(i%2)*6
		s := round(x-2, y, 4, 78-y, 2).and(ellipse(x, y, 8, 11))
		c.lift(s)
		c.fill(s, c.Main)
		c.fill(ellipse(x, y, 5.6, 8.4), c.Dark)
		c.fill(heart(x, 76, 3.2), c.Trim)
	}
}

func (c *canvas) eggcup() {
	c.floor(50, 81, 16)
	c.fill(move(50, 16).cube(62, 16, 67, 34, 67, 45).line(33, 45).cube(33, 34, 38, 16, 50, 16), rgb(0xF6E6D2))
	c.tint(ellipse(43, 30, 3, 6).turnedAt(43, 30, 0.04), paper, 0.8)
	cup := move(29, 42).line(71, 42).cube(70, 56, 62, 64, 54, 66).line(54, 72).quad(64, 75, 65, 80).line(35, 80).quad(36, 75, 46, 72).line(46, 66).cube(38, 64, 30, 56, 29, 42)
	c.solid(cup, 3.6)
	c.shadeRight(cup, 57)
	c.line(thread(point{29.5, 42}, point{70.5, 42}), 2.4, c.Light)
}

func (c *canvas) tray() {
	base := round(16, 27, 68, 46, 9)
	c.lift(base)
	c.fill(base, c.Dark)
	inner := round(19.5, 30.5, 61, 39, 6.5)
	c.solid(inner, 4.2)
	for _, x := range []float32{16.6, 80.4} {
		c.fill(round(x, 43, 3, 14, 1.5), c.Halo)
	}
	c.glint(polygon(point{26, 33}, point{34, 33}, point{24, 60}, point{22, 50}))
}

func (c *canvas) placemat() {
	mat := round(20, 20, 60, 60, 8)
	c.lift(mat)
	c.solid(mat, 4)
	c.line(round(24, 24, 52, 52, 5), 0.9, c.Trim)
	c.tint(circle(51, 52, 17.5), c.Ink, 0.14)
	c.fill(circle(50, 50, 17.5), paper)
	c.fill(circle(50, 50, 12.5), paperEdge)
	c.fill(circle(50, 50.4, 12), paper)
}
