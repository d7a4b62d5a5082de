//go:build whole

package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// request is one to /query, a POST of JSON unless told.
type request struct {
	method, url, body string
	header            http.Header
}

// hostileRequest is a request that nobody means well by, and how it is answered: the status, and the codes of the errors. Each
// time it is a little different, so that nothing is answered from a cache.
type hostileRequest struct {
	want    string
	request func(n int) request
}

// hostileRequests are all there are.
var hostileRequests = sync.OnceValue(func() map[string]hostileRequest {
	all := map[string]hostileRequest{}
	for _, add := range []func(map[string]hostileRequest){hostileDocuments, selections, bodies, values, transports, hashes} {
		add(all)
	}
	return all
})

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func paired(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i+1)
	}
	return b.String()
}

func text(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// document asks by a document that has a number in a comment.
func document(want, query string) hostileRequest {
	return hostileRequest{want, func(n int) request {
		return request{body: `{"query":` + text(fmt.Sprintf("#%d\n%s", n, query)) + `}`}
	}}
}

// body sends a body as it is, with a number at its end or wherever it has a ☃.
func body(want, text string) hostileRequest {
	return hostileRequest{want, func(n int) request {
		return request{body: strings.Replace(text, "☃", fmt.Sprint(n), 1)}
	}}
}

const (
	refused    = "200 BAD_REQUEST"
	badInput   = "200 BAD_USER_INPUT"
	tooLarge   = "413 PAYLOAD_TOO_LARGE"
	tooComplex = "200 COMPLEXITY_LIMIT_EXCEEDED"
	unparsed   = "200 GRAPHQL_PARSE_FAILED"
	invalid    = "200 GRAPHQL_VALIDATION_FAILED"
	bad        = "400 BAD_REQUEST"
	answers    = "200"
)

// hostileDocuments are refused, by a limit or by validation.
func hostileDocuments(all map[string]hostileRequest) {
	const repeat = "products(first: 1) { nodes { id } }"
	for name, a := range map[string]hostileRequest{
		"deep: 10,000 selections in one another":   document(unparsed, strings.Repeat("{ a ", 10_000)),
		"deep: 10,000 lists in one another":        document(unparsed, "{ a(x: "+strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)+") }"),
		"deep: 900 inline fragments":               document(tooComplex, "{"+strings.Repeat(" ... {", 900)+" me { id }"+strings.Repeat(" }", 900)+" }"),
		"wide: 10,000 fields":                      document(tooComplex, "{"+numbered(" f%d", 10_000)+" }"),
		"wide: 10,000 times one field":             document(tooComplex, "{ me {"+strings.Repeat(" id", 10_000)+" } }"),
		"wide: twelve pages of a hundred":          document(tooComplex, "{"+numbered(" a%d: products(first: 100) { nodes { id title slug description status inStock taxCategory createdAt updatedAt version priceFrom { amount } } }", 12)+" }"),
		"wide: 1,500 times one field with others":  document(tooComplex, "{"+strings.Repeat(" "+repeat, 400)+" }"),
		"wide: 4,900 times one field of a page":    document(tooComplex, "{ products(first: 1) { nodes {"+strings.Repeat(" id", 4_900)+" } } }"),
		"long: 4,800 typing mistakes":              document(invalid, "{ products(first: 1) { nodes {"+numbered(" titel%d", 4_800)+" } } }"),
		"deep: 13 levels of products and variants": document(tooComplex, "{ products(first: 1) { nodes"+strings.Repeat(" { variants { product", 13)+" { id }"+strings.Repeat(" } }", 13)+" } }"),
		"wide: a hundred ids that are none":        document("200 BAD_USER_INPUT", `{ nodes(ids: [`+strings.Repeat(`"x" `, 100)+`]) { id } }`),
		"wide: 10,000 ids":                         document(tooComplex, `{ nodes(ids: [`+strings.Repeat(`"x" `, 10_000)+`]) { id } }`),
		"wide: 600 operations":                     document(tooComplex, numbered("query q%d { me { id } } ", 600)),
		"wide: 1,200 variables":                    document(invalid, "query("+numbered("$v%d: Int ", 1_200)+") { me { id } }"),
		"wide: 1,200 arguments":                    document(invalid, "{ products("+numbered("a%d: 1 ", 1_200)+") { totalCount } }"),
		"aliased: 1,000 fields":                    document(tooComplex, "{"+numbered(" a%d: me { id }", 1_000)+" }"),
		"aliased: 21 mutations":                    document(tooComplex, "mutation {"+numbered(" a%d: cartCreate { cart { id } }", 21)+" }"),
		"directives: 700 at a field":               document(tooComplex, "{ me "+strings.Repeat("@include(if: true) ", 700)+"{ id } }"),
		"directives: 2,000 that do not exist":      document(tooComplex, "{ me "+numbered("@d%d ", 2_000)+"{ id } }"),
		"directives: 4,900 in one name":            document(tooComplex, "{ me "+strings.Repeat("@a", 2_400)+" { id } }"),
		"fragment bomb: 27 that double":            document(tooComplex, "{ me { ...F0 } }"+paired(" fragment F%d on User { ...F%[2]d ...F%[2]d }", 27)+" fragment F27 on User { id }"),
		"fragment bomb: 27 that double fields":     document(tooComplex, doubling(27)),
		"fragment bomb: a chain of 1,500":          document(tooComplex, "{ me { ...F0 } }"+paired(" fragment F%d on User { ...F%d }", 1_500)+" fragment F1500 on User { id }"),
		"circular: a fragment that spreads itself": document(invalid,
			"{ me { ...F } } fragment F on User { orders(first: 1) { nodes { user { ...F } } } }"),
		"circular: a ring of fragments":          document(invalid, "{ me { ...F0 } }"+paired(" fragment F%d on User { ...F%d }", 25)+" fragment F25 on User { ...F0 }"),
		"circular: introspection":                document(invalid, "{ __schema { types {"+strings.Repeat(" fields { type {", 10)+" name"+strings.Repeat(" } }", 10)+" } } }"),
		"circular: types of types":               document(invalid, `{ __type(name: "Query") {`+strings.Repeat(" ofType {", 26)+" name"+strings.Repeat(" }", 26)+" } }"),
		"long: a megabyte of [":                  document(tooComplex, strings.Repeat("[", 1_000_000)),
		"long: a megabyte of {":                  document(tooComplex, strings.Repeat("{", 1_000_000)),
		"long: 60 KB of [":                       document(unparsed, "{ me(x: "+strings.Repeat("[", 60_000)+") }"),
		"long: 60 KB of comments":                document(tooComplex, "{ me { id } }"+strings.Repeat("#\n", 30_000)),
		"long: a name of 60 KB":                  document(tooComplex, "{ "+strings.Repeat("u", 60_000)+" }"),
		"long: a string of 60 KB":                document(invalid, `{ products(first: "`+strings.Repeat("x", 60_000)+`") { totalCount } }`),
		"long: a block string of 60 KB of lines": document(invalid, `{ products(first: """`+strings.Repeat("\n ", 30_000)+`""") { totalCount } }`),
		"long: 44 KB of typing mistakes":         document(tooComplex, "{"+strings.Repeat(" nam prodcts ordr", 2_600)+" }"),
		"text: a null byte":                      document(unparsed, "{ me { id\x00 } }"),
		"text: a byte order mark within":         document(unparsed, "{ me { \ufeff\u202eid\u2028 } ☃ }"),
		"text: an escape of half a character":    document(answers, `{ products(filter: {query: "\ud800"}) { totalCount } }`),
	} {
		all["document, "+name] = a
	}
}

