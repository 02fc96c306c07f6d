package versoritest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// everyProjectOperation calls each operation on projects and execution pools.
func everyProjectOperation(t *testing.T, s *versoritest.Server) {
	t.Helper()
	ctx, client := t.Context(), s.Client()
	pools, err := client.ExecutionPools.List(ctx)
	must(t, err)
	pool := pools.ExecutionPools[1].Name
	made, err := client.Projects.Create(ctx, versori.ProjectCreate{Name: "Invoices", ExecutionPool: sdk.Some(pool)})
	must(t, err)
	assert.Equal(t, "environments", len(made.Environments), 1)
	assert.Equal(t, "environment", made.Environments[0].Name, "production")
	assert.Equal(t, "status", made.Environments[0].Status, versori.EnvironmentStatusDraft)
	assert.Equal(t, "pool", made.Environments[0].ExecutionPool, sdk.Some(pool))
	must(t, client.Projects.Star(ctx, made.ID))
	list, err := client.Projects.List(ctx, versori.ProjectListParams{Starred: sdk.Some(true)})
	must(t, err)
	assert.Equal(t, "starred projects", len(list.Projects), 1)
	assert.Equal(t, "starred project", list.Projects[0].ID, made.ID)
	must(t, client.Projects.Unstar(ctx, made.ID))
	list, err = client.Projects.List(ctx, versori.ProjectListParams{})
	must(t, err)
	assert.Equal(t, "projects", len(list.Projects), 2)

	changed, err := client.Projects.Update(ctx, made.ID, versori.ProjectUpdate{Name: sdk.Some("Bills")})
	must(t, err)
	assert.Equal(t, "name", changed.Name, "Bills")
	changed, err = client.Projects.AddSentiment(ctx, made.ID, versori.SentimentCreate{SentimentScore: 4, MessageID: "m"})
	must(t, err)
	assert.Equal(t, "sentiments", len(changed.Metadata.SentimentHistory), 1)
	deployed, err := client.Projects.Deploy(ctx, made.ID, release("v1"), versori.ProjectDeployParams{})
	must(t, err)
	assert.Equal(t, "id", deployed.ID, made.ID)
	copied, err := client.Projects.Clone(ctx, made.ID)
	must(t, err)
	must(t, client.Projects.Delete(ctx, made.ID))
	_, err = client.Projects.Get(ctx, made.ID)
	wantStatus(t, err, 404)
	found, err := client.Projects.Get(ctx, copied.ID)
	must(t, err)
	assert.Equal(t, "id", found.ID, copied.ID)
}

// release is what Projects.Deploy sends.
func release(version string) versori.ProjectDeploy {
	return versori.ProjectDeploy{
		Files:       []versori.File{{Filename: "src/index.ts", Content: "// " + version + "\n"}},
		Labels:      map[string]string{"commit": "c-" + version},
		VersionName: version,
	}
}

func TestTheFirstProject(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	found, err := s.Client().Projects.Get(t.Context(), project)
	must(t, err)
	assert.Equal(t, "environment", found.Environments[0].ID, versoritest.Environment)
	assert.Equal(t, "name", found.Environments[0].Name, "production")
	assert.Equal(t, "variables are null", found.DynamicVariablesSchema.IsNull(), true)
}

func TestUnknownProjectsAreNotFound(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	for name, call := range map[string]func() error{
		"Projects.Get":     func() error { _, err := client.Projects.Get(ctx, other); return err },
		"Projects.Delete":  func() error { return client.Projects.Delete(ctx, other) },
		"Projects.Clone":   func() error { _, err := client.Projects.Clone(ctx, other); return err },
		"Projects.Star":    func() error { return client.Projects.Star(ctx, other) },
		"Files.Get":        func() error { _, err := client.Files.Get(ctx, other); return err },
		"Files.Validate":   func() error { _, err := client.Files.Validate(ctx, other, fileSet("a.ts", "a")); return err },
		"Flows.List":       func() error { _, err := client.Flows.List(ctx, other); return err },
		"Versions.List":    func() error { _, err := client.Versions.List(ctx, other, versori.VersionListParams{}); return err },
		"Logs.List":        func() error { _, err := client.Logs.List(ctx, other, versori.LogListParams{}); return err },
		"Variables.Schema": func() error { _, err := client.Variables.GetSchema(ctx, other); return err },
		"Projects.Deploy": func() error {
			_, err := client.Projects.Deploy(ctx, other, release("v1"), versori.ProjectDeployParams{})
			return err
		},
		"another organisation": func() error {
			_, err := client.Projects.Get(ctx, project, versori.WithOrganisation(other))
			return err
		},
	} {
		if err := call(); !errors.Is(err, sdk.ErrNotFound) {
			t.Errorf("%s: got %v, want a 404", name, err)
		}
	}
}

