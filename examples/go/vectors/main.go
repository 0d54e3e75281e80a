// Command vectors runs every case of the contract's vectors through the library.
//
//	vectors VECTORS
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"paitify.example/go/paitifyverify"
)

type options struct {
	Issuer        *string
	Audiences     []string
	Algorithms    []string
	AcceptTest    *bool   `json:"accept_test"`
	Leeway        *int64  `json:"leeway_s"`
	MaxLifetime   *int64  `json:"max_lifetime_s"`
	MaxTokenBytes *uint32 `json:"max_token_bytes"`
	KeysFresh     *int64  `json:"keys_fresh_s"`
	KeysMaxStale  *int64  `json:"keys_max_stale_s"`
}

type charge struct {
	Amount        int64
	Currency      string
	MerchantID    string `json:"merchant_id"`
	TransactionID string `json:"transaction_id"`
	Exact         bool
	AnyMerchant   bool `json:"any_merchant"`
}

type claim struct {
	Issuer        string
	JTI           string
	ExpiresAt     int64  `json:"expires_at"`
	TransactionID string `json:"transaction_id"`
}

type step struct {
	Now       int64
	Document  string
	FetchedAt int64 `json:"fetched_at"`
	Token     *string
	Status    string
}

type row struct {
	Name    string
	Options options
	Status  string
	// Tokens.
	Token   *string
	Charge  *charge
	Replay  *string
	Claimed *claim
	// Key sets.
	Document    string
	LeftOut     int    `json:"left_out"`
	TokenStatus string `json:"token_status"`
	// Sequences.
	Steps []step
}

type file struct {
	Options options
	Now     int64
	JWKS    json.RawMessage
	Charge  charge
	Cases   []row
}

// found is what a case gave that it should not have.
type found []string

func compare[T comparable](f *found, what string, got, want T) {
	if got != want {
		*f = append(*f, fmt.Sprintf("%s%v, not %v", what, got, want))
	}
}

// change sets the options that are given.
func (given options) change(made *paitifyverify.Options) {
	if given.Issuer != nil {
		made.Issuer = *given.Issuer
	}
	if given.Audiences != nil {
		made.Audiences = given.Audiences
	}
	if given.Algorithms != nil {
		made.Algorithms = 0
		for _, name := range given.Algorithms {
			made.Algorithms |= map[string]paitifyverify.Algorithms{
				"RS256": paitifyverify.RS256, "PS256": paitifyverify.PS256,
				"ES256": paitifyverify.ES256, "EdDSA": paitifyverify.EdDSA,
			}[name]
		}
	}
	if given.AcceptTest != nil {
		made.AcceptTest = *given.AcceptTest
	}
	if given.MaxTokenBytes != nil {
		made.MaxTokenBytes = *given.MaxTokenBytes
	}
	for value, seconds := range map[*time.Duration]*int64{
		&made.Leeway: given.Leeway, &made.MaxLifetime: given.MaxLifetime,
		&made.KeysFresh: given.KeysFresh, &made.KeysMaxStale: given.KeysMaxStale,
	} {
		if seconds != nil {
			*value = time.Duration(*seconds) * time.Second
		}
	}
}

func (f *file) verifier(r *row, now *int64, guard func(claim) paitifyverify.ReplayAnswer) *paitifyverify.Verifier {
	made := paitifyverify.DefaultOptions("", "")
	f.Options.change(&made)
	r.Options.change(&made)
	made.Now = func() time.Time { return time.Unix(*now, 0) }
	if guard != nil {
		made.ReplayClaim = func(issuer, jti string, expiresAt time.Time, tx string) paitifyverify.ReplayAnswer {
			return guard(claim{issuer, jti, expiresAt.Unix(), tx})
		}
	}
	verifier, err := paitifyverify.New(made)
	if err != nil {
		log.Fatalf("vectors: %s: %v", r.Name, err)
	}
	return verifier
}