// doubling are fragments each of which has the next twice.
func doubling(n int) string {
	return "{ products(first: 1) { nodes { ...F0 } } }" +
		paired(" fragment F%d on Product { a%[1]d: variants { product { ...F%[2]d } } b%[1]d: variants { product { ...F%[2]d } } }", n) +
		fmt.Sprintf(" fragment F%d on Product { id }", n)
}

const atTheLimits = "at the limits, "

// selections are documents within the limits. They are answered.
func selections(all map[string]hostileRequest) {
	const fields = "{ id slug title description status priceFrom { amount currencyCode } inStock taxCategory createdAt updatedAt version }"
	for name, a := range map[string]hostileRequest{
		"equal fields at three levels":         document(answers, "{ products(first: 1) { nodes {"+strings.Repeat(" variants { id product { id title variants { id sku } } }", 40)+" } } }"),
		"a hundred directives":                 document(answers, "{ products(first: 1) { nodes { id "+strings.Repeat("@include(if: true) ", 1)+numbered(" a%d: id @skip(if: false)", 29)+" } } }"),
		"thirty aliases of a list":             document(answers, "{ products(first: 10) { nodes {"+numbered(" a%d: variants { id }", 30)+" } } }"),
		"fragments that double twice":          document(answers, doubling(2)),
		"a chain of 26 fragments":              document(answers, "{ products(first: 1) { nodes { ...F0 } } }"+paired(" fragment F%d on Product { ...F%d }", 25)+" fragment F25 on Product { id }"),
		"a page of a hundred, all fields":      document(answers, "{ products(first: 100) { nodes "+fields+" } }"),
		"ten pages of a hundred, all fields":   document(answers, "{"+numbered(" a%d: products(first: 100, offset: %[1]d) { nodes "+fields+" }", 10)+" }"),
		"a hundred products with all variants": document(answers, "{ products(first: 100) { nodes { id variants { id sku title price { amount currencyCode } available version } } } }"),
		"twenty searches":                      document(answers, "{"+numbered(` a%d: products(first: 1, filter: {query: "e%[1]d"}) { totalCount nodes { id } }`, 20)+" }"),
		"twenty pages of a hundred":            document(answers, "{"+numbered(" a%d: products(first: 100, offset: %[1]d) { nodes { id title } }", 20)+" }"),
		"a deep offset":                        document(answers, "{"+numbered(" a%d: products(first: 1, offset: 100000) { nodes { id } }", 20)+" }"),
		"twenty carts":                         document(answers, "mutation {"+numbered(" a%d: cartCreate { cart { id } }", 20)+" }"),
	} {
		all[atTheLimits+name] = a
	}
}

