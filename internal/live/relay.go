package live

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"galley/internal/database"
)

const (
	channel     = "galley_live"
	longest     = 7_900  // bytes of a message's topics; PostgreSQL takes 8,000
	mostUnsent  = 10_000 // topics that wait while the database is away; beyond, everybody reads anew
	everything  = Topic("*")
	againAfter  = time.Second
	separator   = " "
	lastMessage = 5 * time.Second // that a message may take
)

// Run carries topics between the processes of a shop, until the context ends: what this one publishes is told to the
// others, after the commit, and what was published while one was being told goes together. On the embedded database,
// which has one process, it does nothing.
func (b *Broker) Run(ctx context.Context, db *database.DB) {
	if !db.Postgres() {
		return
	}
	b.mu.Lock()
	b.relays = true
	b.mu.Unlock()
	go b.listen(ctx, db)
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.more:
		}
		for _, message := range b.messages() {
			if err := b.send(ctx, db, message); err != nil && ctx.Err() == nil {
				b.log.Warn("live: other processes are told later", "error", err)
				b.keep(message)
				pause(ctx, againAfter)
			}
		}
	}
}

func (b *Broker) send(ctx context.Context, db *database.DB, message string) error {
	ctx, cancel := context.WithTimeout(ctx, lastMessage)
	defer cancel()
	return db.Notify(ctx, channel, b.name+separator+message)
}

// listen hears what the others publish.
func (b *Broker) listen(ctx context.Context, db *database.DB) {
	for ctx.Err() == nil {
		if err := db.Listen(ctx, channel, b.heard, b.tellAll); err != nil {
			b.log.Warn("live: what other processes tell is not heard", "error", err)
			pause(ctx, againAfter)
			b.tellAll()
		}
	}
}

// heard tells the topics of a message, which begins with who sent it: a topic that nobody has. What this process published it
// hears too, and has told already: to read and send everything twice would do no harm, and cost twice.
func (b *Broker) heard(message string) {
	topics := strings.Split(message, separator)
	switch {
	case topics[0] == b.name:
	case slices.Contains(topics, string(everything)):
		b.tellAll()
	default:
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, t := range topics {
			b.tell(Topic(t))
		}
	}
}

// messages takes what is unsent, in as few messages as it fits into.
func (b *Broker) messages() (messages []string) {
	b.mu.Lock()
	unsent := slices.Sorted(maps.Keys(b.unsent))
	clear(b.unsent)
	b.mu.Unlock()
	if len(unsent) > mostUnsent {
		return []string{string(everything)}
	}
	var message strings.Builder
	for _, t := range unsent {
		if message.Len() > 0 && message.Len()+len(separator)+len(t) > longest {
			messages = append(messages, message.String())
			message.Reset()
		}
		if message.Len() > 0 {
			message.WriteString(separator)
		}
		message.WriteString(string(t))
	}
	if message.Len() > 0 {
		messages = append(messages, message.String())
	}
	return messages
}

// keep puts back what could not be sent.
func (b *Broker) keep(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for t := range strings.SplitSeq(message, separator) {
		b.unsent[Topic(t)] = struct{}{}
	}
	signal(b.more)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
