package main

import (
	"regexp"
	"strings"

	cilium "github.com/cilium/proxy/go/cilium/api"
	envoy_config_route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/u8proto"
)

// judgeHTTP collects the rules that Cilium would hand to its proxy for this peer and port, and asks them about the
// request. The proxy lets a request pass when any rule in force has no HTTP rules, or one that matches: a rule that
// does not match gives no verdict, and the next one is asked (cilium/proxy, network_policy.cc).
func judgeHTTP(side *Side, found *endpointPolicy, ports *namedPorts, subject, peer *side, ingress bool, query *Query) {
	filters := &found.distilled.SelectorPolicy.L4Policy.Egress
	if ingress {
		filters = &found.distilled.SelectorPolicy.L4Policy.Ingress
	}
	allowed, other := false, false
	for filter := range filters.Filters() {
		if !covers(filter, ports, subject, peer, query.Port) {
			continue
		}
		for selector, rule := range filter.PerSelectorPolicies {
			if rule.IsDeny() || !selector.Selects(peer.identity.ID) {
				continue
			}
			other = other || rule.GetL7Parser() == policy.ParserTypeDNS
			side.L7 = append(side.L7, httpRules(rule))
			if query.HTTP != nil && passes(rule, query.HTTP) {
				allowed = true
			}
		}
	}
	// What becomes of HTTP in the DNS proxy is not ours to say.
	if query.HTTP != nil && !other {
		side.HTTPAllowed = &allowed
	}
}

func covers(filter *policy.L4Filter, ports *namedPorts, subject, peer *side, port uint16) bool {
	if filter.U8Proto != u8proto.TCP && filter.U8Proto != u8proto.ANY {
		return false
	}
	if filter.PortName != "" {
		if filter.Ingress {
			return owner{subject}.GetIngressNamedPort(filter.PortName, u8proto.TCP) == port
		}
		resolved, err := ports.GetNamedPort(filter.PortName, u8proto.TCP, one(peer.identity.ID))
		return err == nil && resolved == port
	}
	return filter.Port == 0 || filter.Port <= port && port <= max(filter.Port, filter.EndPort)
}

func httpRules(rule *policy.PerSelectorPolicy) []HTTPRule {
	rules := []HTTPRule{}
	if rule == nil {
		return rules
	}
	for _, http := range rule.HTTP {
		rules = append(rules, HTTPRule{Method: http.Method, Path: http.Path, Host: http.Host, Headers: http.Headers})
	}
	return rules
}

func passes(rule *policy.PerSelectorPolicy, request *HTTPRequest) bool {
	if rule == nil || !rule.HasL7Rules() {
		return true
	}
	for _, http := range rule.EnvoyHTTPRules().GetHttpRules() {
		if matchesAll(http, request) {
			return true
		}
	}
	return false
}

func matchesAll(rule *cilium.HttpNetworkPolicyRule, request *HTTPRequest) bool {
	for _, header := range rule.GetHeaders() {
		if matchesHeader(header, request) == header.GetInvertMatch() {
			return false
		}
	}
	return true
}

// matchesHeader evaluates the matchers that Cilium's translator makes: a regular expression over the whole text, an
// exact text, or presence.
func matchesHeader(header *envoy_config_route.HeaderMatcher, request *HTTPRequest) bool {
	value, present := headerOf(request, header.GetName())
	if header.GetPresentMatch() {
		return present
	}
	text := header.GetStringMatch()
	if !present || text == nil {
		return false
	}
	if expression := text.GetSafeRegex().GetRegex(); expression != "" {
		compiled, err := regexp.Compile("^(?:" + expression + ")$")
		return err == nil && compiled.MatchString(value)
	}
	return text.GetExact() == value
}

func headerOf(request *HTTPRequest, name string) (string, bool) {
	switch name {
	case ":path":
		return request.Path, true
	case ":method":
		return request.Method, true
	case ":authority":
		return request.Host, true
	}
	for key, value := range request.Headers {
		if strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}
