package config

import (
	"errors"
	"strconv"
)

// Streams are the settings of answers that go on: subscriptions over Server-Sent Events, and WebSockets.
type Streams struct {
	Streams           int `setting:"GALLEY_STREAMS" default:"10000" placeholder:"N" help:"How many streams and WebSockets this process holds at once."`
	StreamsPerAddress int `name:"streams-per-address" setting:"GALLEY_STREAMS_PER_ADDRESS" default:"1000" placeholder:"N" help:"How many of them one network address may hold."`
	SocketOperations  int `name:"socket-operations" setting:"GALLEY_SOCKET_OPERATIONS" default:"100" placeholder:"N" help:"How many operations run on one WebSocket at once."`
	SocketMessages    int `name:"socket-messages" setting:"GALLEY_SOCKET_MESSAGES" default:"50" placeholder:"N" help:"How many messages of a WebSocket are read each second; five times as many at once."`
	SocketBytes       int `name:"socket-bytes" setting:"GALLEY_SOCKET_BYTES" default:"262144" placeholder:"BYTES" help:"How long a message of a WebSocket may be."`
}

func (s Streams) validateStreams() error {
	var errs []error
	for _, least := range []struct {
		variable     string
		value, least int
	}{
		{"GALLEY_STREAMS", s.Streams, 1},
		{"GALLEY_STREAMS_PER_ADDRESS", s.StreamsPerAddress, 1},
		{"GALLEY_SOCKET_OPERATIONS", s.SocketOperations, 1},
		{"GALLEY_SOCKET_MESSAGES", s.SocketMessages, 1},
		{"GALLEY_SOCKET_BYTES", s.SocketBytes, 1024},
	} {
		if least.value < least.least {
			errs = append(errs, errors.New(least.variable+" is a whole number, and at least "+strconv.Itoa(least.least)))
		}
	}
	return errors.Join(errs...)
}
