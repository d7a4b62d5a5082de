package demo

import (
	"context"
	"crypto/sha256"
	"fmt"

	"galley/ent"
	"galley/internal/catalog"
	"galley/internal/demo/picture"
)

// writePictures draws the pictures, stores each once, and shows them at their products.
func (f *filling) writePictures(ctx context.Context) error {
	titles, paths := make([]string, len(f.products)), make([][]string, len(f.products))
	for i, p := range f.products {
		titles[i], paths[i] = p.title, p.path
	}
	chosen, err := choosePictures(titles, paths)
	if err != nil {
		return err
	}
	files, err := f.writeFiles(ctx, chosen)
	if err != nil {
		return err
	}
	rows := make([]*ent.MediaCreate, len(f.products))
	for i, p := range f.products {
		name, err := catalog.NewPictureToken(f.db.Random(), "png")
		if err != nil {
			return err
		}
		rows[i] = f.tx.Media.Create().SetProductID(p.key).SetPictureID(files[chosen[i]]).SetToken(name).
			SetAlt(chosen[i].Alt()).SetWidth(picture.Size).SetHeight(picture.Size)
	}
	if err := bulk(ctx, rows, f.tx.Media.CreateBulk); err != nil {
		return fmt.Errorf("write pictures of products: %w", err)
	}
	return nil
}

// writeFiles draws each different picture, and returns the keys of their files.
func (f *filling) writeFiles(ctx context.Context, chosen []picture.Picture) (map[picture.Picture]int64, error) {
	files := map[picture.Picture]int64{}
	var different []picture.Picture
	for _, p := range chosen {
		if _, seen := files[p]; !seen {
			files[p] = 0
			different = append(different, p)
		}
	}
	byContent := map[[sha256.Size]byte]int64{}
	err := picture.PaintAll(ctx, different, func(p picture.Picture, png []byte) error {
		sum := sha256.Sum256(png)
		if byContent[sum] == 0 {
			row, err := f.tx.Picture.Create().SetSha256(sum[:]).SetFormat("png").SetData(png).Save(ctx)
			if err != nil {
				return fmt.Errorf("store picture %s: %w", p.Key(), err)
			}
			byContent[sum] = row.ID
		}
		files[p] = byContent[sum]
		return nil
	})
	return files, err
}
