package picture

func (c *canvas) teddy() {
	c.floor(50, 86, 24)
	fur, shade := c.Main, c.Dark
	c.fill(ellipse(36, 80, 9, 7).and(ellipse(64, 80, 9, 7)), shade)
	c.fill(ellipse(30, 62, 6, 11).turnedAt(30, 62, 0.08).and(ellipse(70, 62, 6, 11).turnedAt(70, 62, -0.08)), shade)
	body := ellipse(50, 67, 19, 18)
	c.solid(body, 3)
	c.fill(ellipse(50, 69, 11, 11), c.Light)
	for _, x := range []float32{33, 67} {
		c.fill(circle(x, 25, 8), fur)
		c.fill(circle(x, 25, 4.4), c.Light)
	}
	head := ellipse(50, 38, 21, 19)
	c.fill(head, fur)
	c.fill(ellipse(50, 44, 10, 8), c.Light)
	c.fill(ellipse(50, 40.6, 3.4, 2.4), c.Ink)
	c.line(thread(point{50, 42}, point{50, 46}), 0.9, c.Ink)
	c.line(arc(50, 45, 3.6, 2.6, 0.05, 0.45), 0.9, c.Ink)
	c.fill(circle(42, 35, 1.9).and(circle(58, 35, 1.9)), c.Ink)
	c.fill(circle(42.6, 34.4, 0.6).and(circle(58.6, 34.4, 0.6)), paper)
	for _, side := range []float32{-1, 1} {
		c.fill(mirrored(side, move(0, 57).cube(4, 50, 13, 50, 13, 57).cube(13, 63, 4, 63, 0, 58)), tomato)
	}
	c.fill(circle(50, 57, 2.6), rgb(0xB0393D))
}

func (c *canvas) rabbit() {
	c.floor(50, 86, 22)
	for _, side := range []float32{-1, 1} {
		ear := ellipse(50+side*9, 22, 6, 16).turnedAt(50+side*9, 34, side*0.025)
		c.fill(ear, c.Main)
		c.fill(ellipse(50+side*9, 23, 3, 11).turnedAt(50+side*9, 34, side*0.025), blush)
	}
	c.fill(ellipse(38, 82, 9, 5.6).and(ellipse(62, 82, 9, 5.6)), c.Dark)
	body := ellipse(50, 69, 18, 16)
	c.solid(body, 3)
	c.fill(ellipse(34, 64, 5, 9).turnedAt(34, 64, 0.08).and(ellipse(66, 64, 5, 9).turnedAt(66, 64, -0.08)), c.Dark)
	head := ellipse(50, 44, 18, 15)
	c.fill(head, c.Main)
	c.fill(circle(40, 49, 3.4).and(circle(60, 49, 3.4)), blush)
	c.fill(circle(43, 42, 1.8).and(circle(57, 42, 1.8)), c.Ink)
	c.fill(ellipse(50, 47, 2.2, 1.6), rgb(0xD9818A))
	c.line(thread(point{50, 48.4}, point{50, 51}), 0.8, c.Ink)
	c.line(arc(50, 50.4, 3, 2, 0.05, 0.45), 0.8, c.Ink)
	c.fill(heart(50, 69, 6), c.Trim)
}

func (c *canvas) owl() {
	c.floor(50, 85, 20)
	body := move(50, 22).cube(58, 22, 64, 24, 72, 18).cube(73, 30, 74, 36, 74, 50).cube(74, 72, 64, 84, 50, 84).cube(36, 84, 26, 72, 26, 50).cube(26, 36, 27, 30, 28, 18).cube(36, 24, 42, 22, 50, 22)
	c.solid(body, 3.4)
	c.fill(ellipse(50, 66, 15, 15), c.Trim)
	for row := range 3 {
		for col := range 3 - row%2 {
			x := 42 + float32(col)*8 + float32(row%2)*4
			c.line(arc(x, 59+float32(row)*6, 3, 3, 0.05, 0.45), 1.1, c.Main)
		}
	}
	c.fill(move(26, 52).cube(16, 60, 20, 74, 32, 78).cube(26, 70, 26, 62, 26, 52).and(move(74, 52).cube(84, 60, 80, 74, 68, 78).cube(74, 70, 74, 62, 74, 52)), c.Dark)
	for _, x := range []float32{40.5, 59.5} {
		c.fill(circle(x, 40, 10), paper)
		c.line(circle(x, 40, 10), 1.1, c.Dark)
		c.fill(circle(x, 40, 5), c.Ink)
		c.fill(circle(x+1.8, 38, 1.6), paper)
	}
	c.fill(polygon(point{46.4, 46}, point{53.6, 46}, point{50, 53}), flame)
	for _, x := range []float32{42, 58} {
		c.fill(round(x-4, 83, 3, 3.4, 1.5).and(round(x, 83, 3, 3.4, 1.5)), flame)
	}
}

