//go:build faults && unix

package mail_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"galley/ent"
	entjob "galley/ent/job"
	"galley/internal/database"
	"galley/internal/database/databasetest"
	"galley/internal/job"
	"galley/internal/mail"
	"galley/internal/mail/mailtest"
)

// TestMain makes the test binary a process that asks for letters and sends them, for a test to kill.
func TestMain(m *testing.M) {
	if url := os.Getenv("GALLEY_TEST_LETTERS"); url != "" {
		if err := correspond(url, os.Getenv("GALLEY_TEST_SINK"), os.Getenv("GALLEY_TEST_ASK") != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// correspond sends letters until it is killed. It prints the key of each letter that it asked for itself, once that is
// committed.
func correspond(url, sink string, ask bool) error {
	ctx := databasetest.System(context.Background())
	db, err := database.Open(ctx, database.Options{URL: url})
	if err != nil {
		return err
	}
	if err := db.Start(ctx); err != nil {
		return err
	}
	mailer, err := mail.NewMailer(mail.Options{Shop: "Galley", Storefront: "https://shop.example", From: "shop@galley.example", Now: db.Now}, sink)
	if err != nil {
		return err
	}
	q := job.New(db)
	q.Handle("letter", func(ctx context.Context, j job.Job) error {
		var to string
		if err := json.Unmarshal(j.Payload, &to); err != nil {
			return err
		}
		return mailer.Send(ctx, mail.Letter{ID: "letter." + strconv.FormatInt(j.Key, 10), To: to, Template: mail.PasswordChanged})
	})
	go q.Run(ctx, time.Minute)
	for n := 0; ask; n++ {
		var key int64
		err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
			key, err = q.Add(ctx, tx, "letter", fmt.Sprintf("reader%d@galley.example", n))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, key)
	}
	select {}
}

const kills = 5

// A letter that was asked for in a transaction that was committed arrives, whatever is killed meanwhile and however
// the mail server behaves, and each copy of it has the same Message-ID.
func TestFaultEachLetterArrivesThoughItsProcessIsKilled(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, engine)
			sink := mailtest.New(t)
			var asked atomic.Int64
			sink.Misbehave(func(string) error { // one of four letters is not taken at first, and some are taken slowly
				switch asked.Add(1) % 8 {
				case 0:
					return mailtest.Refuse(451, [3]int{4, 3, 0}, "try again")
				case 4:
					return mailtest.Refuse(554, [3]int{5, 7, 1}, "not today")
				case 2:
					time.Sleep(20 * time.Millisecond)
				}
				return nil
			})
			acknowledged := map[int64]bool{}
			for range kills {
				for _, key := range untilKilled(t, url, sink.URL) {
					acknowledged[key] = true
				}
			}
			sink.Misbehave(nil)
			due(t, url)
			stop := process(t, url, sink.URL, false)
			letters := sink.Wait(t, func(all []mailtest.Letter) bool { return len(missing(acknowledged, all)) == 0 })
			stop()
			ids := map[string]string{}
			for _, l := range letters {
				if to, known := ids[l.ID()]; known && to != l.To {
					t.Errorf("two letters have the id %s", l.ID())
				}
				ids[l.ID()] = l.To
			}
			t.Logf("%d kills: %d letters asked for, %d arrived, %d of them again", kills, len(acknowledged), len(letters), len(letters)-len(ids))
			if len(acknowledged) < 10*kills {
				t.Errorf("%d letters prove nothing", len(acknowledged))
			}
		})
	}
}

// missing are the letters that have not come.
func missing(acknowledged map[int64]bool, letters []mailtest.Letter) map[int64]bool {
	left := map[int64]bool{}
	for key := range acknowledged {
		left[key] = true
	}
	for _, l := range letters {
		text, _, _ := strings.Cut(strings.TrimPrefix(l.ID(), "<letter."), "@")
		if key, err := strconv.ParseInt(text, 10, 64); err == nil {
			delete(left, key)
		}
	}
	return left
}

// due makes leases and pauses end now, as time would.
func due(t *testing.T, url string) {
	t.Helper()
	ctx := databasetest.System(t.Context())
	db, err := database.Open(ctx, database.Options{URL: url, Instance: 1})
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return tx.Job.Update().Where(entjob.StatusEQ(entjob.StatusWAITING)).SetRunAt(db.Now()).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// process starts one that sends letters. It is killed by the returned function.
func process(t *testing.T, url, sink string, ask bool) (stop func() []int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "GALLEY_TEST_LETTERS="+url, "GALLEY_TEST_SINK="+sink)
	if ask {
		cmd.Env = append(cmd.Env, "GALLEY_TEST_ASK=1")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan []int64, 1)
	enough := make(chan struct{})
	go func() {
		var keys []int64
		for lines := bufio.NewScanner(out); lines.Scan(); {
			key, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				break // cut off by the kill
			}
			if keys = append(keys, key); len(keys) == 20 {
				close(enough)
			}
		}
		read <- keys
	}()
	return func() []int64 {
		if ask {
			select {
			case <-enough:
			case <-time.After(time.Minute):
				t.Error("the process asks for no letters")
			}
		}
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond) // nothing depends on it
		_ = cmd.Process.Signal(syscall.SIGKILL)
		keys := <-read
		_ = cmd.Wait()
		return keys
	}
}

// untilKilled are the letters that a process asked for before it was killed.
func untilKilled(t *testing.T, url, sink string) []int64 {
	t.Helper()
	return process(t, url, sink, true)()
}
