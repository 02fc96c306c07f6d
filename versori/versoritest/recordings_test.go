package versoritest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wharfinger/sdk"
	"github.com/wharfinger/sdk/internal/assert"
	"github.com/wharfinger/sdk/versori"
	"github.com/wharfinger/sdk/versori/versoritest"
)

func TestARecordingIsUploadedAndPutIntoWords(t *testing.T) {
	t.Parallel()
	s, a, recording := newRecording(t, sdk.Optional[int]{})
	wantRecording(t, s, a, recording.ID, versori.AutomationJobStatusPending, "") // nobody has asked
	wantRecording(t, s, a, recording.ID, versori.AutomationJobStatusPending, "")
	assert.Equal(t, "upload", put(t, recording.URL, ""), http.StatusOK)
	requests := s.Requests()
	assert.Equal(t, "body", string(requests[len(requests)-1].Body), "film")

	accepted := transcribe(t, s, a, recording.ID)
	assert.Equal(t, "status", accepted.Status, versori.AutomationJobStatusPending)
	wantRecording(t, s, a, recording.ID, versori.AutomationJobStatusRunning, "What happens")
	assert.Equal(t, "asked for again", transcribe(t, s, a, recording.ID).Status, versori.AutomationJobStatusRunning)
	wantRecording(t, s, a, recording.ID, versori.AutomationJobStatusCompleted, "What happens in invoices.")
	assert.Equal(t, "asked for anew", transcribe(t, s, a, recording.ID).Status, versori.AutomationJobStatusPending)
}

func TestATranscriptionFailsWithoutAFile(t *testing.T) {
	t.Parallel()
	s, a, recording := newRecording(t, sdk.Optional[int]{})
	transcribe(t, s, a, recording.ID)
	s.Advance(10 * time.Second)
	wantRecording(t, s, a, recording.ID, versori.AutomationJobStatusFailed, "")
}

func TestASeededRecordingHasItsFile(t *testing.T) {
	t.Parallel()
	s := versoritest.NewServer(t)
	a := s.PutAutomation(organisation, versori.Automation{Name: "a"}).ID
	pending := s.PutAutomationRecording(organisation, a, versori.AutomationRecording{Transcription: "Sign in."})
	wantRecording(t, s, a, pending.ID, versori.AutomationJobStatusPending, "")
	transcribe(t, s, a, pending.ID)
	s.Advance(10 * time.Second)
	wantRecording(t, s, a, pending.ID, versori.AutomationJobStatusCompleted, "Sign in.")
	running := s.PutAutomationRecording(organisation, a, versori.AutomationRecording{Status: versori.AutomationJobStatusRunning})
	wantRecording(t, s, a, running.ID, versori.AutomationJobStatusCompleted, "")
	failed := s.PutAutomationRecording(organisation, a, versori.AutomationRecording{Status: versori.AutomationJobStatusFailed})
	wantRecording(t, s, a, failed.ID, versori.AutomationJobStatusFailed, "")
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	t.Run("another signature", func(t *testing.T) {
		t.Parallel()
		_, _, recording := newRecording(t, sdk.Optional[int]{})
		assert.Equal(t, "status", put(t, recording.URL+"0", ""), http.StatusForbidden)
	})
	t.Run("no such recording", func(t *testing.T) {
		t.Parallel()
		_, _, recording := newRecording(t, sdk.Optional[int]{})
		assert.Equal(t, "status", put(t, strings.Replace(recording.URL, recording.ID, other, 1), ""), http.StatusForbidden)
	})
	t.Run("too late", func(t *testing.T) {
		t.Parallel()
		s, a, recording := newRecording(t, sdk.Some(60))
		s.Advance(time.Minute)
		assert.Equal(t, "status", put(t, recording.URL, ""), http.StatusForbidden)
		transcribe(t, s, a, recording.ID)
		s.Advance(10 * time.Second)
		wantRecording(t, s, a, recording.ID, versori.AutomationJobStatusFailed, "")
	})
	t.Run("another method", func(t *testing.T) {
		t.Parallel()
		_, _, recording := newRecording(t, sdk.Optional[int]{})
		answer, err := http.Get(recording.URL)
		must(t, err)
		must(t, answer.Body.Close())
		assert.Equal(t, "status", answer.StatusCode, http.StatusMethodNotAllowed)
	})
	t.Run("with a token, which is a problem of the test", func(t *testing.T) {
		t.Parallel()
		s, r := newRecorded(t)
		a := s.PutAutomation(organisation, versori.Automation{Name: "a"})
		recording, err := s.Client().AutomationRecordings.Create(t.Context(), a.ID, versori.AutomationRecordingCreate{
			FileName: "a", ContentType: "video/webm",
		})
		must(t, err)
		assert.Equal(t, "status", put(t, recording.URL, "Bearer "+versoritest.Token), http.StatusBadRequest)
		assert.Lines(t, r.Reported(), []string{"versoritest: the upload of a recording carries a token"})
	})
}

func TestRecordingsThatAreRefused(t *testing.T) {
	t.Parallel()
	s, a, recording := newRecording(t, sdk.Optional[int]{})
	_, err := s.Client().AutomationRecordings.Create(t.Context(), a, versori.AutomationRecordingCreate{
		FileName: "a", ContentType: "video/webm", ExpirySeconds: sdk.Some(0),
	})
	wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+
		`"fields":[{"field":"expirySeconds","message":"must be greater than 0"}]}`)
	_, err = s.Client().AutomationRecordings.Transcribe(t.Context(), a, recording.ID, versori.TranscriptionCreate{RecordingID: other})
	wantAnswer(t, err, 400, `{"code":"400001","message":"The request is not valid",`+
		`"fields":[{"field":"recording_id","message":"isn't the recording of the path"}]}`)
	_, err = s.Client().AutomationRecordings.Get(t.Context(), a, other)
	wantAnswer(t, err, 404, `{"code":"404001","message":"No such recording","details":"There is no recording `+other+`"}`)
}

// newRecording starts a server with an automation and a recording of it that has no file yet.
func newRecording(t *testing.T, expiry sdk.Optional[int]) (s *versoritest.Server, automation string, upload *versori.AutomationRecordingUpload) {
	t.Helper()
	s = versoritest.NewServer(t)
	a := s.PutAutomation(organisation, versori.Automation{Name: "a"})
	upload, err := s.Client().AutomationRecordings.Create(t.Context(), a.ID, versori.AutomationRecordingCreate{
		FileName: "invoices", ContentType: "video/webm", ExpirySeconds: expiry,
	})
	must(t, err)
	return s, a.ID, upload
}

// put uploads a file and gives the status of the answer.
func put(t *testing.T, url, authorization string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader("film"))
	must(t, err)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	answer, err := http.DefaultClient.Do(request)
	must(t, err)
	must(t, answer.Body.Close())
	return answer.StatusCode
}

func transcribe(t *testing.T, s *versoritest.Server, automation, id string) *versori.AutomationRecording {
	t.Helper()
	recording, err := s.Client().AutomationRecordings.Transcribe(t.Context(), automation, id, versori.TranscriptionCreate{
		RecordingID: strings.ToLower(id),
	})
	must(t, err)
	return recording
}

func wantRecording(t *testing.T, s *versoritest.Server, automation, id string, status versori.AutomationJobStatus, words string) {
	t.Helper()
	recording, err := s.Client().AutomationRecordings.Get(t.Context(), automation, id)
	must(t, err)
	assert.Equal(t, "status", recording.Status, status)
	assert.Equal(t, "words", recording.Transcription, words)
}
