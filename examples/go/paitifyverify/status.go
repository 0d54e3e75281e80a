package paitifyverify

// #include <paitifyverify.h>
import "C"

import "errors"

// Verdict is what to do about a status.
type Verdict int32

const (
	Valid         Verdict = C.PAITIFY_VALID         // make the charge
	Rejected      Verdict = C.PAITIFY_REJECTED      // decline for good
	Indeterminate Verdict = C.PAITIFY_INDETERMINATE // decline now, and retry once the cause is gone
)

// Status says how a call came out. Its number is stable. A later library may
// return one that is new: go by the verdict.
type Status int32

// String gives the name, such as PAITIFY_E_SIGNATURE.
func (s Status) String() string { return C.GoString(C.paitify_status_name(C.int32_t(s))) }

// Message is a sentence that says what was found and what to do.
func (s Status) Message() string { return C.GoString(C.paitify_status_message(C.int32_t(s))) }

// Verdict says what to do.
func (s Status) Verdict() Verdict { return Verdict(C.paitify_status_verdict(C.int32_t(s))) }

// An Error of Verify is ErrRejected or ErrIndeterminate, by errors.Is.
var (
	ErrRejected      = errors.New("rejected for good")
	ErrIndeterminate = errors.New("cannot be told now")
	// ErrClosed is what a verifier gives once it is closed. It is no Error.
	ErrClosed = errors.New("paitifyverify: the verifier is closed")
)

// Error is a call that failed.
type Error struct {
	Status  Status
	Message string
}

func (e *Error) Error() string { return e.Status.String() + ": " + e.Message }

// Is tells ErrRejected from ErrIndeterminate.
func (e *Error) Is(target error) bool {
	switch e.Status.Verdict() {
	case Rejected:
		return target == ErrRejected
	default:
		return target == ErrIndeterminate
	}
}

func errorOf(status C.int32_t, particulars *C.paitify_error) error {
	if status == C.PAITIFY_OK {
		return nil
	}
	message := Status(status).Message()
	if particulars != nil && particulars.message[0] != 0 {
		message = C.GoString(&particulars.message[0])
	}
	return &Error{Status(status), message}
}
