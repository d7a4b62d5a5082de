package graph_test

import (
	"encoding/json"
	"testing"

	"galley/ent"
	entjob "galley/ent/job"
	"galley/graph/graphtest"
	"galley/internal/database/databasetest"
)

func TestStaffSeeFailedWorkAndHaveItTriedAgain(t *testing.T) {
	t.Parallel()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			shop := graphtest.New(t, engine)
			staff := shop.Rows.Viewer("staff")
			dead := shop.Rows.Jobs["dead"]
			type jobs struct {
				Jobs struct {
					TotalCount int
					Nodes      []struct {
						ID, Kind, Status, Error string
						Attempts                int
						LeasedAt, FinishedAt    *string
					}
				}
			}
			var all, failed, none jobs
			const fields = ` { totalCount nodes { id kind status attempts error runAt leasedAt createdAt finishedAt } } }`
			answer(t, shop.Do(t, staff, `{ jobs(first: 1)`+fields, nil), &all)
			answer(t, shop.Do(t, staff, `{ jobs(filter: {status: [DEAD], kind: "dead"})`+fields, nil), &failed)
			answer(t, shop.Do(t, staff, `{ jobs(filter: {status: [DEAD], kind: "waiting"})`+fields, nil), &none)
			if all.Jobs.TotalCount != 2 || len(all.Jobs.Nodes) != 1 || len(none.Jobs.Nodes) != 0 || len(failed.Jobs.Nodes) != 1 {
				t.Fatalf("got %+v, %+v, %+v", all, failed, none)
			}
			if j := failed.Jobs.Nodes[0]; j.ID != dead.NodeID().String() || j.Status != "DEAD" || j.Attempts != 12 || j.Error == "" || j.FinishedAt == nil || j.LeasedAt != nil {
				t.Errorf("got %+v", j)
			}
			const retry = `mutation($id: ID!) { jobRetry(input: {id: $id}) { job { status attempts finishedAt } userErrors { code field } } }`
			var retried struct {
				JobRetry struct {
					Job        *struct{ Status string }
					UserErrors []struct{ Code string }
				}
			}
			ask := func(j *ent.Job) {
				t.Helper()
				retried.JobRetry.Job, retried.JobRetry.UserErrors = nil, nil
				answer(t, shop.Do(t, staff, retry, map[string]any{"id": j.NodeID().String()}), &retried)
			}
			ask(dead)
			if retried.JobRetry.Job == nil || retried.JobRetry.Job.Status != "WAITING" || len(retried.JobRetry.UserErrors) > 0 {
				t.Errorf("got %+v", retried)
			}
			row := shop.Database.Client.Job.GetX(databasetest.System(t.Context()), dead.ID)
			if row.Status != entjob.StatusWAITING || row.FinishedAt != nil || row.RunAt.After(shop.Database.Now()) {
				t.Errorf("got %v", row)
			}
			for _, j := range []*ent.Job{dead, shop.Rows.Jobs["waiting"]} {
				ask(j)
				if len(retried.JobRetry.UserErrors) != 1 || retried.JobRetry.UserErrors[0].Code != "NOT_DEAD" {
					t.Errorf("got %+v", retried)
				}
			}
		})
	}
}

// answer reads an operation's data.
func answer(t *testing.T, r graphtest.Response, into any) {
	t.Helper()
	if err := json.Unmarshal(r.Data, into); err != nil || len(r.Errors) > 0 {
		t.Fatalf("got %s, %+v, %v", r.Data, r.Errors, err)
	}
}
