package catalog

import (
	"bytes"
	"encoding/binary"
	"image"
)

// upright is the orientation of a picture whose first pixel is at the top left. Cameras store others
// with a note (EXIF's tag 0x0112, 1 to 8) that browsers follow; what we make of such a picture has no
// note, so it must be turned.
const upright = 1

// orientationOf reads the note of a JPEG file; what it cannot read is upright.
func orientationOf(f format, data []byte) int {
	if f.name != "jpeg" {
		return upright
	}
	for marker, body := range segments(data) {
		if marker == markerScan {
			break
		}
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == markerExif {
			return orientationIn(tiff)
		}
	}
	return upright
}

// orientationIn reads the tag in the first directory of a TIFF structure.
func orientationIn(tiff []byte) int {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}

// lying tells the orientations whose pictures are stored on their side.
func lying(orientation int) bool { return orientation >= 5 }

// turn returns the picture upright.
func turn(src *image.RGBA, orientation int) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	var from func(x, y int) (int, int)
	switch orientation {
	case 2:
		from = func(x, y int) (int, int) { return w - 1 - x, y }
	case 3:
		from = func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	case 4:
		from = func(x, y int) (int, int) { return x, h - 1 - y }
	case 5:
		from = func(x, y int) (int, int) { return y, x }
	case 6:
		from = func(x, y int) (int, int) { return y, h - 1 - x }
	case 7:
		from = func(x, y int) (int, int) { return w - 1 - y, h - 1 - x }
	case 8:
		from = func(x, y int) (int, int) { return w - 1 - y, x }
	default:
		return src
	}
	size := image.Rect(0, 0, w, h)
	if lying(orientation) {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := from(x, y)
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(src.Rect.Min.X+sx, src.Rect.Min.Y+sy):][:4])
		}
	}
	return dst
}
