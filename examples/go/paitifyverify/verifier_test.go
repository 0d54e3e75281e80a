package paitifyverify

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"
)

// What the wrapper adds to the library. The contract itself is for ../vectors.

var vectors struct {
	Now   int64
	JWKS  json.RawMessage
	Cases []struct{ Token string }
}

var charge = Charge{Amount: 5000, Currency: "USD", MerchantID: "mrc_books", TransactionID: "tx_1"}

func TestMain(m *testing.M) {
	data, err := os.ReadFile("../../../Tests/Vectors/tokens.json")
	if err == nil {
		err = json.Unmarshal(data, &vectors)
	}
	if err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func then() time.Time { return time.Unix(vectors.Now, 0) }

func newVerifier(t *testing.T, change func(*Options)) *Verifier {
	t.Helper()
	options := DefaultOptions("https://issuer.paitify.example", "paitify:processor")
	options.Now = then
	if change != nil {
		change(&options)
	}
	verifier, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { verifier.Close() })
	if _, err := verifier.InstallJWKS(vectors.JWKS, then()); err != nil {
		t.Fatal(err)
	}
	return verifier
}

func TestAnAuthorizationHasTheClaimsOfTheToken(t *testing.T) {
	found, err := newVerifier(t, nil).Verify(vectors.Cases[0].Token, charge)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		JTI, Sub, Company, Currency string
		MaxAmount                   int64 `json:"max_amount"`
		Iat, Exp                    int64
		Merchant                    struct{ ID string }
	}
	var keys struct{ Keys []struct{ Kid string } }
	if json.Unmarshal(found.Payload, &claims) != nil || json.Unmarshal(vectors.JWKS, &keys) != nil {
		t.Fatal("no JSON")
	}
	wanted := Authorization{
		ID: claims.JTI, AgentID: claims.Sub, CompanyID: claims.Company, MerchantID: claims.Merchant.ID,
		KeyID: keys.Keys[0].Kid, MaxAmount: claims.MaxAmount, Currency: claims.Currency,
		IssuedAt: time.Unix(claims.Iat, 0), ExpiresAt: time.Unix(claims.Exp, 0),
	}
	found.Payload = nil
	if wanted.ID == "" || !reflect.DeepEqual(found, wanted) {
		t.Errorf("%+v, not %+v", found, wanted)
	}
}

func TestWhatPanicsPermitsNothing(t *testing.T) {
	lost := newVerifier(t, func(o *Options) {
		o.ReplayClaim = func(string, string, time.Time, string) ReplayAnswer { panic("the table is away") }
	})
	_, err := lost.Verify(vectors.Cases[0].Token, charge)
	var failure *Error
	if !errors.As(err, &failure) || failure.Status.String() != "PAITIFY_E_REPLAY_UNAVAILABLE" {
		t.Errorf("a guard that panics: %v", err)
	}
	isBroken := false
	timeless := newVerifier(t, func(o *Options) {
		o.Now = func() time.Time {
			if isBroken {
				panic("no time")
			}
			return then()
		}
	})
	isBroken = true
	if _, err := timeless.Verify(vectors.Cases[0].Token, charge); !errors.Is(err, ErrIndeterminate) {
		t.Errorf("a clock that panics: %v", err)
	}
}

func TestARefusalIsOfOneOfTwoKinds(t *testing.T) {
	verifier := newVerifier(t, nil)
	_, err := verifier.Verify(vectors.Cases[0].Token+"\x00", charge)
	if !errors.Is(err, ErrRejected) || errors.Is(err, ErrIndeterminate) {
		t.Errorf("a token with a NUL: %v", err)
	}
	for _, currency := range []string{"", "USDX", "US", "a long one"} {
		other := charge
		other.Currency = currency
		_, err := verifier.Verify(vectors.Cases[0].Token, other)
		if !errors.Is(err, ErrIndeterminate) || errors.Is(err, ErrRejected) {
			t.Errorf("currency %q: %v", currency, err)
		}
	}
}

func TestWhatCWouldCutIsRefused(t *testing.T) {
	for _, leeway := range []time.Duration{-time.Second, 1500 * time.Millisecond, (1<<32 + 30) * time.Second} {
		options := DefaultOptions("https://issuer.paitify.example", "paitify:processor")
		options.Leeway = leeway
		if verifier, err := New(options); !errors.Is(err, ErrIndeterminate) || verifier != nil {
			t.Errorf("a leeway of %v: %v", leeway, err)
		}
	}
	if _, err := newVerifier(t, nil).LoadJWKSFile("a\x00path"); !errors.Is(err, ErrIndeterminate) {
		t.Errorf("a path with a NUL: %v", err)
	}
}

func TestAVerifierMayBeClosedWhileItIsUsed(t *testing.T) {
	var verifier *Verifier
	verifier = newVerifier(t, func(o *Options) {
		o.ReplayClaim = func(string, string, time.Time, string) ReplayAnswer {
			if err := verifier.Close(); err != nil {
				t.Error(err)
			}
			return First
		}
	})
	if _, err := verifier.Verify(vectors.Cases[0].Token, charge); err != nil {
		t.Errorf("closed meanwhile: %v", err)
	}
	if _, err := verifier.Verify(vectors.Cases[0].Token, charge); err != ErrClosed {
		t.Errorf("closed before: %v", err)
	}
	if err := verifier.Close(); err != ErrClosed || verifier.RefreshDueIn() >= 0 {
		t.Errorf("closed twice: %v", err)
	}
	verifier.RefreshFailed()
}

func TestGoroutinesShareAVerifierUntilOneClosesIt(t *testing.T) {
	verifier := newVerifier(t, nil)
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				_, err := verifier.Verify(vectors.Cases[0].Token, charge)
				if err == ErrClosed {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	for i := 0; i < 20; i++ {
		if _, err := verifier.InstallJWKS(vectors.JWKS, then()); err != nil {
			t.Error(err)
		}
		runtime.GC()
	}
	verifier.Close()
	group.Wait()
}

func TestSavedKeysAreLoaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := newVerifier(t, nil).SaveJWKSFile(path); err != nil {
		t.Fatal(err)
	}
	options := DefaultOptions("https://issuer.paitify.example", "paitify:processor")
	options.Now = then
	restarted, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	defer restarted.Close()
	if due := restarted.RefreshDueIn(); due != 0 {
		t.Errorf("due in %v without keys", due)
	}
	if leftOut, err := restarted.LoadJWKSFile(path); leftOut != "" || err != nil {
		t.Errorf("%q, %v", leftOut, err)
	}
	if due := restarted.RefreshDueIn(); due <= 0 {
		t.Errorf("due in %v with keys", due)
	}
	if _, err := restarted.Verify(vectors.Cases[0].Token, charge); err != nil {
		t.Error(err)
	}
}
