package picture

func (c *canvas) thread() {
	c.floor(48, 83, 28)
	for i, x := range []float32{32, 60} {
		c.fill(round(x-13, 36, 26, 6, 2), wood)
		c.fill(round(x-13, 77, 26, 6, 2), woodDark)
		reel := rect(x-10.5, 42, 21, 35)
		c.fill(reel, []colour{c.Main, c.Light}[i])
		c.within(reel, func() {
			for y := float32(44); y < 78; y += 3.6 {
				c.line(thread(point{x - 12, y + 1.6}, point{x + 12, y}), 0.9, c.Dark)
			}
			c.tint(rect(x+4, 40, 12, 40), c.Ink, 0.1)
		})
	}
	c.line(move(42, 48).cube(56, 10, 76, 24, 84, 40), 0.9, c.Dark)
	c.line(thread(point{84, 36}, point{76, 80}), 1.6, metalDark)
	for _, q := range []point{{24, 26}, {44, 22}} {
		c.fill(circle(q.x, q.y, 6.4), c.Dark)
		c.line(circle(q.x, q.y, 4.6), 0.7, c.Light)
		for _, d := range []point{{-1.5, -1.5}, {1.5, -1.5}, {-1.5, 1.5}, {1.5, 1.5}} {
			c.fill(circle(q.x+d.x, q.y+d.y, 0.8), c.Trim)
		}
	}
}

func (c *canvas) sewingBox() {
	c.floor(50, 83, 30)
	c.line(arc(50, 48, 20, 24, 0.5, 1), 3, woodDark)
	body := round(20, 46, 60, 37, 5)
	c.solid(body, 4.2)
	c.shadeRight(body, 66)
	c.fill(corners(18, 40, 64, 11, 5, 5, 2, 2), c.Dark)
	c.fill(corners(18, 40, 64, 3, 5, 5, 0, 0), c.Light)
	c.fill(circle(50, 58, 7.4), c.Trim)
	for _, d := range []point{{-2, -2}, {2, -2}, {-2, 2}, {2, 2}} {
		c.fill(circle(50+d.x, 58+d.y, 1.1), c.Dark)
	}
	c.line(circle(50, 58, 5.4), 0.7, c.Dark)
}

func (c *canvas) pincushion() {
	c.floor(50, 82, 26)
	for i, q := range []point{{34, 22}, {46, 16}, {60, 19}, {70, 28}} {
		c.line(thread(q, point{50 + (q.x-50)*0.5, 52}), 0.9, metalDark)
		c.fill(circle(q.x, q.y, 3), []colour{gold, tomato, c.Trim, c.Dark}[i])
	}
	body := ellipse(50, 62, 27, 20)
	c.solid(body, 3.6)
	for _, x := range []float32{0.15, 0.5, 0.85} {
		c.line(arc(50, 62, 27*absolute(x*2-1), 20, 0.75, 1.25), 1.1, c.Dark)
		c.line(arc(50, 62, 27*absolute(x*2-1), 20, 0.25, 0.75), 1.1, c.Dark)
	}
	c.fill(petals(50, 44, 5, 4.2, 2.6, 6), leaf)
	c.fill(circle(50, 44, 2.6), leafDark)
}

func (c *canvas) tapeMeasure() {
	body := circle(44, 44, 22)
	strip := move(44, 66).line(86, 66).line(86, 76).line(44, 76).cube(30, 76, 30, 66, 44, 66)
	c.lift(strip)
	c.fill(strip, rgb(0xF7E3A6))
	for i := range 11 {
		x := 42 + float32(i)*4
		length := float32(3)
		if i%2 == 0 {
			length = 5
		}
		c.fill(rect(x, 66.6, 0.9, length), c.Ink)
	}
	c.fill(rect(85, 64.6, 3, 12.6), metalDark)
	c.lift(body)
	c.solid(body, 3.4)
	c.shadeRight(body, 55)
	c.line(circle(44, 44, 18.6), 0.9, c.Trim)
	c.fill(circle(44, 44, 8), c.Trim)
	c.fill(circle(44, 44, 4), c.Dark)
}

