package picture

func (c *canvas) cabinet() {
	c.floor(50, 85, 26)
	body := round(24, 18, 52, 62, 2)
	c.fill(rect(27, 79, 4, 6).and(rect(69, 79, 4, 6)), c.Dark)
	c.fill(body, c.Main)
	c.shadeRight(body, 70)
	c.fill(round(21, 15, 58, 5, 1.5), c.Dark)
	for _, x := range []float32{28, 51} {
		c.fill(round(x, 24, 21, 32, 1.5), c.Dark)
		c.fill(round(x+0.8, 24.8, 19.4, 30.4, 1.2), c.Light)
		c.line(heart(x+10.5, 40, 5.4), 1.2, c.Dark)
	}
	c.fill(circle(47, 44, 1.3).and(circle(53, 44, 1.3)), gold)
	for _, x := range []float32{28, 51} {
		c.fill(round(x, 60, 21, 15, 1.5), c.Dark)
		c.fill(round(x+0.8, 60.8, 19.4, 13.4, 1.2), c.Light)
		c.fill(circle(x+10.5, 67.5, 1.6), gold)
	}
}

func (c *canvas) chair() {
	c.floor(50, 84, 22)
	c.fill(polygon(point{31, 60}, point{35, 60}, point{33, 84}, point{29, 84}).and(polygon(point{65, 60}, point{69, 60}, point{71, 84}, point{67, 84})), c.Dark)
	seat := round(26, 52, 48, 13, 6)
	c.solid(seat, 3.4)
	c.shadeBelow(seat, 60)
	back := corners(32, 18, 36, 32, 16, 16, 3, 3)
	c.fill(back, c.Main)
	c.fill(corners(36.5, 22.5, 27, 25, 12, 12, 2, 2), c.Back)
	for _, x := range []float32{43, 48.6, 54.2} {
		c.fill(round(x, 22, 2.8, 28, 1), c.Main)
	}
	c.fill(round(33, 47, 34, 5, 1), c.Dark)
}

func (c *canvas) box() {
	c.floor(50, 80, 29)
	body := round(24, 44, 52, 36, 3)
	c.solid(body, 4.2)
	c.shadeRight(body, 63)
	lid := round(21, 33, 58, 14, 3)
	c.fill(lid, c.Dark)
	c.fill(round(21, 33, 58, 4, 2), c.Light)
	c.fill(round(40, 55, 20, 11, 2), c.Trim)
	c.line(round(41.4, 56.4, 17.2, 8.2, 1.4), 0.5, c.Dark)
	c.fill(heart(50, 60.2, 2.8), c.Dark)
}

func (c *canvas) trinket() {
	c.floor(50, 78, 24)
	body := corners(26, 52, 48, 26, 3, 3, 12, 12)
	c.solid(body, 3.6)
	c.shadeRight(body, 60)
	c.fill(move(24, 52).cube(26, 36, 40, 32, 50, 32).cube(60, 32, 74, 36, 76, 52), c.Light)
	c.line(thread(point{24, 52}, point{76, 52}), 2.4, gold)
	c.fill(circle(50, 29, 4.2), gold)
	c.glint(circle(48.6, 27.6, 1.2))
	c.fill(round(46.5, 50, 7, 8, 2), gold)
	c.fill(circle(50, 53.4, 1.1), goldDark)
	c.glint(ellipse(35, 43, 1.8, 4.6).turnedAt(35, 43, 0.12))
}

func (c *canvas) basket() {
	c.floor(50, 81, 27)
	c.line(arc(50, 48, 25, 30, 0.5, 1), 4, woodDark)
	c.line(arc(50, 48, 25, 30, 0.5, 1), 1.4, woodLight)
	cloth := move(20, 46).line(80, 46).line(77, 56).quad(70, 63, 64, 56).quad(57, 63, 50, 56).quad(43, 63, 36, 56).quad(29, 63, 23, 56)
	body := polygon(point{21, 47}, point{79, 47}, point{72, 80}, point{28, 80})
	c.fill(body, wood)
	c.within(body, func() {
		for row := range 6 {
			for col := range 12 {
				x, y := 18+float32(col)*5.8+float32(row%2)*2.9, 48+float32(row)*5.8
				c.fill(round(x, y, 4.8, 4.2, 1.6), woodLight)
			}
		}
		c.tint(rect(64, 40, 40, 50), c.Ink, 0.1)
	})
	c.solid(cloth, 3.2)
	c.fill(round(19, 43.5, 62, 5, 2.5), woodDark)
}

