package catalog

import (
	"encoding/binary"
	"iter"
)

// Markers of a JPEG file. https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1
const (
	markerStart = 0xd8 // of the file
	markerEnd   = 0xd9 // of the file
	markerScan  = 0xda
	markerExif  = 0xe1
)

// maxScans is how often a progressive JPEG may go over its pixels. Encoders do so about ten times; a
// small file that does it thousands of times keeps a decoder busy for hours.
const maxScans = 30

// segments are the marked parts of a JPEG file, each with its marker. Pixels lie between them.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for rest := data; len(rest) >= 4; {
			marker := rest[1]
			switch {
			case rest[0] != 0xff || marker == 0xff: // pixels, or padding
				rest = rest[1:]
				continue
			case marker <= 0x01 || marker >= 0xd0 && marker <= markerStart: // without a body
				rest = rest[2:]
				continue
			}
			size := int(binary.BigEndian.Uint16(rest[2:]))
			if marker == markerEnd || size < 2 || len(rest) < 2+size || !yield(marker, rest[4:2+size]) {
				return
			}
			rest = rest[2+size:]
		}
	}
}

// scans counts how often a JPEG file goes over its pixels.
func scans(data []byte) int {
	n := 0
	for marker := range segments(data) {
		if marker == markerScan {
			n++
		}
	}
	return n
}
