package account

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"galley/internal/fault"
)

func TestPasswordRule(t *testing.T) {
	t.Parallel()
	rule := newPasswordRule()
	for says, c := range map[string]struct {
		password string
		ok       bool
	}{
		"takes 8 characters":                    {"xk7 plum", true},
		"refuses 7":                             {"xk7plum", false},
		"refuses none":                          {"", false},
		"counts characters, not bytes":          {"ünïcödé", false},
		"takes 8 characters of any script":      {"пароль от", true},
		"takes 128":                             {strings.Repeat("ж", 128), true},
		"refuses 129":                           {strings.Repeat("ж", 129), false},
		"refuses what everybody uses":           {"password", false},
		"refuses it in capitals":                {"Password1", false},
		"refuses a row of keys":                 {"QwertyUiop", false},
		"asks for no capitals, digits or signs": {"horsestaple", true},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			var errs fault.Collector
			rule.check(&errs, c.password, "password")
			if ok := errs.Err() == nil; ok != c.ok {
				t.Errorf("%q: %v", c.password, errs.Err())
			}
		})
	}
	t.Run("reads a list of common passwords that would pass otherwise", func(t *testing.T) {
		t.Parallel()
		if len(rule.common) < 150 {
			t.Errorf("%d passwords", len(rule.common))
		}
		for word := range rule.common {
			if utf8.RuneCountInString(word) < shortestPassword || word != strings.ToLower(word) || slices.Contains([]string{"", " "}, word) {
				t.Errorf("%q never matters", word)
			}
		}
	})
}