func (c *canvas) doll() {
	c.floor(50, 86, 21)
	body := move(50, 14).cube(64, 14, 70, 24, 68, 36).cube(74, 44, 78, 56, 74, 70).cube(72, 80, 66, 85, 60, 85).line(40, 85).cube(34, 85, 28, 80, 26, 70).cube(22, 56, 26, 44, 32, 36).cube(30, 24, 36, 14, 50, 14)
	c.fill(body, c.Main)
	c.within(body, func() {
		c.fill(ellipse(50, 76, 40, 22), c.Dark)
		c.tint(rect(64, 0, 40, 100), c.Ink, 0.1)
	})
	c.fill(circle(50, 31, 12.4), rgb(0xF6DCC4))
	c.fill(move(37.8, 31).cube(38, 20, 46, 19, 50, 20).cube(48, 25, 44, 29, 37.8, 31).and(move(62.2, 31).cube(62, 20, 54, 19, 50, 20).cube(52, 25, 56, 29, 62.2, 31)), rgb(0x5A4034))
	c.fill(circle(45.4, 32.4, 1.3).and(circle(54.6, 32.4, 1.3)), c.Ink)
	c.fill(circle(42.4, 36, 2).and(circle(57.6, 36, 2)), blush)
	c.line(arc(50, 36, 2.6, 2, 0.06, 0.44), 1, tomato)
	c.fill(ellipse(50, 63, 15, 17), c.Trim)
	c.line(thread(point{50, 78}, point{50, 62}), 1.2, leafDark)
	c.fill(ellipse(44.6, 70, 4.4, 2).turnedAt(44.6, 70, 0.08).and(ellipse(55.4, 70, 4.4, 2).turnedAt(55.4, 70, -0.08)), leaf)
	c.fill(petals(50, 58, 5.2, 4.4, 3.4, 6), c.Main)
	c.fill(circle(50, 58, 3), gold)
	c.fill(circle(50, 46, 2.4), gold)
}

func (c *canvas) robot() {
	c.floor(50, 86, 19)
	c.line(thread(point{50, 22}, point{50, 15}), 1.4, metalDark)
	c.fill(circle(50, 14, 3), tomato)
	head := round(33, 21, 34, 25, 6)
	c.fill(head, c.Main)
	c.shadeRight(head, 60)
	c.fill(circle(42, 32, 4.6).and(circle(58, 32, 4.6)), paper)
	c.fill(circle(42, 32, 2.2).and(circle(58, 32, 2.2)), c.Ink)
	c.fill(round(43, 39, 14, 3, 1.5), c.Trim)
	c.fill(rect(46, 46, 8, 4), metalDark)
	body := round(30, 49, 40, 27, 4)
	c.fill(body, c.Dark)
	c.shadeRight(body, 61)
	c.fill(round(37, 54, 26, 14, 2), c.Trim)
	c.fill(heart(50, 61, 4.6), tomato)
	c.line(thread(point{28, 54}, point{22, 66}), 4, metalDark)
	c.line(thread(point{72, 54}, point{78, 66}), 4, metalDark)
	c.fill(circle(21.6, 68, 3.6).and(circle(78.4, 68, 3.6)), metal)
	c.fill(round(36, 76, 8, 9, 2).and(round(56, 76, 8, 9, 2)), metalDark)
}

func (c *canvas) helicopter() {
	c.line(thread(point{42, 52}, point{14, 40}), 5, c.Dark)
	c.fill(polygon(point{10, 30}, point{17, 32}, point{19, 46}, point{12, 43}), c.Light)
	body := move(34, 56).cube(34, 38, 50, 34, 62, 34).cube(78, 36, 86, 48, 85, 58).cube(84, 68, 68, 70, 56, 70).cube(44, 70, 34, 66, 34, 56)
	c.solid(body, 3)
	c.shadeBelow(body, 60)
	c.fill(move(63, 39).cube(74, 40, 80, 48, 80.6, 55).line(63, 55), rgb(0xDCEAF0))
	c.glint(polygon(point{66, 52}, point{71, 42}, point{74, 44}, point{69, 53}))
	c.line(thread(point{56, 34}, point{56, 26}), 2.4, metalDark)
	c.fill(round(22, 22.6, 68, 3.6, 1.8), c.Ink)
	c.fill(circle(56, 24.4, 3), metalDark)
	c.line(thread(point{50, 70}, point{47, 78}), 1.8, metalDark)
	c.line(thread(point{68, 70}, point{71, 78}), 1.8, metalDark)
	c.line(move(38, 78).line(78, 78).quad(83, 78, 84, 74), 2.4, metalDark)
}