func (c *canvas) scissors() {
	for _, side := range []float32{-1, 1} {
		blade := mirrored(side, move(-1, 56).line(3, 56).cube(8, 40, 12, 28, 16, 14).cube(8, 22, -2, 40, -3, 54))
		c.lift(blade)
		c.fill(blade, []colour{metal, metalDark}[int(side+1)/2])
		loop := ellipse(50-side*13, 74, 8.4, 10).turnedAt(50-side*13, 74, side*0.07)
		c.line(loop, 4.6, []colour{c.Main, c.Dark}[int(side+1)/2])
		c.line(mirrored(side, thread(point{1, 54}, point{-8, 65})), 4.2, []colour{c.Main, c.Dark}[int(side+1)/2])
	}
	c.fill(circle(50, 54, 3), gold)
	c.fill(circle(50, 54, 1.1), goldDark)
}

func (c *canvas) ribbon() {
	tail := move(44, 66).cube(58, 74, 68, 60, 78, 70).line(86, 66).line(85, 78).line(77, 80).cube(68, 72, 58, 84, 44, 76)
	c.lift(tail)
	c.fill(tail, c.Main)
	c.within(tail, func() { c.decorate(2.2) })
	reel := circle(42, 48, 26)
	c.lift(reel)
	c.fill(reel, woodLight)
	c.fill(circle(42, 48, 22.4), c.Dark)
	c.solid(circle(42, 48, 21), 2.6)
	for _, r := range []float32{18, 15, 12} {
		c.line(circle(42, 48, r), 0.6, c.Dark)
	}
	c.fill(circle(42, 48, 8.6), woodLight)
	c.fill(circle(42, 48, 3.6), c.Halo)
}

func (c *canvas) yarn() {
	c.floor(48, 82, 25)
	c.line(thread(point{30, 82}, point{66, 18}), 2.4, wood)
	c.fill(circle(67, 16.4, 3.4), woodDark)
	c.line(thread(point{70, 82}, point{34, 18}), 2.4, woodLight)
	c.fill(circle(33, 16.4, 3.4), woodDark)
	ball := circle(50, 57, 24)
	c.fill(ball, c.Main)
	c.within(ball, func() {
		for i := range 5 {
			c.line(arc(34+float32(i)*2.5, 40+float32(i)*1.2, 30, 34, 0.02, 0.3), 1, []colour{c.Dark, c.Light}[i%2])
			c.line(arc(78-float32(i)*6, 60, 26, 34, 0.4, 0.64), 1, []colour{c.Light, c.Dark}[i%2])
		}
		for i := range 4 {
			c.line(arc(50, 84-float32(i)*5, 24, 26, 0.55, 0.95), 1, c.Dark)
		}
	})
	c.line(move(66, 75).cube(78, 84, 84, 72, 92, 80), 1.6, c.Main)
}

func (c *canvas) feltFlower() {
	for i, q := range []struct{ x, y, s float32 }{{36, 40, 1.15}, {66, 36, 0.85}, {62, 66, 1.1}, {32, 70, 0.8}} {
		f := petals(q.x, q.y, 10*q.s, 8.2*q.s, 6.4*q.s, 6)
		c.lift(f)
		c.fill(f, []colour{c.Main, c.Light, c.Dark, c.Trim}[i])
		c.line(circle(q.x, q.y, 7.6*q.s), 0.8, []colour{c.Trim, c.Dark, c.Trim, c.Main}[i])
		c.fill(circle(q.x, q.y, 4.6*q.s), gold)
		for _, d := range []point{{-1.3, 0}, {1.3, 0}} {
			c.fill(circle(q.x+d.x*q.s, q.y, 0.8*q.s), goldDark)
		}
	}
}

