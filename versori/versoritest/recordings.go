package versoritest

import (
	"cmp"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// storage is where recordings are uploaded to, outside the API.
const storage = "/storage/recordings/"

// uploadLife is how long an upload address is good for unless the request says otherwise. The platform's isn't known.
const uploadLife = 15 * time.Minute

// recording is a recording of an automation and where its file is to go.
type recording struct {
	versori.AutomationRecording

	organisation, automation string

	signature string
	expires   time.Time
	uploaded  bool
	asked     bool // for a transcription
	job       job
}

func (s *Server) handleRecordings() {
	s.Handle("AutomationRecordings.List", s.listRecordings)
	s.Handle("AutomationRecordings.Create", s.createRecording)
	s.Handle("AutomationRecordings.Get", s.getRecording)
	s.Handle("AutomationRecordings.Transcribe", s.transcribe)
	s.Mount(storage, http.HandlerFunc(s.upload))
}

// PutAutomationRecording stores a recording, with its file, under its ID, a new one or in place of the one that has it,
// and returns what is stored. An empty ID is a new one; an empty Status is pending, and stays so until a transcription
// is asked for. Its Transcription is what that comes to. An automation that isn't there is a problem.
func (s *Server) PutAutomationRecording(organisation, automationID string, rec versori.AutomationRecording) versori.AutomationRecording {
	if _, ok := s.automations.get(organisation, automationID); !ok {
		s.Report("PutAutomationRecording: there is no automation %s", automationID)
		return versori.AutomationRecording{}
	}
	rec.ID = s.or(rec.ID)
	rec.Status = cmp.Or(rec.Status, versori.AutomationJobStatusPending)
	if !s.areULIDs("PutAutomationRecording", rec.ID) {
		return versori.AutomationRecording{}
	}
	s.recordings.put(recording{
		AutomationRecording: rec, organisation: organisation, automation: automationID, uploaded: true,
		asked: rec.Status != versori.AutomationJobStatusPending, job: jobAt(s.stamp(), rec.Status),
	}, organisation, automationID, rec.ID)
	return rec
}

// listRecordings answers them in the order in which they were made. It moves nothing on.
func (s *Server) listRecordings(r *fake.Request) fake.Response {
	if _, ok := s.automationOf(r); !ok {
		return missing("automation", r.Path("automation_id"))
	}
	list := []versori.AutomationRecording{}
	for _, found := range s.recordings.below(inPath(r, "organisation_id", "automation_id")...) {
		list = append(list, found.answer(s))
	}
	return fake.JSON(http.StatusOK, list)
}

func (s *Server) createRecording(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.AutomationRecordingCreate](r)
	if err != nil {
		return refused(err)
	}
	a, ok := s.automationOf(r)
	if !ok {
		return missing("automation", r.Path("automation_id"))
	}
	life := uploadLife
	if seconds, ok := body.ExpirySeconds.Get(); ok {
		life = time.Duration(seconds) * time.Second
	}
	if life <= 0 {
		return refused(misfit("expirySeconds", "must be greater than 0"))
	}
	made := recording{
		AutomationRecording: versori.AutomationRecording{ID: s.IDs.ULID(), Transcription: "What happens in " + body.FileName + "."},
		organisation:        r.Path("organisation_id"),
		automation:          a.ID,
		signature:           strconv.FormatInt(s.IDs.Number("signature")+0x5d414000, 16),
		expires:             s.stamp().Add(life),
	}
	s.recordings.put(made, made.organisation, a.ID, made.ID)
	return fake.JSON(http.StatusOK, versori.AutomationRecordingUpload{
		ID: made.ID, URL: s.Origin() + storage + made.ID + "?signature=" + made.signature,
	})
}

// upload takes the file of a recording. The address is all the right that it needs: a token would be given away to the
// storage.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	found := s.recordings.where(func(rec recording) bool { return rec.ID == path.Base(r.URL.Path) })
	switch {
	case r.Method != http.MethodPut:
		http.Error(w, "a file is uploaded by PUT", http.StatusMethodNotAllowed)
		return
	case r.Header.Get("Authorization") != "":
		s.Report("the upload of a recording carries a token")
		http.Error(w, "the address is signed, and takes no other authorization", http.StatusBadRequest)
		return
	case len(found) == 0 || found[0].signature == "" || r.URL.Query().Get("signature") != found[0].signature:
		http.Error(w, "the signature doesn't match", http.StatusForbidden)
		return
	case !s.Now().Before(found[0].expires):
		http.Error(w, "the address has expired", http.StatusForbidden)
		return
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, "the file can't be read", http.StatusBadRequest)
		return
	}
	_, _, _ = s.recordings.update(func(rec *recording) error {
		rec.uploaded = true
		return nil
	}, found[0].organisation, found[0].automation, found[0].ID)
}

func (s *Server) getRecording(r *fake.Request) fake.Response {
	return s.withRecording(r, http.StatusOK, func(rec *recording) {
		if rec.asked {
			rec.job.look()
		}
	})
}

// transcribe starts a transcription, unless one is under way. It fails where no file has been uploaded.
func (s *Server) transcribe(r *fake.Request) fake.Response {
	body, err := bodyOf[versori.TranscriptionCreate](r)
	if err != nil {
		return refused(err)
	}
	if fold(body.RecordingID) != fold(r.Path("recording_id")) {
		return refused(misfit("recording_id", "isn't the recording of the path"))
	}
	return s.withRecording(r, http.StatusAccepted, func(rec *recording) {
		if rec.job.status(s.stamp()); rec.asked && !rec.job.ended {
			return
		}
		end := versori.AutomationJobStatusCompleted
		if !rec.uploaded {
			end = versori.AutomationJobStatusFailed
		}
		rec.asked, rec.job = true, startJob(s.stamp(), end)
	})
}

// withRecording changes the recording that the path names and answers what it became.
func (s *Server) withRecording(r *fake.Request, status int, change func(*recording)) fake.Response {
	var answer versori.AutomationRecording
	_, ok, _ := s.recordings.update(func(rec *recording) error {
		change(rec)
		answer = rec.answer(s)
		return nil
	}, inPath(r, "organisation_id", "automation_id", "recording_id")...)
	if !ok {
		return missing("recording", r.Path("recording_id"))
	}
	return fake.JSON(status, answer)
}

// answer is the recording as it is now: without words at first and where there is nothing to put into words, with the
// first half of them while that is going on.
func (r *recording) answer(s *Server) versori.AutomationRecording {
	answer := r.AutomationRecording
	answer.Status = versori.AutomationJobStatusPending
	if r.asked {
		answer.Status = r.job.status(s.stamp())
	}
	switch letters := []rune(answer.Transcription); answer.Status {
	case versori.AutomationJobStatusCompleted:
	case versori.AutomationJobStatusRunning:
		answer.Transcription = string(letters[:len(letters)/2])
	default:
		answer.Transcription = ""
	}
	return answer
}
