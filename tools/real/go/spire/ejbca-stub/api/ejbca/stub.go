// Package ejbca stands in for the EJBCA client, which the Go module proxies do not serve everywhere.
// It declares the names SPIRE's UpstreamAuthority "ejbca" compiles against; using that plug-in fails.
package ejbca

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
)

var errStub = errors.New("ejbca: this build of SPIRE was made for tests and leaves the EJBCA client out")

type Authenticator interface {
	GetHTTPClient() (*http.Client, error)
}

type MTLSAuthenticatorBuilder struct{}

func NewMTLSAuthenticatorBuilder() *MTLSAuthenticatorBuilder { return &MTLSAuthenticatorBuilder{} }

func (b *MTLSAuthenticatorBuilder) WithClientCertificate(*tls.Certificate) *MTLSAuthenticatorBuilder {
	return b
}

func (b *MTLSAuthenticatorBuilder) WithCaCertificates([]*x509.Certificate) *MTLSAuthenticatorBuilder {
	return b
}

func (b *MTLSAuthenticatorBuilder) Build() (Authenticator, error) { return nil, errStub }

type Configuration struct{ Host string }

func NewConfiguration() *Configuration { return &Configuration{} }

func (c *Configuration) SetAuthenticator(Authenticator) {}

type APIClient struct{ V1CertificateApi *V1CertificateApi }

func NewAPIClient(*Configuration) (*APIClient, error) { return nil, errStub }

type V1CertificateApi struct{}

func (a *V1CertificateApi) EnrollPkcs10Certificate(context.Context) ApiEnrollPkcs10CertificateRequest {
	return ApiEnrollPkcs10CertificateRequest{}
}

type ApiEnrollPkcs10CertificateRequest struct{}

func (r ApiEnrollPkcs10CertificateRequest) EnrollCertificateRestRequest(EnrollCertificateRestRequest) ApiEnrollPkcs10CertificateRequest {
	return r
}

func (r ApiEnrollPkcs10CertificateRequest) Execute() (*EnrollCertificateRestResponse, *http.Response, error) {
	return nil, nil, errStub
}

type EnrollCertificateRestRequest struct{}

func NewEnrollCertificateRestRequest() *EnrollCertificateRestRequest {
	return &EnrollCertificateRestRequest{}
}

func (r *EnrollCertificateRestRequest) SetUsername(string)                 {}
func (r *EnrollCertificateRestRequest) SetPassword(string)                 {}
func (r *EnrollCertificateRestRequest) SetCertificateRequest(string)       {}
func (r *EnrollCertificateRestRequest) SetCertificateAuthorityName(string) {}
func (r *EnrollCertificateRestRequest) SetCertificateProfileName(string)   {}
func (r *EnrollCertificateRestRequest) SetEndEntityProfileName(string)     {}
func (r *EnrollCertificateRestRequest) SetIncludeChain(bool)               {}
func (r *EnrollCertificateRestRequest) SetAccountBindingId(string)         {}

type EnrollCertificateRestResponse struct{ CertificateChain []string }

func (r *EnrollCertificateRestResponse) GetResponseFormat() string { return "" }
func (r *EnrollCertificateRestResponse) GetCertificate() string    { return "" }

type GenericOpenAPIError struct{}

func (e *GenericOpenAPIError) Error() string { return errStub.Error() }
func (e *GenericOpenAPIError) Body() []byte  { return nil }
