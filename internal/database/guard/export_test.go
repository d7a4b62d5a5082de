package guard

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/lib/pq"
)

// Hosts are those of an address, in order.
func Hosts(address string) ([]string, error) {
	config, err := pq.NewConfig(perHost(address))
	if err != nil {
		return nil, err
	}
	found := []string{fmt.Sprintf("%s:%d", config.Host, config.Port)}
	for _, more := range config.Multi {
		found = append(found, fmt.Sprintf("%s:%d", more.Host, more.Port))
	}
	return found, nil
}

// Hasten lets a test wait less.
func (c *Connector) Hasten() {
	c.limits = limits{grace: 200 * time.Millisecond, host: time.Second, commit: time.Second, closing: time.Second}
	c.pq.Dialer(dialer{c.limits})
}

// Repeatable is tested by itself.
var Repeatable = repeatable

// Dial opens the socket of a connection to an address.
func Dial(ctx context.Context, address string) (net.Conn, error) {
	config, err := pq.NewConfig(address)
	if err != nil {
		return nil, err
	}
	made := &dialling{ctx: ctx}
	_, err = dialer{usual()}.DialContext(context.WithValue(ctx, diallingKey{}, made), "tcp", net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))))
	if err != nil {
		return nil, err
	}
	return made.end().Conn, nil
}