func status(err error) string {
	var failure *paitifyverify.Error
	switch {
	case err == nil:
		return "PAITIFY_OK"
	case errors.As(err, &failure):
		return failure.Status.String()
	default:
		return err.Error()
	}
}

func (c charge) verify(verifier *paitifyverify.Verifier, token string) (paitifyverify.Authorization, string) {
	authorization, err := verifier.Verify(token, paitifyverify.Charge(c))
	return authorization, status(err)
}

func runToken(f *file, r *row) (found found) {
	var asked []claim
	var guard func(claim) paitifyverify.ReplayAnswer
	if r.Replay != nil {
		guard = func(c claim) paitifyverify.ReplayAnswer {
			asked = append(asked, c)
			return map[string]paitifyverify.ReplayAnswer{
				"FIRST": paitifyverify.First, "SAME_TRANSACTION": paitifyverify.SameTransaction,
				"SEEN": paitifyverify.Seen, "UNAVAILABLE": paitifyverify.Unavailable,
			}[*r.Replay]
		}
	}
	verifier := f.verifier(r, &f.Now, guard)
	defer verifier.Close()
	if _, err := verifier.InstallJWKS(f.JWKS, time.Unix(f.Now, 0)); err != nil {
		return []string{err.Error()}
	}
	about := f.Charge
	if r.Charge != nil {
		about = *r.Charge
	}
	authorization, got := about.verify(verifier, *r.Token)
	compare(&found, "", got, r.Status)
	var claims []claim
	if r.Claimed != nil {
		claims = append(claims, *r.Claimed)
	}
	compare(&found, "the replay guard was asked ", fmt.Sprint(asked), fmt.Sprint(claims))
	compare(&found, "a payload is exposed: ", len(authorization.Payload) > 0, got == "PAITIFY_OK")
	compare(&found, "an amount is exposed: ", authorization.MaxAmount > 0, got == "PAITIFY_OK")
	return found
}

func runKeySet(f *file, r *row) (found found) {
	verifier := f.verifier(r, &f.Now, nil)
	defer verifier.Close()
	leftOut, err := verifier.InstallJWKS([]byte(r.Document), time.Unix(f.Now, 0))
	compare(&found, "", status(err), r.Status)
	if err == nil {
		compare(&found, "a key was left out: ", leftOut != "", r.LeftOut > 0)
	}
	if r.Token != nil {
		_, got := f.Charge.verify(verifier, *r.Token)
		compare(&found, "then ", got, r.TokenStatus)
	}
	return found
}

func runSequence(f *file, r *row) (found found) {
	var now int64
	verifier := f.verifier(r, &now, nil)
	defer verifier.Close()
	for i, step := range r.Steps {
		now = step.Now
		var got string
		if step.Token != nil {
			_, got = f.Charge.verify(verifier, *step.Token)
		} else {
			_, err := verifier.InstallJWKS([]byte(step.Document), time.Unix(step.FetchedAt, 0))
			got = status(err)
		}
		compare(&found, fmt.Sprintf("step %d: ", i+1), got, step.Status)
	}
	return found
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: vectors VECTORS")
	}
	run, right := 0, 0
	for _, kind := range []struct {
		name  string
		judge func(*file, *row) found
	}{{"tokens", runToken}, {"algorithms", runToken}, {"key-sets", runKeySet}, {"sequences", runSequence}} {
		var f file
		data, err := os.ReadFile(filepath.Join(os.Args[1], kind.name+".json"))
		if err == nil {
			err = json.Unmarshal(data, &f)
		}
		if err != nil {
			log.Fatalf("vectors: %s: %v", kind.name, err)
		}
		for i := range f.Cases {
			found := kind.judge(&f, &f.Cases[i])
			for _, line := range found {
				fmt.Printf("%s: %s: %s\n", kind.name, f.Cases[i].Name, line)
			}
			run++
			if len(found) == 0 {
				right++
			}
		}
	}
	fmt.Printf("vectors: %d cases, %d as the contract says\n", run, right)
	if run == 0 || right != run {
		os.Exit(1)
	}
}
