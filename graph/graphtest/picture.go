package graphtest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// PNG is a picture of 8 by 8 pixels.
func PNG() []byte {
	picture := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range 8 {
		picture.Set(i, i, color.RGBA{R: 200, A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil { // memory does not fail
		panic(err)
	}
	return b.Bytes()
}