func (c *canvas) bucket() {
	c.floor(50, 82, 20)
	c.line(arc(50, 38, 24, 24, 0.5, 1), 1.6, metalDark)
	body := polygon(point{25, 38}, point{75, 38}, point{68, 81}, point{32, 81})
	c.solid(body, 4.2)
	c.shadeRight(body, 59)
	c.fill(ellipse(50, 38, 25.4, 4.2), c.Dark)
	c.fill(ellipse(50, 38.4, 22.6, 3), between(c.Dark, c.Ink, 0.4))
	c.fill(circle(25.8, 39.5, 1.8).and(circle(74.2, 39.5, 1.8)), metalDark)
	if c.pattern == plain || c.pattern == hearts {
		c.fill(heart(50, 59, 9), c.Trim)
	}
}

func (c *canvas) vase() {
	c.floor(50, 83, 15)
	for i, q := range []point{{36, 26}, {50, 19}, {64, 27}} {
		c.line(move(50, 56).quad(50, 40, q.x, q.y), 1.3, leafDark)
		c.fill(ellipse(q.x+(50-q.x)*0.45+3, q.y+16, 5, 2.2).turnedAt(q.x+(50-q.x)*0.45+3, q.y+16, 0.1*float32(i-1)), leaf)
		c.fill(petals(q.x, q.y, 5, 4.2, 3.2, 6), []colour{blush, paper, c.Light}[i])
		c.fill(circle(q.x, q.y, 2.8), flame)
	}
	body := move(43, 48).line(57, 48).cube(56, 56, 68, 60, 66, 72).cube(65, 80, 60, 82, 57, 82).line(43, 82).cube(40, 82, 35, 80, 34, 72).cube(32, 60, 44, 56, 43, 48)
	c.solid(body, 3.4)
	c.shadeRight(body, 56)
	c.fill(ellipse(50, 48, 7.4, 1.8), c.Dark)
	c.glint(ellipse(40.6, 69, 1.4, 5).turnedAt(40.6, 69, -0.02))
}

func (c *canvas) toadstool() {
	c.floor(50, 82, 17)
	c.fill(move(43, 50).line(57, 50).cube(57, 62, 60, 74, 62, 80).quad(50, 84, 38, 80).cube(40, 74, 43, 62, 43, 50), rgb(0xF4E7D6))
	c.tint(move(53, 50).line(57, 50).cube(57, 62, 60, 74, 62, 80).quad(58, 82, 54, 82), c.Ink, 0.1)
	cap := move(20, 53).cube(20, 30, 36, 20, 50, 20).cube(64, 20, 80, 30, 80, 53).quad(50, 60, 20, 53)
	c.fill(cap, c.Main)
	c.within(cap, func() {
		for _, q := range []struct{ x, y, r float32 }{{36, 36, 5}, {54, 30, 4}, {66, 42, 5.4}, {48, 48, 4.4}, {28, 49, 3.4}} {
			c.fill(ellipse(q.x, q.y, q.r, q.r*0.85), c.Trim)
		}
		c.tint(rect(64, 0, 40, 100), c.Ink, 0.1)
	})
	for _, x := range []float32{24, 30, 70, 77} {
		c.fill(move(x, 83).quad(x-1, 77, x-3, 74).quad(x+1, 77, x+1.6, 83), leafDark)
		c.fill(move(x, 83).quad(x+2, 78, x+4, 76).quad(x+3, 80, x+2.4, 83), leaf)
	}
}

