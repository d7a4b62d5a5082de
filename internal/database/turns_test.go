package database

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	first := begin(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	impatient := queue(t, s, ctx, noting(t, "b"))
	patient := queue(t, s, short(t), noting(t, "c"))
	cancel()
	if err := Await(t, impatient); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	note(t, first, "a")
	if err := errors.Join(first.Commit(), Await(t, patient)); err != nil {
		t.Fatal(err)
	}
	expect(t, s, "a", "c")
}

func TestAGroupIsCommittedWhenItsLastWaiterGivesUp(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	for range 200 { // the waiter gives up just when it is handed the turn, at times
		first := begin(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		waiter := queue(t, s, ctx, (*member).Rollback)
		go cancel()
		told := make(chan error, 1)
		go func() { told <- first.Commit() }()
		if err := Await(t, told); err != nil {
			t.Fatal(err)
		}
		if err := Await(t, waiter); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if err := begin(t, s).Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestATurnEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	ctx, cancel := context.WithTimeout(t.Context(), txTimeout-time.Second)
	stuck, err := s.writer.begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	note(t, stuck, "a")
	next := queue(t, s, short(t), noting(t, "b"))
	cancel() // and nobody calls Rollback
	if err := Await(t, next); err != nil {
		t.Fatal(err)
	}
	if err := stuck.Commit(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	expect(t, s, "b")
}

func TestNobodyWaitsForALongTransactionBehindHim(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	first := begin(t, s)
	release := make(chan struct{})
	long := queue(t, s, t.Context(), func(m *member) error { // no deadline
		<-release
		return m.Commit()
	})
	note(t, first, "a")
	told := make(chan error, 1)
	go func() { told <- first.Commit() }()
	if err := Await(t, told); err != nil {
		t.Error(err)
	}
	expect(t, s, "a")
	close(release)
	if err := Await(t, long); err != nil {
		t.Error(err)
	}
}

func TestAStatementOutsideATransactionIsAMember(t *testing.T) {
	t.Parallel()
	s, _ := groups(t)
	if _, err := s.ExecContext(t.Context(), "INSERT INTO notes (text) VALUES ('a')"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ExecContext(t.Context(), "INSERT INTO notes (text) VALUES ('a')"); err == nil {
		t.Error("a row twice")
	}
	first := begin(t, s)
	waiting := make(chan error, 1)
	go func() {
		_, err := s.ExecContext(t.Context(), "UPDATE notes SET text = 'b'")
		waiting <- err
	}()
	if err := errors.Join(first.Commit(), Await(t, waiting)); err != nil {
		t.Fatal(err)
	}
	expect(t, s, "b")
}
