package paitifyverify

// #include "bridge.h"
import "C"

import (
	"log"
	"runtime/cgo"
	"runtime/debug"
	"time"
	"unsafe"
)

// callbacks are a verifier's, which C reaches through a handle.
type callbacks struct {
	now         func() time.Time
	replayClaim func(issuer, jti string, expiresAt time.Time, transactionID string) ReplayAnswer
	keysWanted  func(kid string)
}

func callbacksOf(context unsafe.Pointer) *callbacks {
	return cgo.Handle(uintptr(context)).Value().(*callbacks)
}

// survive ends a panic here, as it may not unwind through C.
func survive(name string) {
	if reason := recover(); reason != nil {
		log.Printf("paitifyverify: panic in %s: %v\n%s", name, reason, debug.Stack())
	}
}

func text(bytes C.paitify_bytes) string {
	return string(unsafe.Slice((*byte)(bytes.data), int(bytes.length)))
}

//export paitifyGoNow
func paitifyGoNow(context unsafe.Pointer) (seconds C.int64_t) {
	seconds = -1 // no time: PAITIFY_E_INTERNAL
	defer survive("Now")
	return C.int64_t(callbacksOf(context).now().Unix())
}

//export paitifyGoReplayClaim
func paitifyGoReplayClaim(
	context unsafe.Pointer, issuer, jti C.paitify_bytes, expiresAt C.int64_t, transactionID C.paitify_bytes,
) (answer C.int32_t) {
	answer = C.PAITIFY_REPLAY_UNAVAILABLE
	defer survive("ReplayClaim")
	claim := callbacksOf(context).replayClaim
	return C.int32_t(claim(text(issuer), text(jti), time.Unix(int64(expiresAt), 0), text(transactionID)))
}

//export paitifyGoKeysWanted
func paitifyGoKeysWanted(context unsafe.Pointer, kid C.paitify_bytes) {
	defer survive("KeysWanted")
	callbacksOf(context).keysWanted(text(kid))
}

//export paitifyGoRelease
func paitifyGoRelease(context unsafe.Pointer) {
	cgo.Handle(uintptr(context)).Delete()
}
