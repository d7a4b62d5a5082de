package onlineretail

import (
	"errors"
	"strings"
)

var (
	errBareQuote = errors.New("a quote inside a field that is not quoted")
	errOpenQuote = errors.New("a quoted field that does not end on its line")
	errPastQuote = errors.New("text between a closing quote and the next comma")
)

// split cuts one line of CSV into its fields by RFC 4180, with one difference:
// a quoted field ends on its line. The data has no line break in a field, and
// so a broken quote costs one row and not the rest of the file. The fields are
// appended to fields.
func split(line string, fields []string) ([]string, error) {
	for {
		field, rest, more, err := cutField(line)
		if err != nil {
			return fields, err
		}
		fields = append(fields, field)
		if !more {
			return fields, nil
		}
		line = rest
	}
}

// cutField cuts the first field off a line; more says that a comma followed it.
func cutField(line string) (field, rest string, more bool, err error) {
	if !strings.HasPrefix(line, `"`) {
		field, rest, more = strings.Cut(line, ",")
		if strings.Contains(field, `"`) {
			return "", "", false, errBareQuote
		}
		return field, rest, more, nil
	}
	line = line[1:]
	from, doubled := 0, false
	for {
		end := strings.IndexByte(line[from:], '"')
		if end < 0 {
			return "", "", false, errOpenQuote
		}
		end += from
		rest = line[end+1:]
		if !strings.HasPrefix(rest, `"`) {
			field = line[:end]
			break
		}
		from, doubled = end+2, true
	}
	if doubled {
		field = strings.ReplaceAll(field, `""`, `"`)
	}
	if rest == "" {
		return field, "", false, nil
	}
	if rest[0] != ',' {
		return "", "", false, errPastQuote
	}
	return field, rest[1:], true, nil
}