// bodies are of JSON, more or less.
func bodies(all map[string]hostileRequest) {
	const list = `{"query":"query($f: ProductFilter) { products(filter: $f) { totalCount } }","variables":`
	for name, a := range map[string]hostileRequest{
		"nothing":                           body(bad, ``),
		"null":                              body(bad, `null`),
		"a megabyte of [":                   body(bad, strings.Repeat("[", 1_000_000)),
		"a megabyte of {\"a\":":             body(tooLarge, strings.Repeat(`{"a":`, 200_000)),
		"two megabytes":                     body("413 PAYLOAD_TOO_LARGE", strings.Repeat(" ", 2<<20)),
		"80,000 unknown parameters":         body(tooLarge, `{"query":"{ me { id } }"`+numbered(`,"k%d":0`, 80_000)+`}`),
		"a document that is there twice":    body(bad, `{"query":"{ me { id } }","query":"{ me { id } }"}`),
		"something behind it":               body(bad, `{"query":"{ me { id } }"}{}`),
		"variables as deep as JSON goes":    body(badInput, list+`{"f":`+strings.Repeat("[", 9_990)+strings.Repeat("]", 9_990)+`}}`),
		"variables without end":             body(tooLarge, list+`{"f":`+strings.Repeat(`{"and":[`, 100_000)),
		"variables in a filter of filters":  body(badInput, list+`{"f":`+strings.Repeat(`{"and":[`, 1_000)+strings.Repeat(`]}`, 1_000)+`}}`),
		"300,000 values":                    body(tooLarge, list+`{"f":[`+strings.Repeat("1,", 300_000)+`1]}}`),
		"a key of a megabyte":               body(badInput, list+`{"f":{"`+strings.Repeat("k", 1_000_000)+`":1}}}`),
		"a number of a megabyte":            body(badInput, list+`{"f":{"query":`+strings.Repeat("9", 1_000_000)+`}}}`),
		"a number of endless size":          body(badInput, list+`{"f":1e999999999}}`),
		"an operation's name of a megabyte": body(refused, `{"query":"{ me { id } }","operationName":"`+strings.Repeat("n", 1_000_000)+`"}`),
		"bytes that are no UTF-8":           body(bad, "{\"query\":\"{ me { id } } #\xff\xfe\xc0\x80\"}"),
		"half a character":                  body(answers, `{"query":"{ me { id } } #\ud800"}`),
		"a null byte":                       body(bad, "{\"query\":\"{ me { id } }\x00\"}"),
		"a batch of ten":                    body(bad, `[`+strings.Repeat(`{"query":"{ me { id } }"},`, 9)+`{"query":"{ me { id } }"}]`),
		"a batch of 30,000":                 body(bad, `[`+strings.Repeat(`{"query":"{ me { id } }"},`, 30_000)+`{}]`),
		"a batch of batches":                body(bad, strings.Repeat("[", 5_000)+`{"query":"{ me { id } }"}`+strings.Repeat("]", 5_000)),
		"a batch of nothing":                body(bad, `[]`),
	} {
		all["body, "+name] = a
	}
}

