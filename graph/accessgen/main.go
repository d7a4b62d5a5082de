// Command accessgen is gqlgen with one step before it and one behind. Before: a type's access rule is
// handed down to each of its fields that has none, because gqlgen skips directives on OBJECT behind
// interfaces and unions. Behind: an object of which nothing is deferred is done without the path that
// @defer would need, which costs a seventh of a long list's allocations.
package main

import (
	"bytes"
	"errors"
	"log"
	"os"
	"path/filepath"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

func main() {
	cfg, err := config.LoadConfig("gqlgen.yml")
	if err != nil {
		log.Fatal(err)
	}
	if err := api.Generate(cfg, api.PrependPlugin(handDown{})); err != nil {
		log.Fatal(err)
	}
	if err := returnEarly(cfg.Exec.DirName); err != nil {
		log.Fatal(err)
	}
}

const deferring = "\tatomic.AddInt32(&ec.Deferred, "

// returnEarly puts a way out before what each object does for @defer.
func returnEarly(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.generated.go"))
	if err != nil {
		return err
	}
	found := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		found += bytes.Count(source, []byte(deferring))
		source = bytes.ReplaceAll(source, []byte(deferring), []byte("\tif len(deferLabelToView) == 0 {\n\t\treturn out\n\t}\n"+deferring))
		if err := os.WriteFile(file, source, 0o600); err != nil {
			return err
		}
	}
	if found == 0 {
		return errors.New("gqlgen does not write what accessgen looks for any more: see returnEarly")
	}
	return nil
}

type handDown struct{}

func (handDown) Name() string { return "access" }

// MutateConfig runs when the schema is known, and before code is written from it.
func (handDown) MutateConfig(cfg *config.Config) error {
	for _, t := range cfg.Schema.Types {
		if t.Kind != ast.Object {
			continue
		}
		rule := accessRule(t.Directives)
		for _, field := range t.Fields {
			if rule != nil && accessRule(field.Directives) == nil {
				handed := *rule
				handed.Location = ast.LocationFieldDefinition
				field.Directives = append(field.Directives, &handed)
			}
		}
		t.Directives = without(t.Directives, rule)
	}
	return nil
}

func accessRule(list ast.DirectiveList) *ast.Directive {
	for _, name := range []string{"public", "identified", "permission"} {
		if d := list.ForName(name); d != nil {
			return d
		}
	}
	return nil
}

func without(list ast.DirectiveList, d *ast.Directive) ast.DirectiveList {
	var rest ast.DirectiveList
	for _, other := range list {
		if other != d {
			rest = append(rest, other)
		}
	}
	return rest
}
