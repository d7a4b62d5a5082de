package mail_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"galley/internal/mail"
)

func TestTheBoxShowsItsLetters(t *testing.T) {
	t.Parallel()
	box, err := mail.NewBox(options())
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		box.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w
	}
	if w := get("/mail"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "none yet") {
		t.Errorf("an empty box: %d %s", w.Code, w.Body)
	}
	const letters = 103
	for i := range letters {
		l := letter()
		l.ID = fmt.Sprint("letter.", i+1)
		l.To = fmt.Sprintf("reader+%d&b=1@galley.example", i+1)
		if i == letters-1 {
			l.Template, l.Data = mail.ResetPassword, mail.TokenData{Token: "gp_secret", Hours: 1}
		}
		if err := box.Send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	list := get("/mail").Body.String()
	if n := strings.Count(list, "<tr><td>"); n != 100 {
		t.Errorf("%d letters are listed", n)
	}
	if strings.Contains(list, "&b=1") || !strings.Contains(list, "103&amp;b=1@") {
		t.Error("an address is HTML")
	}
	if strings.Index(list, "/mail/103") > strings.Index(list, "/mail/102") {
		t.Error("the latest is not the first")
	}
	page := get("/mail/103")
	for _, want := range []string{"https://shop.example/reset-password?token=gp_secret", "letter.103@galley.example", `sandbox="allow-popups`, `src="/mail/103/html"`} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the letter's page lacks %s", want)
		}
	}
	html := get("/mail/103/html")
	if !strings.Contains(html.Body.String(), `href="https://shop.example/reset-password?token=gp_secret"`) {
		t.Errorf("got %s", html.Body)
	}
	for path, w := range map[string]*httptest.ResponseRecorder{"page": page, "html": html} {
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	if policy := html.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "; sandbox") {
		t.Errorf("got %s", policy)
	}
	for _, path := range []string{"/mail/3", "/mail/104", "/mail/x", "/mail/103/text", "/mail/-1", "/mail/103/html/x"} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
