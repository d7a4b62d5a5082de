package job

import "time"

// MaxAttempts and Pause are for the tests, which know when a job is tried again.
const MaxAttempts = maxAttempts

var Pause = pause

// Paced makes the queue as patient as a test needs it. Zero leaves a pace as it is.
func (q *Queue) Paced(lease, renewal, poll, longest time.Duration) *Queue {
	for of, to := range map[*time.Duration]time.Duration{&q.lease: lease, &q.renewal: renewal, &q.poll: poll, &q.longest: longest} {
		if to > 0 {
			*of = to
		}
	}
	return q
}
