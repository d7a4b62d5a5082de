// Command accessgen is gqlgen with one step before it: a type's access rule is handed down to each
// of its fields that has none, because gqlgen skips directives on OBJECT behind interfaces and unions.
package main

import (
	"log"

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
