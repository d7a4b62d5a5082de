package guard

import (
	"net"
	"net/url"
	"strings"
)

// perHost reads the ports of a URL with several hosts as libpq and its documentation do: each host has
// its own. lib/pq would look for a host named "a:5432".
func perHost(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	begin := strings.LastIndexByte(rest[:end], '@') + 1
	all := strings.Split(rest[begin:end], ",")
	if len(all) == 1 {
		return address
	}
	hosts, ports := make([]string, len(all)), make([]string, len(all))
	for i, one := range all {
		host, port, err := net.SplitHostPort(one)
		if err != nil {
			host, port = strings.Trim(one, "[]"), "5432"
		}
		hosts[i], ports[i] = host, port
	}
	path, query, _ := strings.Cut(rest[end:], "?")
	named := url.Values{"host": {strings.Join(hosts, ",")}, "port": {strings.Join(ports, ",")}}.Encode()
	if query != "" {
		named += "&" + query
	}
	return scheme + "://" + rest[:begin] + path + "?" + named
}
