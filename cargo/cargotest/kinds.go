package cargotest

import (
	"fmt"
	"slices"

	"github.com/wharfinger/sdk/cargo"
)

// misfits collects what is wrong with objects whose kind decides which members they have. The document writes each of
// them as one flat schema, with what the kinds need in words; the platform checks it.
type misfits struct {
	unknown []string
	others  []string
}

// none says whether everything fits.
func (m *misfits) none() bool { return len(m.unknown)+len(m.others) == 0 }

// message is what the platform answers.
func (m *misfits) message() string { return message(m.unknown, m.others) }

// check compares an object with what its kind needs and allows. Members that belong to no kind are not looked at; null
// counts as absent, because the platform sends it so itself.
func (m *misfits) check(object map[string]any, where string, members, required, optional []string) {
	for _, name := range members {
		switch value := object[name]; {
		case slices.Contains(required, name):
			if value == nil {
				m.others = append(m.others, where+"."+name+": Required")
			}
		case value != nil && !slices.Contains(optional, name):
			m.unknown = append(m.unknown, name)
		}
	}
}

// each checks every object of a list.
func each(list any, where string, check func(object map[string]any, where string)) {
	items, _ := list.([]any)
	for i, item := range items {
		if object, ok := item.(map[string]any); ok {
			check(object, fmt.Sprintf("%s.%d", where, i))
		}
	}
}

func (m *misfits) node(node map[string]any, where string) {
	var required, optional []string
	switch kind, _ := node["kind"].(string); cargo.NodeKind(kind) {
	case cargo.NodeKindNative:
		required = []string{"actionSlug"}
	case cargo.NodeKindConnector:
		required, optional = []string{"integrationSlug", "actionSlug"}, []string{"connectorUuid"}
	case cargo.NodeKindTool:
		optional = []string{"templateSlug", "toolUuid", "releaseUuid", "waitUntilFinished"}
	case cargo.NodeKindAgent:
		optional = []string{"templateSlug", "agentUuid", "releaseUuid", "waitUntilFinished"}
	}
	members := []string{
		"actionSlug", "integrationSlug", "connectorUuid", "templateSlug", "toolUuid", "agentUuid", "releaseUuid",
		"waitUntilFinished",
	}
	m.check(node, where, members, required, optional)
}

func (m *misfits) formField(field map[string]any, where string) {
	var required []string
	switch kind, _ := field["kind"].(string); cargo.FormFieldKind(kind) {
	case cargo.FormFieldKindEnum:
		required = []string{"enum"}
	case cargo.FormFieldKindArray:
		required = []string{"fields"}
	}
	m.check(field, where, []string{"enum", "fields"}, required, nil)
	each(field["fields"], where+".fields", m.formField)
}

func (m *misfits) testRecord(record map[string]any, where string) {
	required, optional := []string{"data"}, []string(nil)
	if kind, _ := record["kind"].(string); kind == string(cargo.TestRecordKindID) {
		required, optional = []string{"id"}, []string{"data"}
	}
	m.check(record, where, []string{"id", "data"}, required, optional)
}

func (m *misfits) schedule(schedule map[string]any, where string) {
	var required []string
	switch kind, _ := schedule["type"].(string); cargo.PlayScheduleType(kind) {
	case cargo.PlayScheduleTypeCron:
		required = []string{"cron"}
	case cargo.PlayScheduleTypeDbt:
		required = []string{"jobId"}
	case cargo.PlayScheduleTypeDependency:
		required = []string{"playUuid"}
	}
	m.check(schedule, where, []string{"cron", "jobId", "playUuid"}, required, nil)
}