// values are of another type than they should.
func values(all map[string]hostileRequest) {
	const (
		number = `{"query":"query($n: Int) { products(first: $n) { totalCount } }","variables":{"n":`
		id     = `{"query":"query($i: ID!) { node(id: $i) { id } }","variables":{"i":`
		filter = `{"query":"query($f: ProductFilter) { products(filter: $f) { totalCount } }","variables":{"f":`
	)
	for name, a := range map[string]hostileRequest{
		"a document that is a list":           body(bad, `{"query":["{ me { id } }"]}`),
		"a document that is a number":         body(bad, `{"query":1}`),
		"an operation's name that is a map":   body(bad, `{"query":"{ me { id } }","operationName":{}}`),
		"variables that are a list":           body(bad, `{"query":"{ me { id } }","variables":[]}`),
		"variables that are text":             body(bad, `{"query":"{ me { id } }","variables":"{}"}`),
		"extensions that are text":            body(bad, `{"query":"{ me { id } }","extensions":"x"}`),
		"text for a number":                   body(badInput, number+`"5"}}`),
		"a number that does not fit":          body(badInput, number+`99999999999999999999}}`),
		"a fraction for a number":             body(badInput, number+`1.5}}`),
		"a list for an id":                    body(badInput, id+`[["x"]]}}`),
		"null for what must be":               body(badInput, id+`null}}`),
		"a map for text":                      body(badInput, filter+`{"query":{"x":1}}}}`),
		"a null byte for text":                body(badInput, filter+`{"query":"a\u0000b"}}}`),
		"a field that the input has not":      body(badInput, filter+`{"__proto__":{"x":1}}}}`),
		"an upload that is a path":            body(badInput, `{"query":"mutation($i: MediaUploadInput!) { mediaUpload(input: $i) { media { id } } }","variables":{"i":{"file":"/etc/passwd"}}}`),
		"a variable of a type that is output": body(invalid, `{"query":"query($p: Product) { products { totalCount } }","variables":{"p":{}}}`),
	} {
		all["wrong type, "+name] = a
	}
}

