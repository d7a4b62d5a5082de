package fault

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line notes what is no text of one line, of at most so many characters, or empty where it is needed.
func (c *Collector) Line(text string, most int, needed bool, code Reason, field ...string) {
	if text == "" {
		c.Add(!needed, code, "This cannot be empty", field...)
		return
	}
	c.Add(IsLine(text, most), code, fmt.Sprintf("This is one line of at most %d characters", most), field...)
}

// IsLine tells whether a text is one line, of at most so many characters.
func IsLine(text string, most int) bool {
	return IsText(text, most) && !strings.ContainsAny(text, "\n\t")
}

// IsText tells whether a text is one that people write, of one line or several and at most so many characters.
func IsText(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most &&
		!strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// Expect compares a row's version with the one that its editor read, if they tell.
func Expect(version int, expected *int) error {
	if expected != nil && *expected != version {
		return Changed()
	}
	return nil
}

// Changed says that a row is not as its editor read it.
func Changed() error { return New(Conflict, "Somebody changed this in the meantime: read it again") }
