package edge

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"galley/internal/fault"
)

const (
	mostMapBytes     = 16 << 10
	mostPathsPerFile = 10
)

// decodeMultipart reads an operation and the files of its variables, as the GraphQL multipart
// request specification lays them out: operations, then map, then each file that map names.
// Files are kept in memory; the body as a whole is bounded.
func decodeMultipart(r *http.Request, limits Limits) (*graphql.RawParams, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, badMultipart(err)
	}
	operations, err := field(parts, "operations", limits.JSONBody)
	if err != nil {
		return nil, err
	}
	params, err := decode(operations)
	if err != nil {
		return nil, err
	}
	placesJSON, err := field(parts, "map", mostMapBytes)
	if err != nil {
		return nil, err
	}
	places, err := decodePlaces(placesJSON, limits.Files)
	if err != nil {
		return nil, err
	}
	for range len(places) {
		if err := placeFile(parts, places, params.Variables); err != nil {
			return nil, err
		}
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		return nil, badRequest("The multipart request goes on after its files")
	}
	return params, nil
}

// field reads the next part, which must be a certain field of bounded size.
func field(parts *multipart.Reader, name string, limit int64) ([]byte, error) {
	part, err := parts.NextPart()
	if errors.Is(err, io.EOF) || err == nil && part.FormName() != name {
		return nil, badRequest("The parts of a multipart request are operations, map, and then the files")
	}
	if err != nil {
		return nil, badMultipart(err)
	}
	content, err := io.ReadAll(io.LimitReader(part, limit+1))
	if err != nil {
		return nil, badMultipart(err)
	}
	if int64(len(content)) > limit {
		return nil, fault.Newf(fault.PayloadTooLarge, "The field %s of the multipart request is larger than %d bytes", name, limit)
	}
	return content, nil
}

// decodePlaces reads map: the name of each file's part, and the places in operations it goes to.
func decodePlaces(text []byte, mostFiles int) (map[string][]string, error) {
	values, err := decodeMap(string(text), "map")
	if err != nil {
		return nil, err
	}
	if len(values) > mostFiles {
		return nil, fault.Newf(fault.PayloadTooLarge, "The multipart request has more than %d files", mostFiles)
	}
	places := make(map[string][]string, len(values))
	for file, value := range values {
		list, ok := value.([]any)
		if !ok || len(list) == 0 || len(list) > mostPathsPerFile {
			return nil, badRequest("The field map must give each file a short list of paths")
		}
		for _, path := range list {
			path, ok := path.(string)
			if !ok {
				return nil, badRequest("The field map must give each file a short list of paths")
			}
			places[file] = append(places[file], path)
		}
	}
	return places, nil
}

// placeFile reads the next part, a file, and puts it where it belongs in the variables.
func placeFile(parts *multipart.Reader, places map[string][]string, variables map[string]any) error {
	part, err := parts.NextPart()
	if errors.Is(err, io.EOF) {
		return badRequest("The multipart request lacks a file that its map names")
	}
	if err != nil {
		return badMultipart(err)
	}
	paths, ok := places[part.FormName()]
	if !ok {
		return badRequest("The multipart request has a file that its map does not name")
	}
	content, err := io.ReadAll(part)
	if err != nil {
		return badMultipart(err)
	}
	for _, path := range paths {
		upload := graphql.Upload{
			File:        bytes.NewReader(content),
			Filename:    part.FileName(),
			Size:        int64(len(content)),
			ContentType: part.Header.Get("Content-Type"),
		}
		if !place(upload, path, variables) {
			return badRequest("The field map points to a place where operations has no null")
		}
	}
	return nil
}

// place puts an upload into the variables, where the client has left a null for it.
func place(upload graphql.Upload, path string, variables map[string]any) bool {
	steps := strings.Split(path, ".")
	if len(steps) < 2 || steps[0] != "variables" {
		return false
	}
	var at any = variables
	last := len(steps) - 1
	for _, step := range steps[1:last] {
		at = child(at, step)
	}
	switch at := at.(type) {
	case map[string]any:
		if value, ok := at[steps[last]]; ok && value == nil {
			at[steps[last]] = upload
			return true
		}
	case []any:
		if i, ok := index(at, steps[last]); ok && at[i] == nil {
			at[i] = upload
			return true
		}
	}
	return false
}

func child(of any, step string) any {
	switch of := of.(type) {
	case map[string]any:
		return of[step]
	case []any:
		if i, ok := index(of, step); ok {
			return of[i]
		}
	}
	return nil
}

func index(list []any, step string) (int, bool) {
	i, err := strconv.Atoi(step)
	return i, err == nil && i >= 0 && i < len(list)
}

// badMultipart tells a body that is too large from one that is malformed.
func badMultipart(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.Newf(fault.PayloadTooLarge, "The request is larger than %d bytes", tooLarge.Limit)
	}
	return fault.Wrap(fault.BadRequest, "The multipart request is malformed", err)
}
