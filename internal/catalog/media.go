package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"galley/ent"
	"galley/ent/media"
	"galley/ent/picture"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/viewer"
)

const maxAlt = 500 // characters, as the column says

// MediaUpload adds a picture to a product, behind its others.
func (w *Workflow) MediaUpload(ctx context.Context, in MediaUploadInput) (*database.Outcome, error) {
	if err := viewer.Need(ctx, viewer.CatalogWrite); err != nil { // before anything is read
		return nil, err
	}
	in.Alt = strings.TrimSpace(in.Alt)
	pic, notAPicture, err := w.receive(ctx, in.File.File)
	if err != nil {
		return nil, err
	}
	return w.mutate(ctx, func(ctx context.Context, tx *ent.Tx) (int64, error) {
		var c fault.Collector
		checkLine(&c, in.Alt, media.AltValidator, maxAlt, "alt")
		for _, e := range notAPicture {
			c.Add(false, e.Code, e.Message, e.Field...)
		}
		p, err := owner(ctx, tx, &c, in.Product)
		if err != nil {
			return 0, err
		}
		position, err := w.nextPicture(ctx, tx, &c, p.ID)
		if err != nil {
			return 0, err
		}
		if err := c.Err(); err != nil {
			return 0, err
		}
		m, err := w.addPicture(ctx, tx, p.ID, pic, in.Alt, position)
		if err != nil {
			return 0, err
		}
		return m.ID, nil
	})
}

// receive reads an upload. What its sender can mend comes apart from what went wrong here.
func (w *Workflow) receive(ctx context.Context, file io.Reader) (*Picture, fault.Rejected, error) {
	if file == nil {
		file = strings.NewReader("")
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read upload: %w", err)
	}
	pic, err := w.readPicture(ctx, data)
	if rejected, ok := errors.AsType[fault.Rejected](err); ok {
		return nil, rejected, nil
	}
	return pic, nil, err
}

// nextPicture is the position behind a product's pictures, if there is room for one more.
func (w *Workflow) nextPicture(ctx context.Context, tx *ent.Tx, c *fault.Collector, productID int64) (int, error) {
	positions, err := tx.Media.Query().Where(media.ProductID(productID)).Select(media.FieldPosition).Ints(viewer.AsSystem(ctx))
	if err != nil {
		return 0, fmt.Errorf("read pictures: %w", err)
	}
	c.Add(len(positions) < MaxPictures, Invalid, fmt.Sprintf("A product has at most %d pictures", MaxPictures), "product")
	if len(positions) == 0 {
		return 0, nil
	}
	return slices.Max(positions) + 1, nil
}

// AddPicture adds a picture to a product in a transaction of its caller's. An error that is a
// fault.Rejected says what is wrong with the file or that there are too many.
func (w *Workflow) AddPicture(ctx context.Context, tx *ent.Tx, productID int64, data []byte, alt string) (*ent.Media, error) {
	pic, err := w.readPicture(ctx, data)
	if err != nil {
		return nil, err
	}
	var c fault.Collector
	checkLine(&c, alt, media.AltValidator, maxAlt, "alt")
	position, err := w.nextPicture(ctx, tx, &c, productID)
	if err != nil {
		return nil, err
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return w.addPicture(ctx, tx, productID, pic, alt, position)
}

func (w *Workflow) addPicture(
	ctx context.Context, tx *ent.Tx, productID int64, pic *Picture, alt string, position int,
) (*ent.Media, error) {
	file, err := keepFile(ctx, tx, pic)
	if err != nil {
		return nil, err
	}
	name, err := NewPictureToken(w.db.Random(), pic.Format)
	if err != nil {
		return nil, err
	}
	m, err := tx.Media.Create().SetProductID(productID).SetPictureID(file).SetToken(name).SetAlt(alt).
		SetPosition(position).SetWidth(pic.Width).SetHeight(pic.Height).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("create picture of product: %w", err)
	}
	return m, nil
}

// keepFile stores a file's bytes, unless they are stored already, and returns their key.
func keepFile(ctx context.Context, tx *ent.Tx, pic *Picture) (int64, error) {
	known, err := tx.Picture.Query().Where(picture.Sha256(pic.SHA256)).IDs(viewer.AsSystem(ctx))
	switch {
	case err != nil:
		return 0, fmt.Errorf("look for picture: %w", err)
	case len(known) > 0:
		return known[0], nil
	}
	file, err := tx.Picture.Create().SetSha256(pic.SHA256).SetFormat(pic.Format).SetData(pic.Data).Save(ctx)
	if err != nil {
		return 0, fmt.Errorf("store picture: %w", err)
	}
	return file.ID, nil
}
