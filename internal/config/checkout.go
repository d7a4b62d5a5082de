package config

import (
	"errors"
	"net/url"
	"time"
)

// Checkout are the settings of how carts become orders.
type Checkout struct {
	Reservation   time.Duration `setting:"GALLEY_RESERVATION" default:"15m" placeholder:"TIME" help:"How long a checkout that was started holds its pieces and its price."`
	PaymentWindow time.Duration `setting:"GALLEY_PAYMENT_WINDOW" default:"1h" placeholder:"TIME" help:"How long an order waits for its payment by card before it expires."`
}

func (c Checkout) validateCheckout() error {
	var errs []error
	if c.Reservation < time.Minute || c.Reservation > 24*time.Hour {
		errs = append(errs, errors.New("GALLEY_RESERVATION is between 1m and 24h"))
	}
	if c.PaymentWindow < time.Minute || c.PaymentWindow > 7*24*time.Hour {
		errs = append(errs, errors.New("GALLEY_PAYMENT_WINDOW is between 1m and 168h"))
	}
	return errors.Join(errs...)
}

// ReturnOrigins are where a payment's redirect may come back to: the storefront, and those whose pages may use the shop.
func (s Serve) ReturnOrigins() ([]string, error) {
	origins, err := s.Origins()
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(s.StorefrontURL()); err == nil {
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return origins, nil
}
