package cart_test

import (
	"testing"

	"galley/internal/cart"
)

func TestWording(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		cart.Left(0, ""):                  "None are left",
		cart.Left(-1, ""):                 "None are left",
		cart.Left(1, ""):                  "Only 1 piece is left",
		cart.Left(2, ""):                  "Only 2 pieces are left",
		cart.Left(0, "“Mug” (M-1)"):       "None are left of “Mug” (M-1)",
		cart.Left(1, "“Mug” (M-1)"):       "Only 1 piece is left of “Mug” (M-1)",
		cart.Limited(1, 0, ""):            "One customer may buy 1 piece",
		cart.Limited(3, 0, ""):            "One customer may buy 3 pieces",
		cart.Limited(3, 1, ""):            "One customer may buy 3 pieces; 1 was bought before",
		cart.Limited(3, 2, "“Mug” (M-1)"): "One customer may buy 3 pieces of “Mug” (M-1); 2 were bought before",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
