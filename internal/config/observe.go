package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Observe are the settings of what is seen of operations.
type Observe struct {
	MetricsAddr   string        `name:"metrics-addr" setting:"GALLEY_METRICS_ADDR" placeholder:"HOST:PORT" help:"Where to serve /metrics for Prometheus, in clear text to whoever asks; without it only beside /query, with an API key. Development stays on this machine."`
	Operations    string        `name:"metrics-operations" setting:"GALLEY_METRICS_OPERATIONS" placeholder:"NAME,…" help:"Operations that the metrics tell by their names, besides those of trusted documents; the others go by the field at their root."`
	SlowOperation time.Duration `setting:"GALLEY_SLOW_OPERATION" default:"1s" placeholder:"TIME" help:"From when on a query or mutation is logged as slow; 0s logs none."`
}

// Names tells whether the metrics have an operation by its name.
func (o Observe) Names() func(name string) bool {
	names := list(o.Operations)
	return func(name string) bool { return slices.Contains(names, name) }
}

func (o Observe) validateObserve() error {
	if o.SlowOperation < 0 {
		return errors.New("GALLEY_SLOW_OPERATION is a time, or 0s")
	}
	return nil
}

// Overload are the settings of what happens when more is asked than the shop can do.
type Overload struct {
	Running   string        `setting:"GALLEY_RUNNING" default:"auto" placeholder:"N" help:"Most queries and mutations at once: a number; auto, as many as the database serves at once; or off."`
	Queue     int           `setting:"GALLEY_QUEUE" default:"64" placeholder:"N" help:"How many of them wait for their turn; the others are told to come again."`
	QueueWait time.Duration `setting:"GALLEY_QUEUE_WAIT" default:"150ms" placeholder:"TIME" help:"How long they wait."`
}

// Places are how many queries and mutations run at once, of a database that serves so many of each.
func (o Overload) Places(reads, writes int) (queries, mutations int, err error) {
	switch o.Running {
	case "auto":
		return reads, writes, nil
	case "off":
		return 0, 0, nil
	}
	n, err := strconv.Atoi(o.Running)
	if err != nil || n < 1 {
		return 0, 0, fmt.Errorf("GALLEY_RUNNING is a number, auto or off, not %q", o.Running)
	}
	return n, 0, nil
}

func (o Overload) validateOverload() error {
	_, _, err := o.Places(0, 0)
	if o.Queue < 0 {
		err = errors.Join(err, errors.New("GALLEY_QUEUE is a number, or 0"))
	}
	if o.QueueWait < 0 || o.QueueWait > time.Minute {
		err = errors.Join(err, errors.New("GALLEY_QUEUE_WAIT is between 0s and 1m"))
	}
	return err
}
