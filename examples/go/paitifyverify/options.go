package paitifyverify

/*
#include "bridge.h"
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"math"
	"runtime/cgo"
	"time"
	"unsafe"
)

// Algorithms is a sum of the constants below.
type Algorithms uint32

const (
	RS256 Algorithms = C.PAITIFY_ALG_RS256
	PS256 Algorithms = C.PAITIFY_ALG_PS256
	ES256 Algorithms = C.PAITIFY_ALG_ES256
	EdDSA Algorithms = C.PAITIFY_ALG_EDDSA
)

// ReplayAnswer is what a replay guard answers.
type ReplayAnswer int32

const (
	First           ReplayAnswer = C.PAITIFY_REPLAY_FIRST            // nobody claimed it before, and now it is claimed
	SameTransaction ReplayAnswer = C.PAITIFY_REPLAY_SAME_TRANSACTION // this very transaction did: a retry
	Seen            ReplayAnswer = C.PAITIFY_REPLAY_SEEN             // another transaction did
	Unavailable     ReplayAnswer = C.PAITIFY_REPLAY_UNAVAILABLE      // it cannot be told
)

// Options say what a verifier accepts. Begin with DefaultOptions. Durations
// are whole seconds; the functions are called by many goroutines at once, and
// one that panics permits nothing.
type Options struct {
	Issuer        string   // must equal iss to the letter
	Audiences     []string // one of them must be in aud
	Algorithms    Algorithms
	AcceptTest    bool // tokens of the test environment too
	Leeway        time.Duration
	MaxLifetime   time.Duration
	MaxTokenBytes uint32
	KeysFresh     time.Duration
	KeysMaxStale  time.Duration
	KeysCooldown  time.Duration

	// Now is the clock; nil is the system's.
	Now func() time.Time
	// ReplayClaim claims a token for one transaction, atomically. Nil is off.
	ReplayClaim func(issuer, jti string, expiresAt time.Time, transactionID string) ReplayAnswer
	// KeysWanted asks for the keys to be fetched again, and must not block. Nil
	// is for who asks RefreshDueIn.
	KeysWanted func(kid string)
}

// DefaultOptions are the library's defaults, for this issuer and one audience.
func DefaultOptions(issuer, audience string) Options {
	var made C.paitify_options
	C.paitify_options_init(&made, C.uint32_t(unsafe.Sizeof(made)))
	return Options{
		Issuer:        issuer,
		Audiences:     []string{audience},
		Algorithms:    RS256,
		Leeway:        time.Duration(made.leeway_s) * time.Second,
		MaxLifetime:   time.Duration(made.max_lifetime_s) * time.Second,
		MaxTokenBytes: uint32(made.max_token_bytes),
		KeysFresh:     time.Duration(made.keys_fresh_s) * time.Second,
		KeysMaxStale:  time.Duration(made.keys_max_stale_s) * time.Second,
		KeysCooldown:  time.Duration(made.keys_cooldown_s) * time.Second,
	}
}

// newVerifier makes C's verifier, to which the callbacks belong from then on.
func (o *Options) newVerifier() (*C.paitify_verifier, error) {
	var made C.paitify_options
	C.paitify_options_init(&made, C.uint32_t(unsafe.Sizeof(made)))
	for _, limit := range []struct {
		field *C.uint32_t
		value time.Duration
		name  string
	}{
		{&made.leeway_s, o.Leeway, "Leeway"},
		{&made.max_lifetime_s, o.MaxLifetime, "MaxLifetime"},
		{&made.keys_fresh_s, o.KeysFresh, "KeysFresh"},
		{&made.keys_max_stale_s, o.KeysMaxStale, "KeysMaxStale"},
		{&made.keys_cooldown_s, o.KeysCooldown, "KeysCooldown"},
	} {
		seconds, err := wholeSeconds(limit.name, limit.value)
		if err != nil {
			return nil, err
		}
		*limit.field = seconds
	}
	made.max_token_bytes = C.uint32_t(o.MaxTokenBytes)
	made.algorithms = C.uint32_t(o.Algorithms)
	if o.AcceptTest {
		made.flags = C.PAITIFY_ACCEPT_TEST
	}

	// What the options point to is copied by the library, and until then C's.
	var owned cMemory
	defer owned.free()
	made.issuer = owned.bytes(o.Issuer)
	if count := len(o.Audiences); count > 0 {
		made.audiences = (*C.paitify_bytes)(owned.add(C.calloc(C.size_t(count), C.size_t(unsafe.Sizeof(made.issuer)))))
		made.audience_count = C.size_t(count)
		list := unsafe.Slice(made.audiences, count)
		for i, audience := range o.Audiences {
			list[i] = owned.bytes(audience)
		}
	}

	handle := cgo.NewHandle(&callbacks{o.Now, o.ReplayClaim, o.KeysWanted})
	C.bridge_set_callbacks(
		&made, C.uintptr_t(handle), isSet(o.Now != nil), isSet(o.ReplayClaim != nil), isSet(o.KeysWanted != nil))
	var verifier *C.paitify_verifier
	particulars := newParticulars()
	if err := errorOf(C.paitify_verifier_new(&made, &verifier, &particulars), &particulars); err != nil {
		handle.Delete()
		return nil, err
	}
	return verifier, nil
}

func isSet(is bool) C.int {
	if is {
		return 1
	}
	return 0
}

// wholeSeconds refuses what C would cut.
func wholeSeconds(name string, value time.Duration) (C.uint32_t, error) {
	seconds := value / time.Second
	if value < 0 || value%time.Second != 0 || seconds > math.MaxUint32 {
		message := fmt.Sprintf("%s is %v; it takes whole seconds, 0 to %d", name, value, uint32(math.MaxUint32))
		return 0, &Error{C.PAITIFY_E_ARGUMENT, message}
	}
	return C.uint32_t(seconds), nil
}

// cMemory is freed together.
type cMemory []unsafe.Pointer

func (m *cMemory) add(block unsafe.Pointer) unsafe.Pointer {
	*m = append(*m, block)
	return block
}

func (m *cMemory) bytes(text string) C.paitify_bytes {
	return C.bridge_bytes(m.add(C.CBytes([]byte(text))), C.size_t(len(text)))
}

func (m *cMemory) free() {
	for _, block := range *m {
		C.free(block)
	}
}
