package versoritest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wharfinger/sdk/internal/fake"
	"github.com/wharfinger/sdk/versori"
)

// rows is what the platform has of one kind, in the order in which it came. What names a row are ids from the outside
// in: those of the organisation, of what it belongs to, its own. The zero value is empty and ready, and safe for
// concurrent use. Rows are copied as Go copies them, so a change replaces what a row points to.
type rows[T any] struct{ table fake.Table[row[T]] }

type row[T any] struct {
	key   string
	value T
}

func (t *rows[T]) get(ids ...string) (T, bool) {
	found, ok := t.table.Get(rowKey(ids))
	return found.value, ok
}

func (t *rows[T]) put(value T, ids ...string) {
	key := rowKey(ids)
	t.table.Put(key, row[T]{key, value})
}

// update changes a row in one step, unless change returns an error; false if there is none. The rows must not be used
// within change.
func (t *rows[T]) update(change func(*T) error, ids ...string) (T, bool, error) {
	changed, ok, err := t.table.Update(rowKey(ids), func(r *row[T]) error { return change(&r.value) })
	return changed.value, ok, err
}

func (t *rows[T]) delete(ids ...string) (T, bool) {
	gone, ok := t.table.Delete(rowKey(ids))
	return gone.value, ok
}

// below gives the rows whose ids begin with these, in order; never nil.
func (t *rows[T]) below(ids ...string) []T { return t.where(func(T) bool { return true }, ids...) }

// where gives the rows below these ids for which keep is true.
func (t *rows[T]) where(keep func(T) bool, ids ...string) []T {
	prefix := rowKey(ids)
	found := t.table.Select(func(r row[T]) bool { return strings.HasPrefix(r.key, prefix) && keep(r.value) })
	values := make([]T, len(found))
	for i := range found {
		values[i] = found[i].value
	}
	return values
}

// rowKey joins ids. ULIDs mean the same in capitals and small letters; other ids are taken as they are.
func rowKey(ids []string) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(fold(id))
		b.WriteByte(0)
	}
	return b.String()
}

func fold(id string) string {
	if ulid(id) {
		return strings.ToUpper(id)
	}
	return id
}

// ulid says whether an id is one that the document's check accepts.
func ulid(id string) bool {
	id = strings.ToUpper(id)
	return len(id) == 26 && id[0] <= '7' && strings.Trim(id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ""
}

// inPath are the ids in the path, from the outside in.
func inPath(r *fake.Request, params ...string) []string {
	ids := make([]string, len(params))
	for i, name := range params {
		ids[i] = r.Path(name)
	}
	return ids
}

// bodyOf reads the body, which has been checked: the error is for what the document allows and the type can't hold. A
// body that was left out is the zero value.
func bodyOf[B any](r *fake.Request) (body B, err error) {
	if len(r.Raw) == 0 {
		return body, nil
	}
	if err := r.Decode(&body); err != nil {
		return body, invalidRequest("The body can't be read")
	}
	return body, nil
}

// refusal is an answer that says no, on its way out of the function that found the reason.
type refusal struct{ answer fake.Response }

func (r *refusal) Error() string { return fmt.Sprintf("answered with %d", r.answer.Status) }

// missing is the answer where a path or a body names what isn't there.
func missing(what, id string) fake.Response {
	return failure(http.StatusNotFound, "No such "+what, "There is no "+what+" "+id)
}

// stamp is the platform's time as it stands in answers, to the microsecond.
func (s *Server) stamp() time.Time { return s.Now().Truncate(time.Microsecond) }

// refuse is a failure as an error.
func refuse(status int, message, details string, fields ...versori.ErrorField) error {
	return &refusal{failure(status, message, details, fields...)}
}

// misfit refuses one member of a body.
func misfit(field, message string) error {
	return refuse(http.StatusBadRequest, "The request is not valid", "", versori.ErrorField{Field: field, Message: message})
}

// refused is the answer to an error of refuse.
func refused(err error) fake.Response {
	var r *refusal
	if errors.As(err, &r) {
		return r.answer
	}
	return failure(http.StatusInternalServerError, "Something went wrong", err.Error())
}
