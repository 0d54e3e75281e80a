// Package paitifyverify is libpaitifyverify in Go: it verifies Paitify spend
// authorizations offline, through cgo.
//
//	options := paitifyverify.DefaultOptions("https://issuer.example", "paitify:processor")
//	options.ReplayClaim = claim
//	verifier, err := paitifyverify.New(options)
//	defer verifier.Close()
//	_, err = verifier.LoadJWKSFile("jwks.json")
//
//	charge := paitifyverify.Charge{Amount: 1999, Currency: "USD", MerchantID: "m_aws", TransactionID: "tx_1"}
//	authorization, err := verifier.Verify(token, charge)
//	switch {
//	case err == nil: // Here, and nowhere else, make the charge.
//	case errors.Is(err, paitifyverify.ErrRejected): // decline for good
//	default: // decline now, and retry once the cause is gone
//	}
package paitifyverify

/*
#cgo pkg-config: paitifyverify
#include "bridge.h"

static int32_t bridge_verify(paitify_verifier *verifier, _GoString_ token, uint32_t flags, int64_t amount,
                             _GoString_ currency, _GoString_ merchant_id, _GoString_ transaction_id,
                             paitify_result *result)
{
    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.flags = flags;
    charge.amount = amount;
    bridge_set_currency(&charge, _GoStringPtr(currency), _GoStringLen(currency));
    charge.merchant_id = bridge_bytes(_GoStringPtr(merchant_id), _GoStringLen(merchant_id));
    charge.transaction_id = bridge_bytes(_GoStringPtr(transaction_id), _GoStringLen(transaction_id));
    return paitify_verify(verifier, bridge_bytes(_GoStringPtr(token), _GoStringLen(token)), &charge, result);
}
*/
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Charge is what is about to be charged.
type Charge struct {
	Amount        int64  // minor units: 4200 is 42.00 USD
	Currency      string // ISO 4217
	MerchantID    string
	TransactionID string // the processor's own, by which a replay guard knows a retry
	Exact         bool   // the amount must equal the authorized one, not just stay within it
	AnyMerchant   bool   // do not compare the merchant
}

// Authorization is a token that permits the charge it was verified against.
type Authorization struct {
	ID, AgentID, CompanyID string
	MerchantID             string // empty where the token names none
	KeyID                  string
	MaxAmount              int64
	Currency               string
	IssuedAt, ExpiresAt    time.Time
	Payload                []byte // the verified JSON
}

// Verifier verifies the tokens of one issuer. All its methods may be called by
// any goroutines at once, Close too: calls that are under way finish.
type Verifier struct {
	c *C.paitify_verifier
	// The calls under way, and one more until Close.
	uses   atomic.Int64
	closed atomic.Bool
}

// New makes a verifier that has no keys yet. Close it.
func New(options Options) (*Verifier, error) {
	c, err := options.newVerifier()
	if err != nil {
		return nil, err
	}
	v := &Verifier{c: c}
	v.uses.Store(1)
	// For who forgets to close. (From Go 1.24 on runtime.AddCleanup is the better way.)
	runtime.SetFinalizer(v, (*Verifier).Close)
	return v, nil
}

// Close gives the verifier up. It gives ErrClosed if that was done before.
func (v *Verifier) Close() error {
	if v.closed.Swap(true) {
		return ErrClosed
	}
	runtime.SetFinalizer(v, nil)
	v.end()
	return nil
}

// begin keeps the verifier until end is called.
func (v *Verifier) begin() error {
	for uses := v.uses.Load(); uses > 0 && !v.closed.Load(); uses = v.uses.Load() {
		if v.uses.CompareAndSwap(uses, uses+1) {
			return nil
		}
	}
	return ErrClosed
}

func (v *Verifier) end() {
	if v.uses.Add(-1) == 0 {
		C.paitify_verifier_release(v.c)
	}
}

// Verify returns nil if the token permits the charge, and has then claimed it
// of the replay guard. Else the error is an Error, or ErrClosed.
func (v *Verifier) Verify(token string, charge Charge) (Authorization, error) {
	if err := v.begin(); err != nil {
		return Authorization{}, err
	}
	defer v.end()
	result := results.Get().(*result)
	defer results.Put(result)
	if result.c == nil {
		return Authorization{}, errorOf(C.PAITIFY_E_NO_MEMORY, nil)
	}
	var flags C.uint32_t
	if charge.Exact {
		flags |= C.PAITIFY_CHARGE_EXACT
	}
	if charge.AnyMerchant {
		flags |= C.PAITIFY_CHARGE_ANY_MERCHANT
	}
	status := C.bridge_verify(
		v.c, token, flags, C.int64_t(charge.Amount), charge.Currency, charge.MerchantID, charge.TransactionID, result.c)
	if status != C.PAITIFY_OK {
		return Authorization{}, errorOf(status, nil)
	}
	claims := C.bridge_claims_of(result.c)
	return Authorization{
		ID:         text(claims.authorization_id),
		AgentID:    text(claims.agent_id),
		CompanyID:  text(claims.company_id),
		MerchantID: text(claims.merchant_id),
		KeyID:      text(claims.key_id),
		MaxAmount:  int64(claims.max_amount),
		Currency:   text(claims.currency),
		IssuedAt:   time.Unix(int64(claims.issued_at), 0),
		ExpiresAt:  time.Unix(int64(claims.expires_at), 0),
		Payload:    []byte(text(claims.payload)),
	}, nil
}

// result is C's, which one call at a time uses.
type result struct{ c *C.paitify_result }

// results keep their memory from one token to the next; those that the pool
// drops are freed.
var results = sync.Pool{New: func() any {
	made := &result{}
	if C.paitify_result_new(&made.c) == C.PAITIFY_OK {
		runtime.SetFinalizer(made, func(r *result) { C.paitify_result_free(r.c) })
	}
	return made
}}