func TestAnUpdateOfAProjectReplacesWhatIsSent(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	_, err := client.Projects.Update(ctx, project, versori.ProjectUpdate{Settings: sdk.Some(versori.ProjectSettings{
		TestingMockWithAI: sdk.Some(true), DefaultEnvironment: sdk.Some("staging"),
	})})
	must(t, err)
	changed, err := client.Projects.Update(ctx, project, versori.ProjectUpdate{Name: sdk.Some("Bills")})
	must(t, err)
	assert.Equal(t, "settings that weren't sent", changed.Settings.TestingMockWithAI, sdk.Some(true))
	changed, err = client.Projects.Update(ctx, project, versori.ProjectUpdate{Settings: sdk.Some(versori.ProjectSettings{})})
	must(t, err)
	assert.Equal(t, "settings that were sent", changed.Settings.TestingMockWithAI.IsZero(), true)
	assert.Equal(t, "name", changed.Name, "Bills")
}

func TestACloneOfAProject(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	s.SetRollout(0, 0)
	must(t, client.Files.Update(ctx, project, versori.FileSet{Files: []versori.File{{Filename: "a.ts", Content: "a"}}, Labels: map[string]string{}}))
	_, err := client.Projects.Deploy(ctx, project, release("v1"), versori.ProjectDeployParams{})
	must(t, err)
	must(t, client.Projects.Star(ctx, project))
	made, err := client.Projects.Clone(ctx, project)
	must(t, err)
	assert.Equal(t, "same id", made.ID == project, false)
	assert.Equal(t, "files", made.CurrentFiles.Files[0].Content, "a")
	assert.Equal(t, "starred", made.Starred, false)
	assert.Equal(t, "same environment", made.Environments[0].ID == versoritest.Environment, false)
	assert.Equal(t, "status", made.Environments[0].Status, versori.EnvironmentStatusDraft)
	assert.Equal(t, "deployed", made.Environments[0].DeployedVersion.IsZero(), true)
	versions, err := client.Versions.List(ctx, made.ID, versori.VersionListParams{})
	must(t, err)
	assert.Equal(t, "versions", versions.TotalCount, 0)
}

func TestADeletedProjectTakesEverythingWithIt(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	ctx, client := t.Context(), s.Client()
	update(t, client, "orders", plainFlow("orders"))
	must(t, client.Projects.Delete(ctx, project))
	err := client.Environments.UpdateConfig(ctx, versoritest.Environment, versori.EnvironmentConfig{})
	wantStatus(t, err, 404)
	_, ok := s.Project(organisation, project)
	assert.Equal(t, "project", ok, false)
	s.PutProject(organisation, versori.Project{ID: project})
	flows, err := client.Flows.List(ctx, project)
	must(t, err)
	assert.Equal(t, "flows", len(flows.Flows), 0)
}

