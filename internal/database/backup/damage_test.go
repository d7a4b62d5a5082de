package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"galley/internal/database/backup"
	"galley/internal/database/databasetest"
)

func unzip(t *testing.T, file []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func zip(t *testing.T, text string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := gzip.NewWriter(&file)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

var checksum = regexp.MustCompile(`"sha256":"[0-9a-f]*"`)

// sealed gives an edited text the checksum that it should have.
func sealed(text string) string {
	body := text[:strings.LastIndex(text[:len(text)-1], "\n")+1]
	return body + checksum.ReplaceAllString(text[len(body):], fmt.Sprintf(`"sha256":"%x"`, sha256.Sum256([]byte(body))))
}

func TestWhatIsNoWholeBackupLeavesTheDatabaseEmpty(t *testing.T) {
	t.Parallel()
	source, _ := filled(t, databasetest.SQLite)
	file := write(t, source).Bytes()
	text := unzip(t, file)
	lines := strings.SplitAfter(text, "\n")
	without := func(i int) string { return strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "") }
	row := strings.Index(text, "\n[1,") + 1
	flipped := bytes.Clone(file)
	flipped[len(flipped)/2] ^= 1
	cases := map[string]struct {
		file []byte
		want string
	}{
		"nothing":                        {nil, "no backup of Galley"},
		"text":                           {[]byte("-- PostgreSQL database dump\n"), "no backup of Galley"},
		"other text, compressed":         {zip(t, "id,name\n1,Ada\n"), "no backup of Galley"},
		"other JSON, compressed":         {zip(t, `{"name":"Ada"}`+"\n"), "no backup of Galley"},
		"a line without end, compressed": {zip(t, `{"galley":"backup"`), "no backup of Galley"},
		"a flipped bit":                  {flipped, ""},
		"a value that was edited":        {zip(t, strings.Replace(text, `"plain `, `"plaim `, 1)), "checksum"},
		"a line that was taken out":      {zip(t, without(len(lines)/2)), ""},
		"an end that was taken out":      {zip(t, without(len(lines)-2)), "cut off"},
		"a row less, with its checksum":  {zip(t, sealed(without(len(lines)-3))), "rows are missing"},
		"a line after its end":           {zip(t, text+"[1]\n"), "follows its end"},
		"two in one":                     {append(bytes.Clone(file), file...), "follows its end"},
		"garbage after its end":          {append(bytes.Clone(file), "garbage"...), "damaged"},
		"a table that does not exist":    {zip(t, sealed(strings.Replace(text, `"table":"users"`, `"table":"loosers"`, 1))), "no such table"},
		"the list of migrations":         {zip(t, sealed(strings.Replace(text, `"table":"users"`, `"table":"galley_migrations"`, 1))), "no such table"},
		"a table twice":                  {zip(t, sealed(strings.Replace(text, `"table":"users"`, `"table":"categories"`, 1))), "twice"},
		"a column that does not exist":   {zip(t, sealed(strings.Replace(text, `"name":"email"`, `"name":"e\"mail"`, 1))), "table"},
		"a kind that does not exist":     {zip(t, sealed(strings.Replace(text, `"kind":"int"`, `"kind":"complex"`, 1))), "complex"},
		"too few values":                 {zip(t, sealed(text[:row]+"[1]\n"+text[row:])), "values for"},
		"a row that is no JSON":          {zip(t, sealed(text[:row]+"[1,\n"+text[row:])), "damaged"},
		"a word for a number":            {zip(t, sealed(text[:row]+`["one",`+text[row+3:])), "damaged"},
		"a number beyond 64 bits":        {zip(t, sealed(text[:row]+"[9223372036854775808,"+text[row+3:])), "damaged"},
		"an empty line":                  {zip(t, sealed(text[:row]+"\n"+text[row:])), "damaged"},
		"a newer format":                 {zip(t, sealed(strings.Replace(text, `"format":1`, `"format":2`, 1))), "newer version"},
		"a newer schema":                 {zip(t, sealed(strings.Replace(text, `"migration":`, `"migration":99`, 1))), "newer version"},
		"no schema":                      {zip(t, sealed(regexp.MustCompile(`"migration":\d+`).ReplaceAllString(text, `"migration":0`))), "newer version"},
		"an endless line":                {zip(t, text[:row]+`["`+strings.Repeat("a", 65<<20)), "more than 64 MB"},
		"half of its tables":             {zip(t, halved(text)), "lacks the tables"},
	}
	for i := range 24 {
		cases[fmt.Sprintf("%d of 24 parts", i)] = struct {
			file []byte
			want string
		}{file[:len(file)*i/24], ""}
	}
	cases["all but the last byte"] = struct {
		file []byte
		want string
	}{file[:len(file)-1], ""}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			target := databasetest.Empty(t, engine)
			for name, c := range cases {
				_, err := backup.Restore(t.Context(), target, bytes.NewReader(c.file))
				if err == nil {
					t.Fatalf("%s is restored", name)
				}
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: %v", name, err)
				}
			}
			empty(t, engine, target)
			if _, err := backup.Restore(t.Context(), target, bytes.NewReader(file)); err != nil {
				t.Errorf("what is whole is not restored afterwards: %v", err)
			}
			if _, err := backup.Restore(t.Context(), target, bytes.NewReader(file)); err == nil || !strings.Contains(err.Error(), "not empty") {
				t.Errorf("a second time: %v", err)
			}
		})
	}
}

// halved ends after the first tables, with a count and a checksum that fit.
func halved(text string) string {
	first := strings.Index(text, `{"table":`)
	second := first + 1 + strings.Index(text[first+1:], `{"table":`)
	name, _, _ := strings.Cut(text[first+len(`{"table":"`):], `"`)
	body := text[:second]
	rows := strings.Count(body, "\n[")
	return body + fmt.Sprintf(`{"end":{"rows":{%q:%d},"sha256":"%x"}}`+"\n", name, rows, sha256.Sum256([]byte(body)))
}

func TestABrokenReferenceIsNotRestored(t *testing.T) {
	t.Parallel()
	source, _ := filled(t, databasetest.SQLite)
	text := unzip(t, write(t, source).Bytes())
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			users := strings.Index(text, `{"table":"users"`)
			row := users + strings.Index(text[users:], "\n[1,") + 1
			broken := sealed(text[:row] + "[123456789," + text[row+3:])
			target := databasetest.Empty(t, engine)
			if _, err := backup.Restore(t.Context(), target, bytes.NewReader(zip(t, broken))); err == nil {
				t.Error("it is")
			}
			empty(t, engine, target)
		})
	}
}

func TestARestoreThatIsStoppedLeavesTheDatabaseEmpty(t *testing.T) {
	t.Parallel()
	source, _ := filled(t, databasetest.SQLite)
	file := write(t, source).Bytes()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			target := databasetest.Empty(t, engine)
			ctx, stop := context.WithCancel(t.Context())
			read := 0
			_, err := backup.Restore(ctx, target, readerFunc(func(p []byte) (int, error) {
				n := copy(p[:min(len(p), 100)], file[read:])
				if read += n; read > len(file)/2 {
					stop()
				}
				return n, nil
			}))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			empty(t, engine, target)
		})
	}
}

// readerFunc gives the next piece of a file.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
