package main

import (
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"galley/ent/schedule"
	"galley/internal/config"
	"galley/internal/database/databasetest"
	"galley/internal/job"
	"galley/internal/job/sweep"
	"galley/internal/mail"
)

// get is the body of a page.
func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s, %v", url, answer.StatusCode, text, err)
	}
	return string(text)
}

func TestMetricsAreServedOnTheirOwn(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			ctx := databasetest.System(t.Context())
			db := databasetest.New(t, engine)
			jobs := job.New(db)
			sweep.Every(jobs, db)
			letters, _, err := mailing(config.Serve{Mail: config.Mail{SMTPURL: "smtp://127.0.0.1:1", ShopName: "Galley"}}, db.Now)
			if err != nil {
				t.Fatal(err)
			}
			db.Client.Job.Create().SetKind("unknown").SetRunAt(db.Now().Add(-time.Hour)).ExecX(ctx)
			db.Client.Job.Create().SetKind("lost").SetStatus("DEAD").SetRunAt(db.Now()).ExecX(ctx)
			swept := db.Client.Job.Create().SetKind("sweep").SetRunAt(db.Now()).SaveX(ctx)
			listener, err := listen(t.Context(), "GALLEY_METRICS_ADDR", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			metrics, err := newMetrics(jobs, letters, db)
			if err != nil {
				t.Fatal(err)
			}
			defer serveMetrics(listener, slog.New(slog.DiscardHandler), metrics)()
			url := "http://" + listener.Addr().String() + "/metrics"
			stopJobs := runJobs(t.Context(), jobs, time.Minute)
			for deadline := time.Now().Add(time.Minute); db.Client.Job.GetX(ctx, swept.ID).FinishedAt == nil; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the job is not done")
				}
			}
			stopJobs()
			if n := db.Client.Schedule.Query().Where(schedule.Name("sweep")).CountX(ctx); n != 1 {
				t.Errorf("%d schedules sweep", n)
			}
			if err := letters.Send(t.Context(), mail.Letter{ID: "1", To: "ada@galley.example", Template: mail.HasAccount}); err == nil {
				t.Error("a letter was sent to nowhere")
			}
			text := get(t, url)
			for _, want := range []string{
				`galley_job_attempts_total{kind="sweep",outcome="done"} 1`, `galley_job_duration_seconds_count{kind="sweep"} 1`,
				`galley_jobs_waiting{kind="unknown"} 1`, `galley_jobs_dead{kind="lost"} 1`,
				`galley_letters_total{outcome="failed",template="has_account"} 1`, "go_goroutines ",
				`go_sql_max_open_connections{db_name=`,
			} {
				if !strings.Contains(text, want) {
					t.Errorf("%s is not in\n%s", want, text)
				}
			}
			if age := regexp.MustCompile(`galley_jobs_oldest_due_seconds (3[6-9]\d\d|\d{5})`); !age.MatchString(text) {
				t.Errorf("the oldest job's age is not in\n%s", text)
			}
		})
	}
}

func TestDevelopmentShowsItsLetters(t *testing.T) {
	t.Parallel()
	letters, box, err := mailing(config.Serve{Mail: config.Mail{ShopName: "Galley"}}, time.Now)
	if err != nil || box == nil {
		t.Fatal(box, err)
	}
	if err := letters.Send(t.Context(), mail.Letter{ID: "1", To: "ada@galley.example", Template: mail.HasAccount}); err != nil {
		t.Error(err)
	}
}