func (c *canvas) paintbox() {
	box := round(18, 34, 64, 40, 5)
	c.lift(box)
	c.fill(box, c.Main)
	c.fill(round(21.6, 37.6, 56.8, 32.8, 3), paper)
	for i := range 8 {
		x, y := 29.6+float32(i%4)*13.6, 46+float32(i/4)*15
		c.fill(circle(x, y, 5.4), []colour{tomato, flame, rgb(0xF3D25B), leaf, rgb(0x63B3AE), rgb(0x5C8CB5), rgb(0x9A80B6), blush}[i])
		c.glint(ellipse(x-1.6, y-1.8, 1.7, 1))
	}
	brush := thread(point{30, 86}, point{76, 20})
	c.line(brush.moved(1, 1.6), 3, between(c.Halo, c.Ink, 0.2))
	c.line(brush, 2.8, woodDark)
	c.line(thread(point{71.4, 26.6}, point{74.4, 22.4}), 4, metal)
	c.fill(drop(0, 5, 3.4).turned(0.097).moved(76.4, 19.4), c.Dark)
}

func (c *canvas) chalks() {
	for i, x := range []float32{30, 38, 46, 54, 62, 70} {
		stick := round(x-3, 20+float32((i*3)%4)*1.6, 6, 42, 2)
		c.fill(stick, []colour{paper, blush, rgb(0xF3D98B), rgb(0xA9CBA9), rgb(0x9FC3DA), rgb(0xC7B3DA)}[i])
		c.shadeRight(stick, x+1)
	}
	c.floor(50, 84, 27)
	box := round(24, 46, 52, 38, 3)
	c.solid(box, 3.8)
	c.shadeRight(box, 63)
	c.fill(round(31, 57, 38, 17, 3), c.Trim)
	c.line(move(37, 67).cube(43, 58, 45, 72, 51, 64).cube(55, 60, 57, 70, 63, 63), 1.8, c.Dark)
}

func (c *canvas) patches() {
	for i, q := range []point{{36, 37}, {66, 40}, {38, 68}, {67, 69}} {
		p := []path{round(q.x-13, q.y-13, 26, 26, 4), circle(q.x, q.y, 13), heart(q.x, q.y, 14), star(q.x, q.y, 16, 8.6, 5)}[i]
		c.lift(p)
		c.fill(p, []colour{c.Main, c.Light, c.Dark, c.Main}[i])
		in := []path{round(q.x-11, q.y-11, 22, 22, 3), circle(q.x, q.y, 11), heart(q.x, q.y, 11.2), star(q.x, q.y, 12.6, 6.8, 5)}[i]
		c.line(in, 0.8, c.Trim)
	}
	c.line(thread(point{31, 43}, point{36, 30}, point{41, 43}), 2.2, c.Trim)
	c.line(thread(point{33, 39}, point{39, 39}), 1.8, c.Trim)
	c.fill(heart(66, 41, 6), c.Trim)
}

func (c *canvas) stencil() {
	sheet := round(20, 24, 60, 52, 4)
	c.lift(sheet)
	c.fill(sheet, c.Main)
	for i, q := range []point{{34, 39}, {50, 39}, {66, 39}, {34, 59}, {50, 59}, {66, 59}} {
		hole := []path{heart(q.x, q.y, 6), star(q.x, q.y, 7, 3.4, 5), circle(q.x, q.y, 6), petals(q.x, q.y, 4, 3.4, 2.8, 6), round(q.x-6, q.y-6, 12, 12, 2), polygon(point{q.x, q.y - 6.4}, point{q.x + 6.6, q.y + 5.6}, point{q.x - 6.6, q.y + 5.6})}[i]
		c.fill(hole, c.Dark)
		c.within(hole, func() { c.fill(hole.moved(0.9, 1.2), c.Halo) })
	}
	c.line(thread(point{60, 88}, point{84, 62}), 4, gold)
	c.fill(polygon(point{58.6, 86.6}, point{61.4, 89.4}, point{56.6, 91.4}), woodLight)
}
