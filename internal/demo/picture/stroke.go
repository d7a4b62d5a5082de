package picture

import "math"

// stroke gives the outline of a line of some width along the path, with round
// ends and joints.
func (p path) stroke(width float32) path {
	var out path
	r := width / 2
	for _, run := range p.flat() {
		for i, q := range run {
			out = out.and(circle(q.x, q.y, r))
			if i > 0 {
				out = out.and(bar(run[i-1], q, r))
			}
		}
	}
	return out
}

// bar is the rectangle around the line between two points. Its sense of
// rotation is that of circle, whatever its direction, so that they add up.
func bar(a, b point, r float32) path {
	dx, dy := b.x-a.x, b.y-a.y
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length == 0 {
		return nil
	}
	nx, ny := -dy/length*r, dx/length*r
	return polygon(point{a.x - nx, a.y - ny}, point{b.x - nx, b.y - ny}, point{b.x + nx, b.y + ny}, point{a.x + nx, a.y + ny})
}

// flat gives the path's outlines as points, curves cut into short lines.
func (p path) flat() [][]point {
	const steps = 12
	var runs [][]point
	var last point
	for _, s := range p {
		if s.op == moveTo {
			runs = append(runs, []point{s.at[0]})
			last = s.at[0]
			continue
		}
		run := &runs[len(runs)-1]
		if s.op == lineTo {
			*run = append(*run, s.at[0])
		} else {
			for i := 1; i <= steps; i++ {
				*run = append(*run, s.between(last, float32(i)/steps))
			}
		}
		last = s.end()
	}
	return runs
}

// between gives the point of a curve that begins at from, t of its way.
func (s segment) between(from point, t float32) point {
	mix := func(a, b point) point { return point{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }
	if s.op == quadTo {
		return mix(mix(from, s.at[0]), mix(s.at[0], s.at[1]))
	}
	a, b, c := mix(from, s.at[0]), mix(s.at[0], s.at[1]), mix(s.at[1], s.at[2])
	return mix(mix(a, b), mix(b, c))
}

// thread is an open line through some points, to be stroked.
func thread(points ...point) path { return polygon(points...) }

// steps gives n numbers between 0 and 1, both included.
func steps(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i) / float32(n-1)
	}
	return out
}
