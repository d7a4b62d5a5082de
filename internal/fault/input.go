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
	c.Add(utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl) && utf8.RuneCountInString(text) <= most, code,
		fmt.Sprintf("This is one line of at most %d characters", most), field...)
}

// Expect compares a row's version with the one that its editor read, if they tell.
func Expect(version int, expected *int) error {
	if expected != nil && *expected != version {
		return New(Conflict, "Somebody changed this in the meantime: read it again")
	}
	return nil
}
