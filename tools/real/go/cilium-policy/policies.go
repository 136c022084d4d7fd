package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	"github.com/cilium/cilium/pkg/k8s"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2/validator"
	slim_networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	k8sutils "github.com/cilium/cilium/pkg/k8s/utils"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/policy/types"
	"github.com/cilium/cilium/pkg/policy/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// policySet is the parsed form of all policies of a request.
type policySet struct {
	resources []resource
	errors    []ParseError
	groups    []cidrGroup
	// Names that toFQDNs peers wait for.
	names map[api.FQDNSelector]*regexp.Regexp
	// Texts of the rules, indexed by the number in their label.
	rules []string
}

// resource is one policy object with its entries.
type resource struct {
	id      ipcachetypes.ResourceID
	entries types.PolicyEntries
}

var resourceKinds = map[string]ipcachetypes.ResourceKind{
	"NetworkPolicy":                  ipcachetypes.ResourceKindNetpol,
	"CiliumNetworkPolicy":            ipcachetypes.ResourceKindCNP,
	"CiliumClusterwideNetworkPolicy": ipcachetypes.ResourceKindCCNP,
}

type meta struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

func newSchemaValidator(logger *slog.Logger) (*validator.NPValidator, error) {
	return validator.NewNPValidator(logger)
}

func (engine *engine) readPolicies(request *Request, services *serviceTables) (*policySet, error) {
	set := &policySet{names: map[api.FQDNSelector]*regexp.Regexp{}, errors: []ParseError{}}
	for _, raw := range request.Policies {
		var head meta
		if err := json.Unmarshal(raw, &head); err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		if head.Kind == "CiliumCIDRGroup" {
			if err := set.addGroup(raw); err != nil {
				return nil, err
			}
			continue
		}
		namespace := head.Metadata.Namespace
		if namespace == "" && head.Kind != "CiliumClusterwideNetworkPolicy" {
			namespace = "default"
		}
		name := head.Kind + " " + strings.TrimPrefix(namespace+"/"+head.Metadata.Name, "/")
		refuse := func(stage string, err error) {
			set.errors = append(set.errors, ParseError{Policy: name, Stage: stage, Error: err.Error()})
		}
		if err := engine.checkSchema(head.Kind, raw); err != nil {
			refuse("schema", err)
			continue
		}
		entries, paths, err := engine.parse(head, namespace, raw, services)
		if err != nil {
			refuse("agent", err)
			continue
		}
		for index, entry := range entries {
			// The labels of a rule only serve to name it; ours name the item, not just the policy.
			entry.Labels = labels.LabelArray{labels.NewLabel("rule", strconv.Itoa(len(set.rules)), "item")}
			set.rules = append(set.rules, strings.TrimSpace(name+" "+paths[index]))
			set.watchNames(entry)
		}
		// The engine merges rules in the order of these names.
		id := ipcachetypes.NewResourceID(resourceKinds[head.Kind], namespace, head.Metadata.Name)
		set.resources = append(set.resources, resource{id: id, entries: entries})
	}
	return set, nil
}

// checkSchema does what the API server does with Cilium's CRDs. NetworkPolicy is checked by code in the server, which
// is not part of Cilium, so its errors do not show here.
func (engine *engine) checkSchema(kind string, raw json.RawMessage) error {
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(raw); err != nil {
		return err
	}
	var err error
	switch kind {
	case "CiliumNetworkPolicy":
		err = engine.validator.ValidateCNP(object)
	case "CiliumClusterwideNetworkPolicy":
		err = engine.validator.ValidateCCNP(object)
	}
	// The validator also looks for fields that decoding drops; the server prunes those instead of refusing the object.
	if unknown := (validator.ErrUnknownFields{}); errors.As(err, &unknown) {
		return nil
	}
	return err
}

// parse reads a policy as the agent does, and names the item that every entry comes from.
func (engine *engine) parse(head meta, namespace string, raw json.RawMessage, services *serviceTables) (types.PolicyEntries, []string, error) {
	switch head.Kind {
	case "NetworkPolicy":
		object := &slim_networkingv1.NetworkPolicy{}
		if err := json.Unmarshal(raw, object); err != nil {
			return nil, nil, err
		}
		paths := networkPolicyPaths(object)
		entries, err := k8s.ParseNetworkPolicy(engine.logger, engine.clusterName, object)
		return entries, paths, err
	case "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy":
		object := &v2.CiliumNetworkPolicy{}
		if err := json.Unmarshal(raw, object); err != nil {
			return nil, nil, err
		}
		// Without a namespace, Parse reads the object as clusterwide.
		object.Namespace = namespace
		paths := ciliumPaths(object)
		services.resolve(object)
		rules, err := object.Parse(engine.logger, engine.clusterName)
		if err != nil {
			return nil, nil, err
		}
		entries := utils.RulesToPolicyEntries(rules)
		if len(entries) != len(paths) {
			return nil, nil, fmt.Errorf("%d entries for %d items", len(entries), len(paths))
		}
		return entries, paths, nil
	default:
		return nil, nil, fmt.Errorf("kind %q is no policy", head.Kind)
	}
}