// transports are what forms, links and odd clients send.
func transports(all map[string]hostileRequest) {
	const mutation = `{"query":"mutation { cartCreate { cart { id } } }"}`
	form := func(want, contentType, body string) hostileRequest {
		return hostileRequest{want, func(int) request {
			header := http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
			if contentType != "" {
				header.Set("Content-Type", contentType)
			} else {
				header["Content-Type"] = nil
			}
			return request{body: body, header: header}
		}}
	}
	link := func(want, query string) hostileRequest {
		return hostileRequest{want, func(n int) request {
			return request{method: http.MethodGet, url: "?" + strings.Replace(query, "☃", fmt.Sprint(n), 1), header: http.Header{"Content-Type": nil}}
		}}
	}
	with := func(want, name string, values ...string) hostileRequest {
		return hostileRequest{want, func(int) request { return request{body: good, header: http.Header{name: values}} }}
	}
	parts := func(n int) string {
		return `--b` + "\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + mutation + "\r\n" +
			numbered("--b\r\nContent-Disposition: form-data; name=\"%d\"; filename=\"x\"\r\n\r\nx\r\n", n) + "--b--\r\n"
	}
	files := func(want, operations, places string) hostileRequest {
		return hostileRequest{want, func(int) request {
			return request{
				header: http.Header{"Content-Type": {"multipart/form-data; boundary=b"}, "Graphql-Require-Preflight": {"1"}},
				body: "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + operations + "\r\n" +
					"--b\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n" + places + "\r\n" +
					"--b\r\nContent-Disposition: form-data; name=\"0\"; filename=\"x\"\r\n\r\nx\r\n--b--\r\n",
			}
		}}
	}
	const upload = `{"query":"mutation($f: [Upload!]) { x(f: $f) }","variables":{"f":null}}`
	const forbidden, unsupported, notAllowed = "403 FORBIDDEN", "415 UNSUPPORTED_MEDIA_TYPE", "405 METHOD_NOT_ALLOWED"
	for name, a := range map[string]hostileRequest{
		"form, of text":                    form(forbidden, "text/plain", mutation),
		"form, urlencoded":                 form(forbidden, "application/x-www-form-urlencoded", "query=mutation{cartCreate{cart{id}}}"),
		"form, of files":                   form(forbidden, "multipart/form-data; boundary=b", parts(1)),
		"form, without a type":             form(forbidden, "", mutation),
		"form, of JSON":                    form(forbidden, "application/json", mutation),
		"form, of GraphQL":                 form(forbidden, "application/graphql", "{ me { id } }"),
		"own form, of text":                with(unsupported, "Content-Type", "text/plain"),
		"own form, urlencoded":             with(unsupported, "Content-Type", "application/x-www-form-urlencoded"),
		"own form, of files":               with(forbidden, "Content-Type", "multipart/form-data; boundary=b"),
		"own form, of text that says JSON": with(unsupported, "Content-Type", "text/plain; application/json"),
		"own form, of JSON in UTF-7":       with(unsupported, "Content-Type", "application/json; charset=utf-7"),
		"link, a mutation":                 link(notAllowed, "query=mutation{cartCreate{cart{id}}}"),
		"link, a mutation beside a query":  link(notAllowed, "query=query+a{me{id}}mutation+b{cartCreate{cart{id}}}&operationName=b"),
		"link, a subscription":             link(notAllowed, "query=subscription{stockChanged(variantIds:[]){id}}"),
		"link, of 17 KB":                   link("414 PAYLOAD_TOO_LARGE", "query={me{id}}"+strings.Repeat("%20", 6_000)),
		"link, of bytes that are no UTF-8": link(bad, "query={me{id}}%23%ff%fe"),
		"link, of a null byte":             link(unparsed, "query={me{id}}%00"),
		"link, of halves of escapes":       link(bad, "query=%zz"),
		"link, of a query twice":           link(bad, "query={me{id}}&query={me{id}}"),
		"files, 3,000": {"400 BAD_REQUEST", func(int) request {
			return request{body: parts(3_000), header: http.Header{"Content-Type": {"multipart/form-data; boundary=b"}, "Graphql-Require-Preflight": {"1"}}}
		}},
		"files, at a place that is endless": files(bad, upload, `{"0":["variables.f.99999999999"]}`),
		"files, at 30,000 places":           files(tooLarge, upload, `{"0":["variables.f"`+strings.Repeat(`,"variables.f"`, 30_000)+`]}`),
		"files, at a place below a place":   files(tooLarge, upload, `{"0":["variables.f`+strings.Repeat(".0", 30_000)+`"]}`),
		"files, a boundary that does not come": {bad, func(int) request {
			return request{body: strings.Repeat("-", 1_000_000), header: http.Header{"Content-Type": {"multipart/form-data; boundary=b"}, "Graphql-Require-Preflight": {"1"}}}
		}},
		"header, of 20,000 kinds of answers": with("406 NOT_ACCEPTABLE", "Accept", strings.Repeat("a/b;q=0.1,", 2_800)+"a/b"),
		"header, of 64 KB":                   with("431", "X-Words", strings.Repeat("w", 64<<10)),
		"header, a compressed body":          with(unsupported, "Content-Encoding", "gzip"),
		"header, a token of 16 KB":           with("401 UNAUTHENTICATED", "Authorization", "Bearer "+strings.Repeat("e", 16<<10)),
		"header, a forged token":             with("401 UNAUTHENTICATED", "Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."),
		"header, 500 cookies":                with(answers, "Cookie", numbered("c%d=x; ", 2_000)),
		"header, encodings without end":      with(answers, "Accept-Encoding", strings.Repeat("gzip;q=0.1,", 2_500)),
		"method, DELETE":                     {notAllowed, func(int) request { return request{method: http.MethodDelete} }},
		"method, one of their own":           {notAllowed, func(int) request { return request{method: "BREW"} }},
	} {
		all[name] = a
	}
}

// hashes are names of documents that nobody knows.
func hashes(all map[string]hostileRequest) {
	of := func(n int) string { return fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, n))) }
	for name, a := range map[string]hostileRequest{
		"unknown": {"200 PERSISTED_QUERY_NOT_FOUND", func(n int) request {
			return request{body: `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + of(n) + `"}}}`}
		}},
		"of something else": {refused, func(n int) request {
			return request{body: `{"query":"{ me { id } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + of(n) + `"}}}`}
		}},
		"of a megabyte": {"200 PERSISTED_QUERY_NOT_FOUND", func(int) request {
			return request{body: `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("a", 1_000_000) + `"}}}`}
		}},
		"that are a map": {refused, func(int) request {
			return request{body: `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":{}}}}`}
		}},
		"of documents, each a new one": {answers, func(n int) request {
			query := fmt.Sprintf("{ a%d: products(first: 1) { totalCount } }", n)
			return request{body: `{"query":` + text(query) + `,"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + fmt.Sprintf("%x", sha256.Sum256([]byte(query))) + `"}}}`}
		}},
		"trusted, unknown": {"200 PERSISTED_QUERY_NOT_FOUND", func(n int) request { return request{body: `{"documentId":"sha256:` + of(n) + `"}`} }},
	} {
		all["hashes, "+name] = a
	}
}
