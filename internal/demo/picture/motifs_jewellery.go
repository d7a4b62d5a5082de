package picture

func (c *canvas) necklace() {
	bust := move(38, 12).line(62, 12).cube(61, 26, 62, 34, 76, 40).cube(86, 46, 88, 64, 88, 100).line(12, 100).cube(12, 64, 14, 46, 24, 40).cube(38, 34, 39, 26, 38, 12)
	c.fill(bust, paper)
	c.shadeRight(bust, 64)
	for i, t := range steps(17) {
		q := onCircle(50, 30, 1, 0.5-t*0.5)
		x, y := 50+(q.x-50)*19, 30+(q.y-30)*34
		r := 1.9 + 2.2*(1-absolute(t-0.5)*2)
		c.tint(circle(x+0.6, y+1, r), c.Ink, 0.15)
		c.fill(circle(x, y, r), []colour{c.Main, c.Light, c.Dark}[i%3])
		c.glint(circle(x-r*0.3, y-r*0.3, r*0.28))
	}
	c.tint(drop(50.8, 80, 5.6), c.Ink, 0.15)
	c.fill(drop(50, 79, 5.6), c.Main)
	c.fill(drop(50, 78, 3.2), c.Light)
	c.glint(ellipse(48.4, 74, 0.9, 1.7))
}

func absolute(v float32) float32 { return max(v, -v) }

func (c *canvas) bracelet() {
	c.tint(ellipse(51, 55, 31, 24).stroke(7), c.Ink, 0.12)
	c.line(ellipse(50, 52, 31, 24), 1.2, metalDark)
	const beads = 20
	for i := range beads {
		q := onCircle(0, 0, 1, float32(i)/beads)
		x, y := 50+q.x*31, 52+q.y*24
		r := 4.3 + q.y*0.9
		c.fill(circle(x, y, r), []colour{c.Main, c.Light, c.Main, c.Dark}[i%4])
		c.glint(circle(x-r*0.3, y-r*0.35, r*0.28))
	}
	c.line(thread(point{50, 78}, point{50, 84}), 0.9, metalDark)
	c.fill(heart(50, 88, 5.4), gold)
	c.glint(circle(48, 86, 1))
}

func (c *canvas) earrings() {
	for _, x := range []float32{34, 66} {
		c.line(arc(x, 24, 4.4, 6, 0.3, 1.05), 1.3, goldDark)
		c.fill(circle(x, 33, 4.4), gold)
		c.glint(circle(x-1.3, 31.7, 1.1))
		c.line(thread(point{x, 37}, point{x, 44}), 0.9, goldDark)
		gem := drop(x, 75, 11.5)
		c.lift(gem)
		c.fill(gem, c.Main)
		c.within(gem, func() { c.tint(rect(x, 0, 30, 100), c.Ink, 0.13) })
		c.fill(drop(x, 71, 6.4), c.Light)
		c.line(gem, 1, gold)
		c.glint(ellipse(x-3.4, 66, 1.3, 2.8).turnedAt(x-3.4, 66, 0.05))
	}
}

func (c *canvas) ring() {
	c.floor(50, 84, 18)
	c.line(circle(50, 61, 20), 5.4, goldDark)
	c.line(circle(50, 60.4, 20), 3.8, gold)
	c.line(arc(50, 60.4, 20, 20, 0.56, 0.7), 1.1, flameCore)
	flower := petals(50, 33, 9, 7.2, 5.8, 6)
	c.lift(flower)
	c.fill(flower, c.Main)
	c.fill(petals(50, 33, 5, 4.6, 3.4, 6).turnedAt(50, 33, 1.0/12), c.Light)
	c.fill(circle(50, 33, 4.6), gold)
	c.glint(circle(48.6, 31.6, 1.4))
	for _, q := range []point{{22, 30}, {79, 46}, {74, 18}} {
		c.fill(star(q.x, q.y, 4.4, 1.1, 4), paper)
	}
}

func (c *canvas) brooch() {
	for _, side := range []float32{-1, 1} {
		tail := mirrored(side, move(0, 46).line(7, 46).line(24, 82).line(15, 80).line(8, 84).line(0, 50))
		loop := mirrored(side, move(2, 44).cube(16, 22, 38, 24, 38, 44).cube(38, 62, 16, 66, 2, 48))
		c.lift(tail.and(loop))
		c.fill(tail, c.Dark)
		c.fill(loop, c.Main)
		c.line(loop, 1.2, gold)
		c.fill(mirrored(side, move(6, 45).cube(16, 36, 28, 36, 29, 45).cube(28, 54, 16, 54, 6, 47)), c.Dark)
		for _, q := range []point{{14, 33.5}, {24, 30.6}, {33, 35.4}, {35.6, 45}, {32, 54}, {22, 58}, {12, 54.6}} {
			c.fill(circle(50+side*q.x, q.y, 1.6), paper)
		}
	}
	c.fill(round(42, 38, 16, 14, 5), c.Light)
	c.fill(circle(50, 45, 4.6), gold)
	c.glint(circle(48.7, 43.7, 1.4))
}

func (c *canvas) hairclip() {
	for i, q := range []point{{50, 34}, {50, 66}} {
		turn := []float32{-0.04, 0.03}[i]
		clip := round(18, q.y-5, 64, 10, 5).turnedAt(50, q.y, turn)
		c.lift(clip)
		c.fill(clip, c.Dark)
		c.fill(round(20, q.y-3.4, 60, 4.4, 2.2).turnedAt(50, q.y, turn), c.Main)
		for j, t := range steps(4) {
			p := point{28 + t*40, q.y + (t-0.4)*40*turn*6}
			f := petals(p.x, p.y, 4.4, 3.8, 3, 5)
			c.fill(f, []colour{c.Light, c.Trim}[j%2])
			c.fill(circle(p.x, p.y, 2.2), gold)
		}
	}
}

