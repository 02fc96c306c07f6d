package versoritest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// logPage is how many entries are on a page where nothing else is asked for.
const logPage = 20

// entry is an entry of a project's log.
type entry struct {
	at          time.Time
	number      int64  // tells entries of the same time apart
	environment string // name; empty for what belongs to none
	version     string // id of the version it is of; empty for none
	build       bool
	log         versori.Log
}

// PutLog enters an entry into the log of a project's environment, as if a workflow of the version that is deployed there
// had written it. The environment is given by name or by id. Without a Timestamp the entry is of now; one of the past is
// put in its place. Without a Severity it is info.
//
// An environment that isn't there, and a Timestamp that isn't RFC 3339, are problems, and nothing is stored then.
func (s *Server) PutLog(organisation, project, environment string, log versori.Log) {
	log, err := fake.Copy(log)
	if err == nil {
		err = s.putLog(organisation, project, environment, log)
	}
	if err != nil {
		s.Report("PutLog: %v", err)
	}
}

func (s *Server) putLog(organisation, projectID, environment string, log versori.Log) error {
	at := s.Now()
	if log.Timestamp != "" {
		given, err := time.Parse(time.RFC3339, log.Timestamp)
		if err != nil {
			return fmt.Errorf("the timestamp %q is not RFC 3339", log.Timestamp)
		}
		at = given
	}
	log.Severity = cmp.Or(log.Severity, versori.LogSeverityInfo)
	err := s.withProject(organisation, projectID, func(p *projectRow) error {
		e := p.byID(environment)
		if e == nil {
			var err error
			if e, err = p.named(environment); err != nil {
				return err
			}
		}
		s.write(p, entry{at: at, environment: e.record.Name, version: e.deployed, log: log})
		return nil
	})
	if err != nil {
		return fmt.Errorf("there is no environment %q in project %q", environment, projectID)
	}
	return nil
}

// write enters an entry where it belongs by time. The lock is held.
func (s *Server) write(p *projectRow, e entry) {
	e.at = e.at.UTC()
	e.number = s.IDs.Number("log")
	e.log.Timestamp = cmp.Or(e.log.Timestamp, e.at.Format(time.RFC3339Nano))
	i, _ := slices.BinarySearchFunc(p.log, e, byTime)
	p.log = slices.Insert(p.log, i, e)
}

// byTime orders entries by time.
func byTime(a, b entry) int {
	if order := a.at.Compare(b.at); order != 0 {
		return order
	}
	return int(a.number - b.number)
}

// logQuery is what is asked of a log, by either operation.
type logQuery struct {
	environment   string // name; empty where it doesn't matter
	start, end    time.Time
	build, latest bool
	ascending     bool
	size          int
	token         string
	keep          []func(*versori.Log) bool
}

// listLogs is Logs.List.
func (s *Server) listLogs(p *projectRow, r *fake.Request) (any, error) {
	q := logQuery{
		build: r.Bool("build", false), latest: r.Bool("latest", false), ascending: r.Query("order") == string(versori.LogOrderAsc),
		size: r.Int("first", logPage), token: r.Query("next_token"),
	}
	q.start, _ = r.Time("start")
	q.end, _ = r.Time("end")
	if text := r.Query("search"); text != "" {
		q.keep = append(q.keep, func(l *versori.Log) bool { return mentions(l, text) })
	}
	return p.logs(q, r)
}

// searchLogs is Logs.Search.
func (s *Server) searchLogs(p *projectRow, r *fake.Request) (any, error) {
	body, err := bodyOf[versori.LogQuery](r)
	if err != nil {
		return nil, err
	}
	q := logQuery{
		build: body.Build.Or(false), latest: body.Latest.Or(false), ascending: body.Order.Or("") == versori.LogOrderAsc,
		start: body.StartTime.Or(time.Time{}), end: body.EndTime.Or(time.Time{}),
		size: body.First.Or(logPage), token: body.NextToken.Or(""),
	}
	for i, filter := range body.Filters {
		keep, err := logFilter(filter, index("filters", i))
		if err != nil {
			return nil, err
		}
		q.keep = append(q.keep, keep)
	}
	return p.logs(q, r)
}

