package demo

import (
	"fmt"

	"galley/internal/demo/picture"
)

// mostPictures bounds the number of different pictures. With 650 nearly every
// title that names a colour gets it; each takes some 3 ms to draw and 11 KB.
const mostPictures = 650

// choosePictures gives each product its picture, in their order, by title and
// path of the category. Many share one.
func choosePictures(titles []string, paths [][]string) ([]picture.Picture, error) {
	chooser, err := picture.NewChooser()
	if err != nil {
		return nil, fmt.Errorf("choose pictures: %w", err)
	}
	wishes := make([]picture.Wish, len(titles))
	for i, title := range titles {
		wishes[i] = chooser.For(title, paths[i])
	}
	return picture.Share(wishes, mostPictures), nil
}
