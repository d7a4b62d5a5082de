package attempt

import (
	"context"
	"time"
)

// Letters are the limits of having letters sent by whoever types an address: nobody's mailbox is filled.
func Letters(ctx context.Context, recipient string) []Try {
	tries := []Try{Limit{Name: "letter.recipient", Burst: 5, Every: 10 * time.Minute}.By(recipient)}
	if address := Address(ctx); address != "" {
		tries = append(tries, Limit{Name: "letter.address", Burst: 20, Every: time.Minute}.By(address))
	}
	return tries
}
