package main

import "encoding/json"

// Request describes a cluster, its policies, and the flows to decide.
type Request struct {
	ID         json.RawMessage `json:"id"`
	Cluster    Cluster         `json:"cluster"`
	Namespaces []Namespace     `json:"namespaces"`
	Endpoints  []Endpoint      `json:"endpoints"`
	// NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and CiliumCIDRGroup objects.
	Policies []json.RawMessage `json:"policies"`
	// Service and EndpointSlice objects, for toServices.
	Services []json.RawMessage `json:"services"`
	Queries  []Query           `json:"queries"`
}

// Cluster holds what the agent reads from its configuration.
type Cluster struct {
	// Name defaults to "default".
	Name string `json:"name"`
	IPv6 bool   `json:"ipv6"`
	// HostFirewall makes host policies count.
	HostFirewall bool `json:"hostFirewall"`
	// Enforcement is the policy enforcement mode: default (the default), always, never.
	Enforcement string `json:"enforcement"`
}

// Namespace with its labels, which travel with its pods.
type Namespace struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
}

// Endpoint is one side of a flow.
type Endpoint struct {
	ID string `json:"id"`
	// Kind: pod, host, remote-node, health, ingress, init, unmanaged, or outside (an address beyond the cluster).
	Kind string `json:"kind"`

	Namespace      string            `json:"namespace"`
	Name           string            `json:"name"`
	Labels         map[string]string `json:"labels"`
	ServiceAccount string            `json:"serviceAccount"`
	Ports          []Port            `json:"ports"`

	// APIServer marks a node or outside address where the Kubernetes API server listens.
	APIServer bool `json:"apiServer"`
	// IP of an outside endpoint.
	IP string `json:"ip"`
	// FQDN under which the DNS proxy learned the address of an outside endpoint.
	FQDN string `json:"fqdn"`
}

// Port of a container.
type Port struct {
	Name     string `json:"name"`
	Port     int32  `json:"port"`
	Protocol string `json:"protocol"`
}

// Query is one flow; the port is the destination's (the type for ICMP).
type Query struct {
	From     string       `json:"from"`
	To       string       `json:"to"`
	Protocol string       `json:"protocol"`
	Port     uint16       `json:"port"`
	HTTP     *HTTPRequest `json:"http"`
}

// HTTPRequest is what the proxy sees of a request inside the connection.
type HTTPRequest struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Host    string            `json:"host"`
	Headers map[string]string `json:"headers"`
}

// Answer to one request. Error is set when the request could not be answered at all.
type Answer struct {
	ID    json.RawMessage `json:"id"`
	Error string          `json:"error,omitempty"`
	// ParseErrors lists the policies that the API server (stage "schema") or the agent (stage "agent") refuses.
	ParseErrors []ParseError `json:"parseErrors"`
	// EndpointErrors lists endpoints for which the agent cannot compute a policy.
	EndpointErrors []EndpointError `json:"endpointErrors"`
	Decisions      []Decision      `json:"decisions"`
}

type ParseError struct {
	// Policy as "Kind namespace/name".
	Policy string `json:"policy"`
	Stage  string `json:"stage"`
	Error  string `json:"error"`
}

type EndpointError struct {
	Endpoint string `json:"endpoint"`
	Error    string `json:"error"`
}

// Decision of both ends of a flow.
type Decision struct {
	Egress  Side `json:"egress"`
	Ingress Side `json:"ingress"`
}

// Side is what one end decides. Where Enforced is false there is no Cilium endpoint, and everything passes.
type Side struct {
	Enforced bool `json:"enforced"`
	// Failed: the agent has no policy for this endpoint, see Answer.EndpointErrors. There is no verdict.
	Failed  bool `json:"failed,omitempty"`
	Allowed bool `json:"allowed"`
	// Rules that the engine names for its verdict: "Kind namespace/name spec.ingress[0]", or "default-allow" and
	// "host-exception" for those that it adds itself. Empty for a default deny.
	Rules []string `json:"rules"`
	// Redirect: the connection passes a proxy.
	Redirect bool `json:"redirect,omitempty"`
	// L7 rules of the proxy per rule in force; one that is empty lets every request pass. Only where HTTP rules count.
	L7 [][]HTTPRule `json:"l7,omitempty"`
	// HTTPAllowed: whether the proxy lets the request of the query pass.
	HTTPAllowed *bool `json:"httpAllowed,omitempty"`
}

// HTTPRule as the policy writes it.
type HTTPRule struct {
	Method  string   `json:"method,omitempty"`
	Path    string   `json:"path,omitempty"`
	Host    string   `json:"host,omitempty"`
	Headers []string `json:"headers,omitempty"`
}
