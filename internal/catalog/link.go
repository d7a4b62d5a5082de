package catalog

import (
	"io"
	"strconv"
	"strings"

	"galley/internal/fault"
	"galley/internal/token"
)

// pictureBytes is how much chance a picture's token holds: who may not see its row cannot guess it.
const pictureBytes = 16

// NewPictureToken makes what names a picture of a format in its URLs: a random name with the ending
// of the file that is stored.
func NewPictureToken(r io.Reader, formatName string) (string, error) {
	name, err := token.New(r, "", pictureBytes)
	if err != nil {
		return "", err
	}
	ending := "png"
	if f, ok := formatNamed(formatName); ok {
		ending = f.ending
	}
	return name + "." + ending, nil
}

// PictureURL is where a picture is served: /media/NAME.jpg as it is stored, /media/NAME.png in another
// format, /media/NAME/640x0.jpg at most 640 pixels wide.
func PictureURL(pictureToken string, width, height *int, format *MediaFormat) (string, error) {
	name, ending, ok := strings.Cut(pictureToken, ".")
	if !ok {
		ending = "png"
	}
	sized := width != nil || height != nil
	switch {
	case format != nil:
		ending = endingOf(*format)
	case sized && ending != "jpg":
		ending = "png"
	}
	if !sized {
		return "/media/" + name + "." + ending, nil
	}
	w, err := side(width, "width")
	if err != nil {
		return "", err
	}
	h, err := side(height, "height")
	if err != nil {
		return "", err
	}
	return "/media/" + name + "/" + strconv.Itoa(w) + "x" + strconv.Itoa(h) + "." + ending, nil
}

func side(pixels *int, name string) (int, error) {
	switch {
	case pixels == nil:
		return 0, nil
	case *pixels < 1 || *pixels > MaxMade:
		return 0, fault.Newf(fault.BadUserInput, "The %s is 1 to %d pixels", name, MaxMade)
	}
	return *pixels, nil
}

func endingOf(f MediaFormat) string {
	if f == JPEG {
		return "jpg"
	}
	return "png"
}

// wish is what a URL asks for.
type wish struct {
	name, ending  string
	sized         bool
	width, height int
}

// parseWish reads what PictureURL writes below /media/, and nothing else.
func parseWish(path string) (wish, bool) {
	name, file, sized := strings.Cut(path, "/")
	var size string
	w := wish{sized: sized}
	if sized {
		w.name = name
		size, w.ending, _ = strings.Cut(file, ".")
	} else {
		w.name, w.ending, _ = strings.Cut(path, ".")
	}
	if !token.Valid("", w.name, pictureBytes) {
		return wish{}, false
	}
	if !sized {
		_, ok := find(func(f format) bool { return f.ending == w.ending })
		return w, ok
	}
	width, height, ok := strings.Cut(size, "x")
	w.width, w.height = pixels(width), pixels(height)
	ok = ok && w.width >= 0 && w.height >= 0 && w.width+w.height > 0 && (w.ending == "jpg" || w.ending == "png")
	return w, ok
}

// pixels reads the length of a side, written in the one way that PictureURL does; -1 is none.
func pixels(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > MaxMade || strconv.Itoa(n) != text {
		return -1
	}
	return n
}
