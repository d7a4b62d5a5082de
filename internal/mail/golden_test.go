package mail_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"galley/internal/mail"
	"galley/internal/mail/mailtest"
)

var update = flag.Bool("update", false, "write the golden files")

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func options() mail.Options {
	return mail.Options{Shop: "Galley & Sons", Storefront: "https://shop.example", From: "shop@galley.example", Now: func() time.Time { return noon }}
}

// samples are the letters, each with what would break one that is not careful.
func samples() map[mail.Template]any {
	token := mail.TokenData{Token: "gc_a+b/c=&d", Hours: 24}
	order := mail.OrderData{
		Number: "K7F3-9QX2", Token: "ot_a+b", Discount: "-1.77 GBP", Delivery: "2.95 GBP", DeliveryName: "Royal <Mail>", Tax: "3.15 GBP", TaxIncluded: true,
		Total: "£18.88 GBP", ShipTo: []string{"Ada Lovelace", "1 High Street", "York", "GB"},
		Lines: []mail.OrderLineData{{Title: `Mug "<b>Tea</b>"`, Quantity: 2, Total: "£5.90 GBP"}, {Title: "Tea towel", Quantity: 1, Total: "£11.80 GBP"}},
	}
	parcel := order
	parcel.Parcel = mail.ParcelData{
		Lines: []mail.OrderLineData{{Title: `Mug "<b>Tea</b>"`, Quantity: 1}}, Carrier: "DPD & Co", Number: "1Z 999", URL: "https://dpd.example/?n=1Z%20999&lang=en",
	}
	bare := mail.OrderData{Number: "K7F3-9QX2", Token: "ot_a+b", Tax: "2.00 GBP", Total: "£12.00 GBP", Amount: "£5.90 GBP", Lines: order.Lines[1:]}
	return map[mail.Template]any{
		mail.ConfirmSignUp: token, mail.HasAccount: nil, mail.VerifyEmail: token, mail.NoAccount: nil, mail.PasswordChanged: nil,
		mail.ResetPassword:     mail.TokenData{Token: "gr_1", Hours: 1},
		mail.ConfirmEmail:      token,
		mail.EmailChanged:      mail.EmailChangedData{NewEmail: "a…@g…"},
		mail.NewDevice:         mail.NewDeviceData{Address: "2001:db8::1", UserAgent: "<script>alert(1)</script>", At: noon},
		mail.DeletionScheduled: mail.DeletionScheduledData{At: noon.AddDate(0, 0, 14)},
		mail.AccountDeleted:    nil, mail.OrderPlaced: order, mail.OrderCancelled: bare, mail.OrderExpired: bare,
		mail.OrderShipped: parcel, mail.OrderTracking: parcel, mail.OrderDelivered: parcel, mail.OrderRefunded: bare, mail.OrderAccess: bare,
	}
}

// TestLetters compares what arrives with testdata: a letter's headers, its text and its HTML.
func TestLetters(t *testing.T) {
	t.Parallel()
	for template, data := range samples() {
		t.Run(string(template), func(t *testing.T) {
			t.Parallel()
			sink := mailtest.New(t)
			mailer, err := mail.NewMailer(options(), sink.URL)
			if err != nil {
				t.Fatal(err)
			}
			l := mail.Letter{ID: "account.sign_up.7", To: "ada@galley.example", Name: "Ada Lovelace", Template: template, Data: data}
			if err := mailer.Send(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			letters := sink.Letters()
			if len(letters) != 1 {
				t.Fatalf("%d letters", len(letters))
			}
			got := letters[0].Readable(t)
			file := filepath.Join("testdata", string(template)+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			// In the text it stands as it is, in the HTML never.
			if _, html, _ := strings.Cut(got, "<!DOCTYPE"); strings.Contains(html, "<script>") || strings.Contains(html, "<b>Tea") {
				t.Error("what a client sent is HTML")
			}
		})
	}
}

func TestEachLetterHasASample(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("letters/*.tmpl")
	if err != nil || len(files) != len(samples())+1 { // and the layout
		t.Errorf("%d files, %v", len(files), err)
	}
	for _, template := range mail.Templates() {
		if _, ok := samples()[template]; !ok {
			t.Errorf("%s has none", template)
		}
	}
}

func TestALetterThatLacksSomethingIsAnError(t *testing.T) {
	t.Parallel()
	box, err := mail.NewBox(options())
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]mail.Letter{
		"its data":         {ID: "1", To: "ada@galley.example", Template: mail.OrderPlaced},
		"its token":        {ID: "1", To: "ada@galley.example", Template: mail.ResetPassword, Data: mail.TokenData{Hours: 1}},
		"its own data":     {ID: "1", To: "ada@galley.example", Template: mail.NewDevice, Data: mail.TokenData{Token: "x"}},
		"an id":            {To: "ada@galley.example", Template: mail.HasAccount},
		"an id of a word":  {ID: "1>\r\nBcc: x@y.example", To: "ada@galley.example", Template: mail.HasAccount},
		"an address alone": {ID: "1", To: "Eve <ada@galley.example>", Template: mail.HasAccount},
		"its words":        {ID: "1", To: "ada@galley.example", Template: "invoice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := box.Send(t.Context(), l); err == nil {
				t.Error("it was written")
			}
		})
	}
}