func (c *canvas) rocket() {
	c.fill(move(42, 74).quad(50, 100, 58, 74), flame)
	c.fill(move(45.6, 74).quad(50, 88, 54.4, 74), flameCore)
	c.fill(move(38, 52).cube(28, 56, 26, 66, 27, 76).quad(34, 70, 40, 70).and(move(62, 52).cube(72, 56, 74, 66, 73, 76).quad(66, 70, 60, 70)), c.Dark)
	body := move(50, 12).cube(64, 26, 66, 48, 60, 74).line(40, 74).cube(34, 48, 36, 26, 50, 12)
	c.fill(body, c.Trim)
	c.within(body, func() {
		c.fill(rect(30, 10, 40, 20), c.Main)
		c.fill(rect(30, 66, 40, 10), c.Main)
		c.tint(rect(54, 0, 40, 100), c.Ink, 0.1)
	})
	c.fill(circle(50, 44, 8), c.Dark)
	c.fill(circle(50, 44, 5.8), rgb(0xDCEAF0))
	c.glint(ellipse(48, 42, 1.6, 2.4))
	for _, q := range []point{{18, 26}, {82, 22}, {78, 48}, {20, 54}} {
		c.fill(star(q.x, q.y, 4, 1.9, 5), gold)
	}
}

func (c *canvas) radio() {
	c.floor(50, 80, 32)
	c.line(thread(point{68, 36}, point{82, 14}), 1.4, metalDark)
	c.fill(circle(82, 14, 1.8), metalDark)
	c.line(arc(46, 36, 16, 11, 0.5, 1), 3, c.Dark)
	body := round(18, 36, 64, 43, 8)
	c.fill(body, c.Main)
	c.shadeBelow(body, 72)
	c.fill(circle(37, 57, 14), c.Dark)
	c.fill(circle(37, 57, 11.6), c.Trim)
	for i := range 18 {
		q := onCircle(37, 57, 4+4*float32(i%2), float32(i)/18)
		c.fill(circle(q.x, q.y, 1.1), c.Dark)
	}
	c.fill(round(55, 44, 22, 9, 2), paper)
	for _, t := range steps(6) {
		c.line(thread(point{58 + t*16, 46}, point{58 + t*16, 50}), 0.7, c.Ink)
	}
	c.fill(rect(66, 45, 1, 7), tomato)
	c.fill(circle(60, 64, 4.4).and(circle(72, 64, 4.4)), c.Dark)
	c.fill(circle(60, 64, 2.6).and(circle(72, 64, 2.6)), c.Light)
}

func (c *canvas) playhouse() {
	c.floor(50, 83, 31)
	walls := rect(25, 44, 50, 39)
	c.fill(walls, c.Trim)
	c.shadeRight(walls, 64)
	c.fill(polygon(point{50, 17}, point{82, 46}, point{18, 46}), c.Main)
	c.fill(polygon(point{50, 17}, point{82, 46}, point{58, 46}), c.Dark)
	c.fill(round(62, 22, 8, 14, 1), c.Dark)
	c.fill(corners(44, 60, 13, 23, 6, 6, 0, 0), c.Dark)
	c.fill(circle(54, 72, 1.1), gold)
	for _, x := range []float32{29, 61} {
		c.fill(round(x, 55, 11, 12, 1.5), rgb(0xDCEAF0))
		c.line(round(x, 55, 11, 12, 1.5), 1.2, c.Main)
		c.line(thread(point{x + 5.5, 55}, point{x + 5.5, 67}), 0.9, c.Main)
		c.line(thread(point{x, 61}, point{x + 11, 61}), 0.9, c.Main)
	}
	c.fill(heart(50, 38, 4.6), c.Trim)
	for _, x := range []float32{20, 80} {
		c.fill(circle(x, 78, 7), leaf)
		c.fill(circle(x+2, 80, 5), leafDark)
	}
}

func (c *canvas) dinosaur() {
	c.floor(50, 84, 27)
	body := move(14, 66).cube(22, 72, 28, 58, 34, 50).cube(42, 38, 54, 42, 60, 36).cube(58, 22, 66, 16, 74, 17).cube(84, 18, 86, 28, 82, 32).cube(78, 35, 74, 34, 73, 38).cube(72, 54, 74, 60, 68, 66).line(68, 84).line(59, 84).line(58, 72).line(44, 72).line(43, 84).line(34, 84).line(33, 70).cube(26, 76, 18, 74, 14, 66)
	for i, q := range []point{{27, 57}, {35, 46.5}, {45, 40.6}, {55, 36}, {60, 27}} {
		c.fill(star(q.x, q.y, 6.4, 3.4, 3).turnedAt(q.x, q.y, -0.06+float32(i)*-0.01), c.Dark)
	}
	c.solid(body, 3)
	c.within(body, func() { c.tint(ellipse(54, 74, 22, 9), c.Trim, 0.4) })
	c.fill(circle(73, 25, 1.8), c.Ink)
	c.line(arc(79, 28, 4, 2.6, 0.1, 0.4), 0.9, c.Ink)
}
