package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/cargo"
	"github.com/wharfinger/sdk/licensing"
	"github.com/wharfinger/sdk/releases"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

// callEach calls twelve operations, of all four platforms.
func callEach(ctx context.Context, p *platforms) error {
	for _, call := range []func(context.Context, *platforms) error{updateDraft, createPlay, releaseLife, updateFlow, updateRelease} {
		if err := call(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func updateDraft(ctx context.Context, p *platforms) error {
	_, err := p.cargo.Releases.UpdateDraft(ctx, cargo.ReleaseUpdateDraft{
		WorkflowUUID: workflowUUID,
		Nodes: []cargo.Node{{
			UUID: "0f8fad5b-d9cb-469f-a165-70867728950e", Slug: "start", Kind: cargo.NodeKindNative, ActionSlug: sdk.Some("start"),
			Name: sdk.Some("Start"), Description: sdk.Some("Where a run begins."), Config: map[string]any{},
			ChildrenUUIDs: []sdk.Optional[string]{sdk.Some("7c9e6679-7425-40de-944b-e07fc1f90ae7")},
			Position:      cargo.NodePosition{X: 120, Y: 40.5}, FallbackOnFailure: true,
			FallbackChildUUID: sdk.Some("7c9e6679-7425-40de-944b-e07fc1f90ae7"),
			Retry:             sdk.Some(cargo.NodeRetry{MaximumAttempts: sdk.Some(3.0), InitialInterval: sdk.Some(500.0), BackoffCoefficient: sdk.Some(2.0)}),
		}},
		TestRecords: []cargo.TestRecord{{Kind: cargo.TestRecordKindID, ID: sdk.Some("acc_1042")}},
		FormFields: sdk.Some([]cargo.FormField{{
			Slug: "email", Name: "E-mail", Kind: cargo.FormFieldKindString, Description: sdk.Some("Of the contact."), IsRequired: sdk.Some(true),
		}}),
		Options: sdk.Some(cargo.ReleaseOptions{ConnectorUUIDsByIntegrationSlug: map[string]string{}, ModelUUIDsByIntegrationSlug: map[string]string{}}),
	})
	return err
}

func createPlay(ctx context.Context, p *platforms) error {
	_, err := p.cargo.Plays.Create(ctx, cargo.PlayCreate{
		Name: "Welcome new accounts", Description: sdk.Some("Writes to each account once."), ModelUUID: modelUUID,
		ChangeKinds: []cargo.ChangeKind{cargo.ChangeKindAdded}, RunCreationRule: cargo.RunCreationRuleAlways,
		Filter:              sdk.Some(cargo.Filter{Conjunction: cargo.FilterConjunctionOr, Groups: []cargo.FilterGroup{}}),
		Sort:                []cargo.Sort{{ColumnSlug: "created_at", Kind: cargo.SortKindAsc}},
		Limit:               sdk.Some(123.0),
		TrackingColumnSlugs: []string{"status"},
		Schedule:            sdk.Some(cargo.PlayScheduleSettings{Type: cargo.PlayScheduleTypeDbt, JobID: sdk.Some("dbt-4711")}),
	})
	return err
}

// releaseLife takes two releases through everything that can happen to one.
func releaseLife(ctx context.Context, p *platforms) error {
	first, err := p.app.Releases.Create(ctx, releases.ReleaseCreate{ReleaseTag: "v1.0.0"})
	if err != nil {
		return err
	}
	second, err := p.app.Releases.Create(ctx, releases.ReleaseCreate{ReleaseTag: "v1.1.0"})
	if err != nil {
		return err
	}
	for _, id := range []string{first.ReleaseID, second.ReleaseID} {
		if _, err := p.app.Releases.Activate(ctx, id); err != nil {
			return err
		}
	}
	back, err := p.app.Releases.Rollback(ctx, first.ReleaseID)
	if err != nil {
		return err
	}
	p.report.say("rolled back to %s: %s", back.Release.ReleaseTag, back.Message)
	if _, err := p.app.Releases.GetActive(ctx); err != nil {
		return err
	}
	if _, err := p.app.Releases.Get(ctx, second.ReleaseID); err != nil {
		return err
	}
	if _, err := p.app.Releases.Archive(ctx, second.ReleaseID); err != nil {
		return err
	}
	if _, err := p.app.Releases.List(ctx, releases.ReleaseListParams{IncludeArchived: true, Limit: 200}); err != nil {
		return err
	}
	return p.app.Releases.Delete(ctx, second.ReleaseID)
}

func updateFlow(ctx context.Context, p *platforms) error {
	at := time.Date(2023, 11, 7, 5, 31, 56, 0, time.UTC)
	here := versori.SpanContext{TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: "b7ad6b7169203331", TraceFlags: 1}
	_, err := p.versori.Flows.Update(ctx, versoritest.Project, "sync-orders", versori.Flow{
		Name: "sync-orders", Description: "Copies orders to the warehouse.",
		Spans: []versori.Span{{
			Name: "fetch", StartTime: at, EndTime: at.Add(123 * time.Millisecond), Duration: 123, Attributes: map[string]any{"page": json.Number("1")},
			Ended: true, Events: []versori.SpanEvent{{Name: "first page", Timestamp: at, Attributes: map[string]any{}}}, SpanContext: here,
		}},
	})
	return err
}

func updateRelease(ctx context.Context, p *platforms) error {
	release := p.licensingFake.PutRelease(licensing.Release{Name: "App 2.2", Channel: "stable", Version: "2.2", Platforms: []string{"linux"}})
	updated, err := p.licensing.Releases.Update(ctx, release.ID, licensing.ReleaseUpdate{
		Name: sdk.Some("App 2.3"), Version: sdk.Some("2.3"), Channel: sdk.Some("beta"), Platforms: []string{"linux", "windows"},
		Private: sdk.Some(true), Notes: sdk.Some("Adds *dark mode*."),
	})
	if err != nil {
		return err
	}
	if updated.CreatedAt != release.CreatedAt {
		return fmt.Errorf("what was not sent changed: %v", updated.CreatedAt)
	}
	return nil
}