func TestPutProject(t *testing.T) {
	t.Parallel()
	t.Run("what is missing is filled in", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		stored := s.PutProject(organisation, versori.Project{Environments: []versori.ProjectEnvironment{
			{Name: "staging"},
			{
				Name: "production", Status: versori.EnvironmentStatusRunning, Files: []versori.File{{Filename: "a.ts"}},
				DeployedVersion: sdk.Some(versori.ProjectVersion{Name: "v7"}),
			},
		}})
		assert.Equal(t, "status", stored.Environments[0].Status, versori.EnvironmentStatusDraft)
		assert.Equal(t, "URL of what doesn't run", stored.Environments[0].PublicURL, "")
		assert.Equal(t, "no URL of what runs", stored.Environments[1].PublicURL == "", false)
		found, err := s.Client().Projects.Get(t.Context(), stored.ID)
		must(t, err)
		version, _ := found.Environments[1].DeployedVersion.Get()
		assert.Equal(t, "version", version.Name, "v7")
		files, err := s.Client().Versions.GetFiles(t.Context(), stored.ID, version.ID)
		must(t, err)
		assert.Equal(t, "files", len(files.Files), 1)
	})
	t.Run("a project that is replaced keeps its flows", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		s.PutFlow(organisation, project, plainFlow("orders"))
		s.PutProject(organisation, versori.Project{ID: project, Name: "Bills"})
		_, ok := s.Flow(organisation, project, "orders")
		assert.Equal(t, "flow", ok, true)
	})
	t.Run("an environment that is replaced takes along what belongs to it", func(t *testing.T) {
		t.Parallel()
		s := newShop(t)
		s.template("shop", false)
		channel := s.PutNotificationChannel(versori.NotificationChannel{Name: "ops", Config: mailTo("ops@example.com")})
		linkTo(t, s.Server, channel.ID, versori.NotificationFilters{})
		s.PutProject(organisation, versori.Project{ID: project, Environments: []versori.ProjectEnvironment{{Name: "staging"}}})
		wantLinks(t, s.Server, project, "", "")
		must(t, s.client.Systems.Delete(t.Context(), s.system.ID)) // nothing uses it any more
	})
	t.Run("what is stored shares nothing with what was given", func(t *testing.T) {
		t.Parallel()
		s := versoritest.NewServer(t)
		given := versori.Project{ID: other, CurrentFiles: versori.FileSet{Files: []versori.File{{Filename: "a.ts"}}}}
		returned := s.PutProject(organisation, given)
		given.CurrentFiles.Files[0].Filename = "b.ts"
		returned.CurrentFiles.Files[0].Filename = "c.ts"
		stored, _ := s.Project(organisation, other)
		stored.CurrentFiles.Files[0].Filename = "d.ts"
		stored, _ = s.Project(organisation, other)
		assert.Equal(t, "file", stored.CurrentFiles.Files[0].Filename, "a.ts")
	})
}

func TestSeedingOfProjectsThatCannotBeIsReported(t *testing.T) {
	t.Parallel()
	environments := func(list ...versori.ProjectEnvironment) versori.Project {
		return versori.Project{ID: other, Environments: list}
	}
	tests := []struct {
		name, want string
		put        func(*versoritest.Server)
	}{
		{
			"an organisation that isn't a ULID", `PutProject: organisation "acme" and project "` + other + `" must be ULIDs`,
			func(s *versoritest.Server) { s.PutProject("acme", environments()) },
		},
		{
			"an environment without a name", "PutProject: an environment has no name",
			func(s *versoritest.Server) { s.PutProject(organisation, environments(versori.ProjectEnvironment{})) },
		},
		{
			"environments of the same name", `PutProject: two environments are named "a"`,
			func(s *versoritest.Server) {
				s.PutProject(organisation, environments(versori.ProjectEnvironment{Name: "a"}, versori.ProjectEnvironment{Name: "a"}))
			},
		},
		{
			"an environment whose id isn't a ULID", `PutProject: the id "e" of environment a must be a ULID`,
			func(s *versoritest.Server) {
				s.PutProject(organisation, environments(versori.ProjectEnvironment{Name: "a", ID: "e"}))
			},
		},
		{
			"triggers of nothing", `PutTriggers: there is no project "` + other + `" in organisation "` + organisation + `"`,
			func(s *versoritest.Server) { s.PutTriggers(organisation, other) },
		},
		{
			"no execution pools", "SetExecutionPools: the platform needs one",
			func(s *versoritest.Server) { s.SetExecutionPools() },
		},
		{
			"a log entry of an unknown environment", `PutLog: there is no environment "staging" in project "` + project + `"`,
			func(s *versoritest.Server) { s.PutLog(organisation, project, "staging", versori.Log{}) },
		},
		{
			"a log entry of no readable time", `PutLog: the timestamp "noon" is not RFC 3339`,
			func(s *versoritest.Server) {
				s.PutLog(organisation, project, "production", versori.Log{Timestamp: "noon"})
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, r := newRecorded(t)
			test.put(s)
			assert.Lines(t, r.Reported(), []string{"versoritest: " + test.want})
			_, ok := s.Project(organisation, other)
			assert.Equal(t, "stored", ok, false)
		})
	}
}

func TestTimesOfAProjectAreThePlatforms(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	now := time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.UTC)
	s.SetClock(func() time.Time { return now })
	made, err := s.Client().Projects.Create(t.Context(), versori.ProjectCreate{Name: "Invoices"})
	must(t, err)
	s.Advance(time.Hour)
	changed, err := s.Client().Projects.Update(t.Context(), made.ID, versori.ProjectUpdate{})
	must(t, err)
	assert.Equal(t, "created", made.CreatedAt, now.Truncate(time.Microsecond))
	assert.Equal(t, "updated", changed.UpdatedAt, now.Truncate(time.Microsecond).Add(time.Hour))
	assert.Equal(t, "still created", changed.CreatedAt, made.CreatedAt)
}
