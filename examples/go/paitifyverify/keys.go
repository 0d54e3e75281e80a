package paitifyverify

/*
#include <paitifyverify.h>
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"strings"
	"time"
	"unsafe"
)

// InstallJWKS installs the keys of a document that was fetched then. It returns
// what was left out of it and why, to be logged. If it fails, the keys that were
// installed before still serve.
func (v *Verifier) InstallJWKS(jwks []byte, fetchedAt time.Time) (leftOut string, err error) {
	return v.install(func(particulars *C.paitify_error) C.int32_t {
		return C.paitify_install_jwks(v.c, bytesOf(jwks), C.int64_t(fetchedAt.Unix()), particulars)
	})
}

// InstallJWKSFreshFor is the same for an answer whose Cache-Control said max-age.
func (v *Verifier) InstallJWKSFreshFor(
	jwks []byte, fetchedAt time.Time, maxAge time.Duration,
) (leftOut string, err error) {
	seconds, err := wholeSeconds("maxAge", maxAge)
	if err != nil {
		return "", err
	}
	return v.install(func(particulars *C.paitify_error) C.int32_t {
		return C.paitify_install_jwks_fresh_for(v.c, bytesOf(jwks), C.int64_t(fetchedAt.Unix()), seconds, particulars)
	})
}

// LoadJWKSFile is InstallJWKS of a file, fetched when it was last changed.
func (v *Verifier) LoadJWKSFile(path string) (leftOut string, err error) {
	return v.withPath(path, func(path *C.char, particulars *C.paitify_error) C.int32_t {
		return C.paitify_load_jwks_file(v.c, path, particulars)
	})
}

// SaveJWKSFile writes the installed keys and their time of fetch, for a restart
// without a network.
func (v *Verifier) SaveJWKSFile(path string) error {
	_, err := v.withPath(path, func(path *C.char, particulars *C.paitify_error) C.int32_t {
		return C.paitify_save_jwks_file(v.c, path, particulars)
	})
	return err
}

// RefreshDueIn says how long until the keys should be fetched again: 0 is now.
// It is below 0 if the clock fails, or the verifier is closed.
func (v *Verifier) RefreshDueIn() time.Duration {
	if v.begin() != nil {
		return -1
	}
	defer v.end()
	return time.Duration(C.paitify_refresh_due_in_ms(v.c)) * time.Millisecond
}

// RefreshFailed tells that a fetch failed, so that the next attempt waits.
func (v *Verifier) RefreshFailed() {
	if v.begin() == nil {
		defer v.end()
		C.paitify_refresh_failed(v.c)
	}
}

func (v *Verifier) install(call func(*C.paitify_error) C.int32_t) (string, error) {
	if err := v.begin(); err != nil {
		return "", err
	}
	defer v.end()
	particulars := newParticulars()
	if err := errorOf(call(&particulars), &particulars); err != nil {
		return "", err
	}
	return C.GoString(&particulars.message[0]), nil
}

func (v *Verifier) withPath(path string, call func(*C.char, *C.paitify_error) C.int32_t) (string, error) {
	if strings.ContainsRune(path, 0) {
		return "", &Error{C.PAITIFY_E_ARGUMENT, fmt.Sprintf("the path %q has a NUL in it", path)}
	}
	cPath := C.CString(path)
	defer C.free(unsafe.Pointer(cPath))
	return v.install(func(particulars *C.paitify_error) C.int32_t { return call(cPath, particulars) })
}

func newParticulars() C.paitify_error {
	var particulars C.paitify_error
	particulars.struct_size = C.uint32_t(unsafe.Sizeof(particulars))
	return particulars
}

func bytesOf(data []byte) C.paitify_bytes {
	if len(data) == 0 {
		return C.paitify_bytes{}
	}
	return C.paitify_bytes{(*C.uint8_t)(&data[0]), C.size_t(len(data))}
}