func (c *canvas) shell() {
	c.floor(50, 77, 28)
	fan := move(50, 76).cube(30, 72, 14, 52, 20, 38).cube(26, 28, 36, 30, 38, 31).cube(42, 22, 58, 22, 62, 31).cube(64, 30, 74, 28, 80, 38).cube(86, 52, 70, 72, 50, 76)
	c.fill(fan, c.Light)
	c.within(fan, func() {
		for i, t := range steps(9) {
			end := onCircle(50, 74, 54, 0.56+t*0.38)
			next := onCircle(50, 74, 54, 0.56+t*0.38+0.024)
			c.fill(polygon(point{50, 75}, end, next), []colour{c.Main, c.Dark}[i%2])
		}
	})
	c.fill(round(40, 72, 20, 6, 3), c.Dark)
}

func (c *canvas) paperweight() {
	c.floor(50, 79, 26)
	dome := move(22, 76).cube(18, 40, 34, 26, 50, 26).cube(66, 26, 82, 40, 78, 76)
	c.fill(dome, glass)
	c.within(dome, func() {
		c.fill(circle(50, 56, 21), c.Halo)
		c.fill(petals(50, 56, 10, 8, 5.6, 8), c.Main)
		c.fill(petals(50, 56, 5.4, 4.6, 3.4, 6), c.Light)
		c.fill(circle(50, 56, 3.4), flame)
		c.tint(rect(66, 0, 40, 100), c.Ink, 0.08)
	})
	c.line(dome, 1.2, glassDark)
	c.fill(round(20, 74, 60, 5, 2.5), c.Dark)
	c.tint(ellipse(36, 40, 3, 9).turnedAt(36, 40, 0.1), paper, 0.9)
}

func (c *canvas) bird() {
	c.line(move(14, 72).quad(50, 66, 88, 74), 3, woodDark)
	c.fill(ellipse(24, 66, 6, 2.8).turnedAt(24, 66, -0.08).and(ellipse(80, 67, 6, 2.8).turnedAt(80, 67, 0.1)), leaf)
	c.line(thread(point{46, 62}, point{46, 70}), 1.4, gold)
	c.line(thread(point{53, 62}, point{53, 70}), 1.4, gold)
	body := move(16, 58).cube(26, 56, 28, 40, 44, 34).cube(48, 22, 66, 22, 69, 35).cube(74, 50, 64, 65, 48, 65).cube(36, 66, 26, 62, 16, 58)
	c.solid(body, 2.8)
	c.within(body, func() { c.tint(ellipse(56, 58, 15, 11), c.Trim, 0.5) })
	c.fill(polygon(point{69, 33}, point{78, 36}, point{69, 39}), flame)
	c.fill(circle(62, 33, 2), c.Ink)
	c.fill(circle(62.6, 32.4, 0.7), paper)
	c.fill(move(30, 47).cube(36, 40, 50, 40, 54, 48).cube(50, 58, 38, 58, 30, 47), c.Dark)
	for _, x := range []float32{38, 43, 48} {
		c.line(arc(x, 48, 2.6, 3.4, 0.05, 0.45), 0.9, c.Light)
	}
}

func (c *canvas) butterfly() {
	c.hang(50, 30)
	for _, side := range []float32{-1, 1} {
		at := func(x, y float32) point { return point{50 + side*x, y} }
		upper := mirrored(side, move(0, 48).cube(4, 26, 26, 16, 34, 26).cube(38, 36, 26, 52, 0, 52))
		lower := mirrored(side, move(0, 52).cube(16, 52, 28, 58, 26, 68).cube(22, 80, 4, 74, 0, 56))
		c.lift(upper.and(lower))
		c.fill(lower, c.Dark)
		c.fill(upper, c.Main)
		c.within(upper, func() { c.decorate(2.2) })
		a, b := at(21, 35), at(15, 64)
		c.fill(circle(a.x, a.y, 4.6), c.Light)
		c.fill(circle(a.x, a.y, 2), c.Trim)
		c.fill(circle(b.x, b.y, 3.4), c.Light)
		c.line(mirrored(side, move(0.6, 42).cube(3, 34, 6, 31, 10, 29)), 0.9, c.Ink)
	}
	c.fill(ellipse(50, 54, 2.6, 14), c.Ink)
	c.fill(circle(50, 40, 3), c.Ink)
}

// mirrored puts a path that is drawn around x = 0 to the middle, on one side or the other.
func mirrored(side float32, p path) path {
	return p.mapped(func(q point) point { return point{50 + side*q.x, q.y} })
}
