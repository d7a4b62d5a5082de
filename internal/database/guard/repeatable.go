package guard

import "strings"

// harmless are the words that may stand before a parenthesis in a statement that is repeated:
// keywords, and functions that change nothing. Any other may be a function that does.
var harmless = words(`
	all and any array as between by case cast distinct else except exists filter from having in
	intersect is join lateral like limit materialized not nulls offset on or over partition row select
	some then union using values when where with within
	abs array_agg array_length avg bool_and bool_or cardinality ceil char_length coalesce concat count
	cume_dist date_part date_trunc dense_rank extract first_value floor generate_series greatest
	json_agg json_build_array json_build_object jsonb_agg jsonb_build_array jsonb_build_object lag
	last_value lead least left length lower ltrim max min mod nullif now octet_length percent_rank
	position rank replace right round row_number row_to_json rtrim starts_with string_agg strpos substr
	substring sum to_char to_json to_jsonb trim trunc unnest upper
	bigint bit char character decimal float int integer interval numeric text time timestamp
	timestamptz varchar`)

// changing are the words that a statement which only reads does not have.
var changing = words(`insert update delete merge into call copy`)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}

// repeatable tells whether a statement only reads, so that it may be sent again when its answer was
// lost. Whatever is not plain is taken to write.
func repeatable(query string) bool {
	if verb := firstWord(query); verb != "select" && verb != "with" {
		return false
	}
	for i := 0; i < len(query); {
		switch c := query[i]; {
		case letter(c):
			end := i + 1
			for end < len(query) && (letter(query[end]) || digit(query[end])) {
				end++
			}
			word := strings.ToLower(query[i:end])
			qualified := strings.HasSuffix(strings.TrimRight(query[:i], space), ".")
			if changing[word] || called(query[end:]) && (qualified || !harmless[word]) {
				return false
			}
			i = end
		case c == '\'', c == '"':
			end := strings.IndexByte(query[i+1:], c)
			if end < 0 || strings.Contains(query[i:i+1+end], `\`) {
				return false
			}
			i += end + 2
			if c == '"' && called(query[i:]) {
				return false
			}
		case c == '$' && (i+1 == len(query) || !digit(query[i+1])), // a string between dollars
			strings.HasPrefix(query[i:], "--"), strings.HasPrefix(query[i:], "/*"),
			c == ';', c == '\\', c >= 0x80:
			return false
		default:
			i++
		}
	}
	return true
}

const space = " \t\r\n"

// called tells whether a parenthesis follows.
func called(rest string) bool { return strings.HasPrefix(strings.TrimLeft(rest, space), "(") }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

func digit(c byte) bool { return c >= '0' && c <= '9' }
