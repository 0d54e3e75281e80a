// Command charge makes three charges on one token: the first of the vectors,
// with the clock at its time.
//
//	charge VECTORS
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"time"

	"paitify.example/go/paitifyverify"
)

// claims is a replay guard for one process. Several share a table, where a
// claim is a row that can be inserted once.
type claims struct {
	mutex  sync.Mutex
	owners map[[2]string]string
}

func (c *claims) claim(issuer, jti string, _ time.Time, transactionID string) paitifyverify.ReplayAnswer {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	owner, isClaimed := c.owners[[2]string{issuer, jti}]
	switch {
	case !isClaimed:
		c.owners[[2]string{issuer, jti}] = transactionID
		return paitifyverify.First
	case owner == transactionID && transactionID != "":
		return paitifyverify.SameTransaction
	default:
		return paitifyverify.Seen
	}
}

func attempt(verifier *paitifyverify.Verifier, token string, charge paitifyverify.Charge) {
	authorization, err := verifier.Verify(token, charge)
	if err != nil {
		fmt.Printf("charge: %d %s as %s is declined: %v\n", charge.Amount, charge.Currency, charge.TransactionID, err)
		return
	}
	// Here, and nowhere else, a processor moves the money.
	fmt.Printf("charge: %s permits %d %s\n", authorization.ID, charge.Amount, charge.Currency)
}

func run(vectors string) error {
	var file struct {
		Now   int64
		JWKS  json.RawMessage
		Cases []struct{ Token string }
	}
	data, err := os.ReadFile(filepath.Join(vectors, "tokens.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	now, guard := time.Unix(file.Now, 0), claims{owners: map[[2]string]string{}}

	options := paitifyverify.DefaultOptions("https://issuer.paitify.example", "paitify:processor")
	options.Now = func() time.Time { return now } // a processor leaves this out, and has the system's clock
	options.ReplayClaim = guard.claim
	verifier, err := paitifyverify.New(options)
	if err != nil {
		return err
	}
	defer verifier.Close()
	if _, err := verifier.InstallJWKS(file.JWKS, now); err != nil {
		return err
	}

	token := file.Cases[0].Token
	charge := paitifyverify.Charge{Amount: 5001, Currency: "USD", MerchantID: "mrc_books", TransactionID: "tx_1"}
	attempt(verifier, token, charge)
	charge.Amount, charge.TransactionID = 5000, "tx_2"
	attempt(verifier, token, charge)
	charge.TransactionID = "tx_3"
	attempt(verifier, token, charge)
	return nil
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: charge VECTORS")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal("charge: ", err)
	}
}