func (c *canvas) fan() {
	for i, t := range steps(13) {
		a, b := 0.6+t*0.3, 0.6+(t+1.0/12)*0.3
		if i == 12 {
			break
		}
		outer, next := onCircle(50, 80, 56, a), onCircle(50, 80, 56, b)
		inner, innerNext := onCircle(50, 80, 24, a), onCircle(50, 80, 24, b)
		c.fill(polygon(inner, outer, next, innerNext), []colour{c.Main, c.Dark}[i%2])
		low, lowNext := onCircle(50, 80, 6, a), onCircle(50, 80, 6, b)
		c.fill(polygon(low, inner, innerNext, lowNext), []colour{wood, woodDark}[i%2])
	}
	c.line(arc(50, 80, 55, 55, 0.6, 0.9), 1.8, c.Trim)
	c.line(arc(50, 80, 47, 47, 0.61, 0.89), 0.9, c.Trim)
	for i := range 6 {
		q := onCircle(50, 80, 38, 0.625+float32(i)*0.05)
		c.fill(petals(q.x, q.y, 2.6, 2.2, 1.7, 5), c.Trim)
		c.fill(circle(q.x, q.y, 1.2), gold)
	}
	c.fill(circle(50, 80, 3), goldDark)
	c.line(thread(point{50, 82}, point{50, 90}), 1.6, c.Dark)
}

func (c *canvas) keyring() {
	c.tint(circle(51, 30, 14).stroke(3), c.Ink, 0.14)
	c.line(circle(50, 28, 14), 3.2, metalDark)
	c.line(circle(50, 27.6, 14), 1.6, metal)
	c.line(thread(point{46, 41}, point{42, 50}), 2, metalDark)
	tag := heart(38, 66, 15).turnedAt(38, 66, 0.03)
	c.lift(tag)
	c.solid(tag, 3)
	c.line(heart(38, 66, 11.4).turnedAt(38, 66, 0.03), 0.8, c.Trim)
	c.fill(circle(41, 52.6, 2), c.Back)
	key := circle(64, 51, 7.4).stroke(3.4).and(thread(point{66, 58}, point{72, 82}).stroke(3.4), thread(point{70.4, 76}, point{76, 74.6}).stroke(3), thread(point{71.6, 81}, point{77, 79.6}).stroke(3))
	c.lift(key)
	c.fill(key, gold)
	c.line(thread(point{56, 40}, point{61, 45}), 2, metalDark)
}

func (c *canvas) charm() {
	c.line(arc(50, 22, 7, 9, 0, 1), 2.4, metalDark)
	c.line(thread(point{50, 31}, point{50, 38}), 1.4, metalDark)
	c.fill(round(45.5, 35, 9, 6, 2), gold)
	for i, x := range []float32{36, 45, 55, 64} {
		length := []float32{30, 40, 36, 28}[i]
		c.line(move(50, 41).quad(x, 44, x, 40+length), 0.9, metalDark)
		for j := range 3 {
			y := 40 + length - float32(j)*9.4
			r := 4.6 - float32(j)*0.7
			c.tint(circle(x+0.8, y+1.2, r), c.Ink, 0.14)
			c.fill(circle(x, y, r), []colour{c.Main, c.Light, c.Dark, c.Trim}[(i+j)%4])
			c.glint(circle(x-1.3, y-1.4, 1.1))
		}
	}
}

func (c *canvas) sunglasses() {
	c.line(move(14, 42).quad(10, 34, 18, 30), 3, c.Dark)
	c.line(move(86, 42).quad(90, 34, 82, 30), 3, c.Dark)
	for _, x := range []float32{31, 69} {
		lens := round(x-18, 38, 36, 28, 13)
		c.lift(lens)
		c.fill(lens, c.Main)
		c.fill(round(x-14, 42, 28, 20, 9.5), rgb(0x4A4D58))
		c.tint(polygon(point{x - 9, 56}, point{x + 1, 42}, point{x + 5, 42}, point{x - 6, 60}), paper, 0.35)
	}
	c.line(arc(50, 50, 5, 5, 0.52, 0.98), 3.2, c.Main)
	c.fill(star(20, 44, 3, 1.4, 5).and(star(80, 44, 3, 1.4, 5)), c.Trim)
}

func (c *canvas) parasol() {
	c.line(thread(point{36, 86}, point{60, 24}), 2, woodDark)
	canopy := move(20, 34).cube(30, 10, 66, 2, 84, 30).cube(88, 40, 88, 50, 86, 56).quad(79, 49, 73, 52).quad(66, 44, 58, 48).quad(50, 38, 42, 42).quad(32, 33, 20, 34)
	c.lift(canopy)
	c.solid(canopy, 3.4)
	c.within(canopy, func() {
		c.line(move(63, 15).quad(56, 28, 42, 42), 0.9, c.Dark)
		c.line(move(63, 15).quad(66, 30, 58, 48), 0.9, c.Dark)
		c.line(move(63, 15).quad(76, 28, 73, 52), 0.9, c.Dark)
	})
	for _, q := range []point{{20, 34}, {31, 34.4}, {42, 42}, {50, 42}, {58, 48}, {66, 47}, {73, 52}, {80, 51}, {86, 56}} {
		c.fill(circle(q.x, q.y+0.8, 2.4), c.Trim)
	}
	c.line(thread(point{63.4, 15}, point{66, 9}), 1.8, c.Dark)
	c.fill(circle(35.6, 87, 2.8), c.Dark)
}
