package picture

import "math"

// A drawing is 100 units wide and 100 high, with the origin at the top left.

type point struct{ x, y float32 }

type op uint8

const (
	moveTo op = iota
	lineTo
	quadTo
	cubeTo
)

// segment is one step of a path; a move uses one point, a cubic curve three.
type segment struct {
	op op
	at [3]point
}

// path is one or several closed outlines. Outlines in the same sense of
// rotation add up; one in the other sense is a hole.
type path []segment

func move(x, y float32) path { return path{{moveTo, [3]point{{x, y}}}} }

func (p path) line(x, y float32) path { return append(p, segment{lineTo, [3]point{{x, y}}}) }

func (p path) quad(cx, cy, x, y float32) path {
	return append(p, segment{quadTo, [3]point{{cx, cy}, {x, y}}})
}

func (p path) cube(cx, cy, dx, dy, x, y float32) path {
	return append(p, segment{cubeTo, [3]point{{cx, cy}, {dx, dy}, {x, y}}})
}

// and gives the outlines of both paths together.
func (p path) and(others ...path) path {
	for _, o := range others {
		p = append(p, o...)
	}
	return p
}

// end is the point at which a segment ends.
func (s segment) end() point { return s.at[pointsOf(s.op)-1] }

func pointsOf(o op) int {
	switch o {
	case quadTo:
		return 2
	case cubeTo:
		return 3
	default:
		return 1
	}
}

func polygon(points ...point) path {
	p := move(points[0].x, points[0].y)
	for _, q := range points[1:] {
		p = p.line(q.x, q.y)
	}
	return p
}

func rect(x, y, w, h float32) path {
	return polygon(point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// kappa places the control points of a cubic curve that looks like a quarter of a circle.
const kappa = 0.5523

func ellipse(cx, cy, rx, ry float32) path {
	kx, ky := rx*kappa, ry*kappa
	return move(cx+rx, cy).
		cube(cx+rx, cy+ky, cx+kx, cy+ry, cx, cy+ry).
		cube(cx-kx, cy+ry, cx-rx, cy+ky, cx-rx, cy).
		cube(cx-rx, cy-ky, cx-kx, cy-ry, cx, cy-ry).
		cube(cx+kx, cy-ry, cx+rx, cy-ky, cx+rx, cy)
}

func circle(cx, cy, r float32) path { return ellipse(cx, cy, r, r) }

// round is a rectangle with round corners.
func round(x, y, w, h, r float32) path { return corners(x, y, w, h, r, r, r, r) }

// corners is a rectangle with a radius for each corner, from the top left clockwise.
func corners(x, y, w, h, tl, tr, br, bl float32) path {
	const k = 1 - kappa
	return move(x+tl, y).
		line(x+w-tr, y).cube(x+w-tr*k, y, x+w, y+tr*k, x+w, y+tr).
		line(x+w, y+h-br).cube(x+w, y+h-br*k, x+w-br*k, y+h, x+w-br, y+h).
		line(x+bl, y+h).cube(x+bl*k, y+h, x, y+h-bl*k, x, y+h-bl).
		line(x, y+tl).cube(x, y+tl*k, x+tl*k, y, x+tl, y)
}

// heart stands on its tip at (cx, cy+s), about 2s wide.
func heart(cx, cy, s float32) path {
	return move(cx, cy+s).
		cube(cx-s*0.55, cy+s*0.5, cx-s*1.12, cy+s*0.1, cx-s*1.05, cy-s*0.4).
		cube(cx-s, cy-s*0.98, cx-s*0.25, cy-s*1.02, cx, cy-s*0.42).
		cube(cx+s*0.25, cy-s*1.02, cx+s, cy-s*0.98, cx+s*1.05, cy-s*0.4).
		cube(cx+s*1.12, cy+s*0.1, cx+s*0.55, cy+s*0.5, cx, cy+s)
}

// star has n points of radius r and as many notches of radius inner.
func star(cx, cy, r, inner float32, n int) path {
	var p path
	for i := range 2 * n {
		radius := r
		if i%2 == 1 {
			radius = inner
		}
		q := onCircle(cx, cy, radius, float32(i)/float32(2*n)-0.25)
		if i == 0 {
			p = move(q.x, q.y)
		} else {
			p = p.line(q.x, q.y)
		}
	}
	return p
}

// petals are n ellipses around a centre.
func petals(cx, cy, distance, rx, ry float32, n int) path {
	var p path
	for i := range n {
		turn := float32(i)/float32(n) - 0.25
		q := onCircle(cx, cy, distance, turn)
		p = p.and(ellipse(0, 0, rx, ry).turned(turn).moved(q.x, q.y))
	}
	return p
}

// scallop is a disc with n round bumps at its edge.
func scallop(cx, cy, r float32, n int) path {
	bump := r * float32(math.Sin(math.Pi/float64(n))) * 1.1
	p := circle(cx, cy, r)
	for i := range n {
		q := onCircle(cx, cy, r, float32(i)/float32(n))
		p = p.and(circle(q.x, q.y, bump))
	}
	return p
}

// onCircle gives the point of a circle after some turns from three o'clock, clockwise.
func onCircle(cx, cy, r, turns float32) point {
	sin, cos := math.Sincos(float64(turns) * 2 * math.Pi)
	return point{cx + r*float32(cos), cy + r*float32(sin)}
}

// arc is an open curve along an ellipse, to be stroked.
func arc(cx, cy, rx, ry, from, to float32) path {
	const steps = 24
	var p path
	for i := range steps + 1 {
		q := onCircle(0, 0, 1, from+(to-from)*float32(i)/steps)
		if i == 0 {
			p = move(cx+q.x*rx, cy+q.y*ry)
		} else {
			p = p.line(cx+q.x*rx, cy+q.y*ry)
		}
	}
	return p
}

func (p path) moved(dx, dy float32) path {
	return p.mapped(func(q point) point { return point{q.x + dx, q.y + dy} })
}

// turned rotates around the origin, clockwise, by a number of turns.
func (p path) turned(turns float32) path {
	s, c := math.Sincos(float64(turns) * 2 * math.Pi)
	sin, cos := float32(s), float32(c)
	return p.mapped(func(q point) point { return point{q.x*cos - q.y*sin, q.x*sin + q.y*cos} })
}

func (p path) turnedAt(cx, cy, turns float32) path {
	return p.moved(-cx, -cy).turned(turns).moved(cx, cy)
}

func (p path) mapped(f func(point) point) path {
	out := make(path, len(p))
	for i, s := range p {
		out[i].op = s.op
		for j := range pointsOf(s.op) {
			out[i].at[j] = f(s.at[j])
		}
	}
	return out
}
