package edge

import (
	"errors"
	"net/http"

	"galley/internal/fault"
	"galley/internal/payment"
)

// mostWebhook bounds a webhook's body, in bytes.
const mostWebhook = 1 << 20

// webhook takes what a payment provider tells. Who it is, its signature says: cookies and tokens are not read, and a page
// of another origin can have a browser send nothing that a provider has signed. What was not kept the provider sends again.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r, mostWebhook)
	if err == nil {
		err = s.config.Webhook(r.Context(), r.PathValue("gateway"), r.Header, body)
	}
	switch failure, told := errors.AsType[*fault.Error](err); {
	case err == nil:
		health(w, http.StatusOK, "taken")
	case errors.Is(err, payment.ErrForged):
		s.logger.WarnContext(r.Context(), "a webhook's signature does not fit", "gateway", r.PathValue("gateway"))
		health(w, http.StatusBadRequest, "not signed as it should be")
	case told && failure.Code == fault.NotFound:
		health(w, http.StatusNotFound, "no such gateway")
	case told && (failure.Code == fault.PayloadTooLarge || failure.Code == fault.BadRequest):
		health(w, statusOf(failure.Code), "not readable")
	default:
		s.logger.ErrorContext(r.Context(), "a webhook was not kept", "gateway", r.PathValue("gateway"), "error", err)
		health(w, http.StatusServiceUnavailable, "not kept")
	}
}
