package catalog

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/draw"
)

const jpegQuality = 85

// fit is the size of a picture scaled down to fit into a box, never up, with its proportions kept. A
// side of the box that is 0 is as long as it needs to be.
func fit(width, height, boxWidth, boxHeight int) (int, int) {
	if boxWidth == 0 || boxWidth > width {
		boxWidth = width
	}
	if boxHeight == 0 || boxHeight > height {
		boxHeight = height
	}
	if boxWidth*height <= boxHeight*width { // the width is what binds
		return boxWidth, max(1, (height*boxWidth+width/2)/width)
	}
	return max(1, (width*boxHeight+height/2)/height), boxHeight
}

// bounded is the size of a picture that we make at most: as many pixels as a square of MaxMade has.
func bounded(width, height int) (int, int) {
	const most = MaxMade * MaxMade
	if width*height <= most {
		return width, height
	}
	widest := int(math.Sqrt(most * float64(width) / float64(height)))
	return fit(width, height, widest, 0)
}

// render makes a picture of a size and a format from a file.
func render(f format, data []byte, width, height int, to MediaFormat) ([]byte, error) {
	img, err := f.read(data)
	if err != nil {
		return nil, err
	}
	orientation := orientationOf(f, data)
	if lying(orientation) {
		width, height = height, width
	}
	made := turn(scale(img, width, height, to), orientation)
	var out bytes.Buffer
	switch to {
	case JPEG:
		err = jpeg.Encode(&out, made, &jpeg.Options{Quality: jpegQuality})
	case PNG:
		err = png.Encode(&out, made)
	default:
		err = fmt.Errorf("unknown format %q", to)
	}
	if err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}

// scale draws a picture smaller: on white where transparency cannot be kept.
func scale(img image.Image, width, height int, to MediaFormat) *image.RGBA {
	dst, op := image.NewRGBA(image.Rect(0, 0, width, height)), draw.Src
	if to == JPEG {
		stddraw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, stddraw.Src)
		op = draw.Over
	}
	if img.Bounds().Size() == dst.Bounds().Size() {
		stddraw.Draw(dst, dst.Bounds(), img, img.Bounds().Min, op)
		return dst
	}
	small := shrink(plain(img), width, height)
	draw.CatmullRom.Scale(dst, dst.Bounds(), small, small.Bounds(), op, nil)
	return dst
}

// plain returns the picture as the type that is quick to work on.
func plain(img image.Image) *image.RGBA {
	if rgba, ok := img.(*image.RGBA); ok {
		return rgba
	}
	rgba := image.NewRGBA(img.Bounds())
	stddraw.Draw(rgba, rgba.Bounds(), img, img.Bounds().Min, stddraw.Src)
	return rgba
}

// shrink averages squares of pixels where many become one, and leaves half as much again as is asked
// for: the scaler, which does better but looks at each pixel several times, has less to do.
func shrink(img *image.RGBA, width, height int) *image.RGBA {
	size := img.Bounds().Size()
	n := min(2*size.X/(3*width), 2*size.Y/(3*height))
	if n < 2 {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, (size.X+n-1)/n, (size.Y+n-1)/n))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			square := image.Rect(x*n, y*n, min((x+1)*n, size.X), min((y+1)*n, size.Y))
			mean := average(img, square)
			copy(small.Pix[small.PixOffset(x, y):], mean[:])
		}
	}
	return small
}

// average is the mean of a picture's pixels within a rectangle.
func average(img *image.RGBA, r image.Rectangle) (mean [4]byte) {
	var sum [4]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[y*img.Stride+4*r.Min.X : y*img.Stride+4*r.Max.X]
		for i, v := range row {
			sum[i&3] += int(v)
		}
	}
	count := r.Dx() * r.Dy()
	for i := range mean {
		mean[i] = byte((sum[i] + count/2) / count)
	}
	return mean
}
