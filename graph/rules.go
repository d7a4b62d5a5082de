package graph

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// validationRules are the specification's, those of its edition of September 2025 that gqlparser lacks, and our own for
// @idempotent. A rule suggests names only to who may know the schema: what a stranger does not know stays so.
func validationRules(suggest bool) *rules.Rules {
	r := rules.NewDefaultRules()
	if !suggest {
		r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
		r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
		r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	}
	r.AddRule("LiteralsOfCorrectType", literalsOfCorrectType)
	r.AddRule("OneOfVariablesAreNonNull", oneOfVariablesAreNonNull)
	r.AddRule("IdempotentOnMutationFields", idempotentOnMutationFields)
	return r
}

// literalsOfCorrectType refuses what ValuesOfCorrectType lets through: an Int of more than 32 bits, and an object for a
// scalar or an enum. https://spec.graphql.org/September2025/#sec-Values-of-Correct-Type
func literalsOfCorrectType(observers *core.Events, addError core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, v *ast.Value) {
		if v.Definition == nil || v.ExpectedType == nil {
			return
		}
		switch {
		case v.Kind == ast.IntValue && v.Definition.Name == "Int":
			if _, err := strconv.ParseInt(v.Raw, 10, 32); err != nil {
				addError(core.Message("Int cannot represent non 32-bit signed integer value: %.40s", v.Raw), core.At(v.Position))
			}
		case v.Kind == ast.ObjectValue && (v.Definition.Kind == ast.Enum || v.Definition.Kind == ast.Scalar && v.Definition.BuiltIn):
			addError(core.Message("%s cannot represent an object", v.Definition.Name), core.At(v.Position))
		}
	})
}

// oneOfVariablesAreNonNull refuses a variable that may be null for the one field of a @oneOf input.
// https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed
func oneOfVariablesAreNonNull(observers *core.Events, addError core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, v *ast.Value) {
		if v.Kind != ast.ObjectValue || v.Definition == nil || v.Definition.Directives.ForName("oneOf") == nil {
			return
		}
		for _, field := range v.Children {
			variable := field.Value.VariableDefinition
			if field.Value.Kind == ast.Variable && variable != nil && !variable.Type.NonNull {
				addError(core.Message("Variable $%.80s must be non-null to be used for the field %.80s of the @oneOf input %s", variable.Variable, field.Name, v.Definition.Name),
					core.At(field.Position))
			}
		}
	})
}

func idempotentOnMutationFields(observers *core.Events, addError core.AddErrFunc) {
	observers.OnField(func(_ *core.Walker, f *ast.Field) {
		d := f.Directives.ForName("idempotent")
		if d != nil && (f.ObjectDefinition == nil || f.ObjectDefinition.Name != "Mutation") {
			addError(core.Message("@idempotent is for the fields of a mutation"), core.At(d.Position))
		}
	})
}