// ciliumPaths lists the items in the order in which RulesToPolicyEntries makes entries of them.
func ciliumPaths(object *v2.CiliumNetworkPolicy) []string {
	var paths []string
	add := func(at string, rule *api.Rule) {
		if rule == nil {
			return
		}
		for _, section := range []struct {
			key   string
			count int
		}{
			{"ingress", len(rule.Ingress)}, {"ingressDeny", len(rule.IngressDeny)},
			{"egress", len(rule.Egress)}, {"egressDeny", len(rule.EgressDeny)},
		} {
			for index := range section.count {
				paths = append(paths, fmt.Sprintf("%s.%s[%d]", at, section.key, index))
			}
		}
	}
	add("spec", object.Spec)
	for index, rule := range object.Specs {
		add(fmt.Sprintf("specs[%d]", index), rule)
	}
	return paths
}

// networkPolicyPaths does the same for ParseNetworkPolicy, which makes one entry of every peer of a rule, and one of
// a direction that is isolated without any rule.
func networkPolicyPaths(object *slim_networkingv1.NetworkPolicy) []string {
	var paths []string
	for index, rule := range object.Spec.Ingress {
		for range max(1, len(rule.From)) {
			paths = append(paths, fmt.Sprintf("spec.ingress[%d]", index))
		}
	}
	has := func(wanted slim_networkingv1.PolicyType) bool {
		for _, found := range object.Spec.PolicyTypes {
			if found == wanted {
				return true
			}
		}
		return false
	}
	if len(object.Spec.Ingress) == 0 &&
		(has(slim_networkingv1.PolicyTypeIngress) || !has(slim_networkingv1.PolicyTypeEgress)) {
		paths = append(paths, "")
	}
	for index, rule := range object.Spec.Egress {
		for range max(1, len(rule.To)) {
			paths = append(paths, fmt.Sprintf("spec.egress[%d]", index))
		}
	}
	if len(object.Spec.Egress) == 0 && has(slim_networkingv1.PolicyTypeEgress) {
		paths = append(paths, "")
	}
	return paths
}

func (set *policySet) watchNames(entry *types.PolicyEntry) {
	for _, selector := range entry.L3 {
		if name, ok := selector.GetFQDNSelector(); ok {
			if pattern, err := name.ToRegex(); err == nil {
				set.names[*name] = pattern
			}
		}
	}
}

// cidrGroup is a CiliumCIDRGroup as the agent puts it into the ipcache.
type cidrGroup struct {
	prefixes []netip.Prefix
	labels   labels.Labels
}

func (set *policySet) addGroup(raw json.RawMessage) error {
	var object v2.CiliumCIDRGroup
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	lbls := labels.Labels{}
	for key, value := range k8sutils.RemoveCiliumLabels(object.Labels) {
		label := labels.NewLabel(key, value, labels.LabelSourceCIDRGroup)
		lbls[label.Key] = label
		encoded := labels.EncodedCIDRGroupLabel(label.Key, label.Value, label.Source)
		lbls[encoded.Key] = encoded
	}
	reference := api.LabelForCIDRGroupRef(object.Name)
	lbls[reference.Key] = reference
	group := cidrGroup{labels: lbls}
	for _, text := range object.Spec.ExternalCIDRs {
		if prefix, err := netip.ParsePrefix(string(text)); err == nil {
			group.prefixes = append(group.prefixes, prefix)
		}
	}
	set.groups = append(set.groups, group)
	return nil
}

// mergeGroups adds the labels of all groups that hold the address; for one key the longest prefix wins.
func mergeGroups(lbls labels.Labels, groups []cidrGroup, addr netip.Addr) {
	for bits := addr.BitLen(); bits >= 0; bits-- {
		for _, group := range groups {
			for _, prefix := range group.prefixes {
				if prefix.Bits() != bits || !prefix.Contains(addr) {
					continue
				}
				for key, label := range group.labels {
					if _, taken := lbls[key]; !taken {
						lbls[key] = label
					}
				}
			}
		}
	}
}