// logs is the page of the log that is asked for.
func (p *projectRow) logs(q logQuery, r *fake.Request) (any, error) {
	e, err := p.named(r.Query("project_env"))
	if err != nil {
		return nil, err
	}
	q.environment = e.record.Name
	from, ok := entry{}, true
	if q.token != "" {
		if from, ok = readLogToken(q.token, q.ascending); !ok {
			return nil, refuse(http.StatusBadRequest, "invalid next token", "The token is not one of a page in this order")
		}
	}
	found := slices.DeleteFunc(slices.Clone(p.log), func(e entry) bool {
		return !p.matches(q, &e) || q.token != "" && (byTime(e, from) <= 0 == q.ascending || byTime(e, from) == 0)
	})
	if !q.ascending {
		slices.Reverse(found)
	}
	found, more := fake.Window(found, 0, q.size)
	page := versori.LogPage{Logs: make([]versori.Log, len(found)), NextToken: sdk.Some("")}
	for i := range found {
		page.Logs[i] = found[i].log
	}
	if more {
		page.NextToken = sdk.Some(logToken(found[len(found)-1], q.ascending))
	}
	return page, nil
}

func (p *projectRow) matches(q logQuery, e *entry) bool {
	switch {
	case e.build != q.build,
		e.environment != "" && e.environment != q.environment,
		!q.start.IsZero() && e.at.Before(q.start),
		!q.end.IsZero() && !e.at.Before(q.end),
		q.latest && (len(p.versions) == 0 || e.version != p.versions[len(p.versions)-1].record.ID):
		return false
	}
	return !slices.ContainsFunc(q.keep, func(keep func(*versori.Log) bool) bool { return !keep(&e.log) })
}

// logFilter is a condition as a function.
func logFilter(f versori.LogFilter, where string) (func(*versori.Log) bool, error) {
	match, negated := strings.CutPrefix(string(f.Match), "not_")
	field := f.Field.Or("")
	switch {
	case match == string(versori.LogMatchSearch) && field != "":
		return nil, misfit(within(where, "field"), "must be empty to search")
	case match != string(versori.LogMatchSearch) && field == "":
		return nil, misfit(within(where, "field"), "is required")
	}
	var holds func(*versori.Log) bool
	switch match {
	case string(versori.LogMatchSearch):
		holds = func(l *versori.Log) bool { return mentions(l, f.Value) }
	case string(versori.LogMatchRegEq):
		pattern, err := regexp.Compile(f.Value)
		if err != nil {
			return nil, misfit(within(where, "value"), "is not a regular expression")
		}
		holds = func(l *versori.Log) bool { return pattern.MatchString(texts(l)[field]) }
	default:
		holds = func(l *versori.Log) bool { return texts(l)[field] == f.Value }
	}
	return func(l *versori.Log) bool { return holds(l) != negated }, nil
}

// texts are the fields of an entry as text.
func texts(l *versori.Log) map[string]string {
	all := map[string]string{"timestamp": l.Timestamp, "severity": string(l.Severity), "message": l.Message, "error": l.Error.Or("")}
	for name, value := range l.Fields {
		all[name] = fmt.Sprint(value)
	}
	return all
}

// mentions says whether a text is in one of the fields of an entry, in capitals or not.
func mentions(l *versori.Log, text string) bool {
	return matches(text, slices.Collect(maps.Values(texts(l)))...)
}

// logToken names the last entry of a page, and in which order the page was.
func logToken(last entry, ascending bool) string {
	text := fmt.Sprintf("%t %d %d", ascending, last.at.UnixNano(), last.number)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func readLogToken(token string, ascending bool) (entry, bool) {
	text, _ := base64.RawURLEncoding.DecodeString(token) // what is left of it has the wrong number of parts
	parts := strings.Fields(string(text))
	if len(parts) != 3 || parts[0] != strconv.FormatBool(ascending) {
		return entry{}, false
	}
	at, errAt := strconv.ParseInt(parts[1], 10, 64)
	number, errNumber := strconv.ParseInt(parts[2], 10, 64)
	return entry{at: time.Unix(0, at).UTC(), number: number}, errAt == nil && errNumber == nil
}
