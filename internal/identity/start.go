package identity

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"galley/ent"
	"galley/internal/attempt"
	"galley/internal/database"
	"galley/internal/fault"
	"galley/internal/token"
	"galley/internal/viewer"
)

const (
	flowPrefix = "gf_"
	flowBytes  = 32

	flowLifetime = 10 * time.Minute
)

// Start begins a sign-in at a provider: it tells where to send the person, and gives the secret that belongs to Complete.
func (w *Workflow) Start(ctx context.Context, in StartInput) (*StartPayload, error) {
	if database.RequestFrom(ctx) != nil {
		return nil, fault.New(fault.BadUserInput, "A sign-in makes a new secret each time: send it without @idempotent")
	}
	i, ok := w.issuers[in.Provider]
	if !ok {
		return &StartPayload{UserErrors: fault.Reject(ProviderUnknown, "The shop has no such provider", "provider")}, nil
	}
	if !slices.Contains(i.setting.RedirectURIs, in.RedirectURI) {
		return &StartPayload{UserErrors: fault.Reject(RedirectNotAllowed, "The provider is not set to send people back there", "redirectUri")}, nil
	}
	if err := w.count(ctx); err != nil {
		return nil, err
	}
	d, err := i.discover(ctx)
	if err != nil {
		return nil, w.silent(ctx, i, err)
	}
	f, err := w.newFlow(ctx, in)
	if err != nil {
		return nil, err
	}
	oauth := d.oauth
	oauth.RedirectURL = in.RedirectURI
	url := oauth.AuthCodeURL(stateOf(f.secret), oidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.verifier))
	return &StartPayload{URL: &url, Flow: &f.secret, ExpiresAt: &f.expires}, nil
}

// count counts what has the shop ask a provider, or keep a row, against the address that it comes from.
func (w *Workflow) count(ctx context.Context) error {
	address := attempt.Address(ctx)
	if address == "" {
		return nil
	}
	return w.attempts.Count(ctx, attempt.Limit{Name: "identity.address", Burst: 30, Every: 5 * time.Second}.By(address))
}

// flow is a sign-in under way.
type flow struct {
	secret, nonce, verifier string
	redirectURI             string
	account                 int64 // to link; 0 to sign in
	expires                 time.Time
}

// newFlow writes what Complete has to know.
func (w *Workflow) newFlow(ctx context.Context, in StartInput) (f flow, err error) {
	for _, text := range []*string{&f.secret, &f.nonce, &f.verifier} {
		prefix := ""
		if text == &f.secret {
			prefix = flowPrefix
		}
		if *text, err = token.New(w.db.Random(), prefix, flowBytes); err != nil {
			return flow{}, err
		}
	}
	hash := token.Hash(f.secret)
	f.expires = w.db.Now().Add(flowLifetime)
	err = w.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		create := tx.IdentityFlow.Create().SetTokenHash(hash).SetProvider(in.Provider).SetRedirectURI(in.RedirectURI).
			SetNonce(f.nonce).SetVerifier(w.secrets.Seal(sealedFor(hash), []byte(f.verifier))).SetExpiresAt(f.expires)
		if id := viewer.From(ctx).UserID; id != 0 {
			create.SetUserID(id)
		}
		if err := create.Exec(viewer.AsSystem(ctx)); err != nil {
			return fmt.Errorf("begin sign-in: %w", err)
		}
		return nil
	})
	return f, err
}

// stateOf is the state of a flow's URL. Whoever sees it there cannot tell the flow's secret.
func stateOf(secret string) string { return token.Derive("", secret, flowBytes) }

// sealedFor says where a verifier belongs.
func sealedFor(hash []byte) string { return "identity flow " + hex.EncodeToString(hash) }
