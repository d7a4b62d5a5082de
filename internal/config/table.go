package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Table writes all settings as the table that stands in the README.
func Table() string {
	var b strings.Builder
	b.WriteString("| Variable | Flag | Default | What it is |\n|---|---|---|---|\n")
	rows(&b, reflect.TypeFor[Serve]())
	return b.String()
}

func rows(b *strings.Builder, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		if field.Anonymous {
			rows(b, field.Type)
			continue
		}
		value := ""
		if d := field.Tag.Get("default"); d != "" {
			value = "`" + d + "`"
		}
		fmt.Fprintf(b, "| `%s` | `--%s` | %s | %s |\n", field.Tag.Get("setting"), flagName(field), value, field.Tag.Get("help"))
	}
}

func flagName(field reflect.StructField) string {
	if name := field.Tag.Get("name"); name != "" {
		return name
	}
	var b strings.Builder
	for i, r := range field.Name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
