package graph_test

import (
	"strings"
	"testing"
	"time"

	"galley/ent/confirmation"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

// proven makes the access matrix's document of a mutation one that succeeds for the staff member, who has its
// password, and reads its letters.
func proven(t *testing.T, shop *graphtest.Shop, name, document string) string {
	t.Helper()
	ctx, staff, text := databasetest.System(t.Context()), shop.Rows.Users["staff"], token.Derive("gv_", name, 32)
	letter := func(purpose confirmation.Purpose, email string) {
		shop.Database.Client.Confirmation.Create().SetPurpose(purpose).SetUserID(staff.ID).SetEmail(email).SetTokenHash(token.Hash(text)).
			SetExpiresAt(shop.Database.Now().Add(time.Hour)).SaveX(ctx)
	}
	switch name {
	case "passwordReset":
		letter(confirmation.PurposeRESET, staff.Email)
	case "emailChangeConfirm":
		letter(confirmation.PurposeCHANGE, "new@galley.example")
	case "emailVerifyRequest":
		shop.Database.Client.User.UpdateOne(staff).ClearEmailVerifiedAt().ExecX(ctx)
	case "passwordChange", "emailChangeRequest", "accountDelete":
		return strings.Replace(document, `assword: "wrong"`, `assword: "`+graphtest.Password+`"`, 1)
	}
	return strings.Replace(document, "gv_unknown", text, 1)
}

func TestARefusalForTooManyAttemptsSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	shop := graphtest.Empty(t, databasetest.SQLite)
	const document = `mutation { passwordResetRequest(input: {email: "ada@galley.example"}) { email } }`
	for range 5 {
		shop.Must(t, viewer.Viewer{}, document, nil, nil)
	}
	answer := shop.Do(t, viewer.Viewer{}, document, nil)
	if len(answer.Errors) != 1 || answer.Errors[0].Code() != string(fault.RateLimited) || answer.Errors[0].Extensions["retryAfter"] != 600.0 {
		t.Errorf("got %+v", answer.Errors)
	}
}

// TestAnOperationHashesOnce asks for two passwords to be hashed or compared at once: the second is refused, and
// nothing is done for the first either.
func TestAnOperationHashesOnce(t *testing.T) {
	t.Parallel()
	shop := graphtest.New(t, databasetest.SQLite)
	for _, name := range []string{
		"signIn", "signUp", "emailVerify", "passwordReset", "passwordChange", "emailChangeRequest", "accountDelete", "userCreate", "userUpdate",
	} {
		document := strings.ReplaceAll(operations()[name].document, "%s", shop.Rows.Users["bob"].NodeID().String())
		field := strings.TrimSuffix(strings.TrimPrefix(document, "mutation { "), " }")
		twice := "mutation { " + field + " " + strings.Replace(field, "f: ", "g: ", 1) + " }"
		answer := shop.Do(t, shop.Rows.Viewer("staff"), twice, nil)
		if codes := answer.Codes(); len(codes) == 0 || codes[0] != string(fault.BadUserInput) {
			t.Errorf("%s: got %s %+v", name, answer.Data, answer.Errors)
		}
	}
}
