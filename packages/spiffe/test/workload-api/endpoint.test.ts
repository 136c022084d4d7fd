import { findEndpoint, parseEndpoint, X509Source } from "@idstack/spiffe";
import { afterEach, describe, expect, it, vi } from "vitest";

describe("accepted", () => {
  it.each([
    ["unix:///run/spire/agent.sock", { kind: "unix", path: "/run/spire/agent.sock" }],
    ["unix:///tmp/with%20space/agent.sock", { kind: "unix", path: "/tmp/with space/agent.sock" }],
    ["tcp://127.0.0.1:8000", { kind: "tcp", host: "127.0.0.1", port: 8000 }],
    ["tcp://[::1]:8000", { kind: "tcp", host: "::1", port: 8000 }],
  ])("%s", (address, expected) => {
    expect(parseEndpoint(address)).toEqual({ address, ...expected });
  });
});

describe("refused before dialling, the message naming the rule", () => {
  it.each([
    ["/run/agent.sock", "it has no scheme"],
    ["http://127.0.0.1:80", "the scheme has to be unix or tcp, not http"],
    ["unix://host/agent.sock", "a unix address has no authority"],
    ["unix://", "a unix address has no authority"],
    ["unix:///", "the socket path is empty"],
    ["unix:", "the socket path is empty"],
    ["unix:agent.sock", "the socket path has to be absolute"],
    ["unix:///agent.sock?x=1", "a query is not allowed"],
    ["unix:///agent.sock#x", "a fragment is not allowed"],
    ["unix:///agent%zz.sock", "the percent-encoding is broken"],
    ["unix:///agent%00.sock", "the socket path holds a NUL byte"],
    [`unix:///tmp/${"x".repeat(120)}`, "the socket path is longer than the"],
    ["tcp://localhost:8000", "the host has to be an IP address, not a name"],
    ["tcp://:8000", "the host has to be an IP address, not a name"],
    ["tcp://::1:8000", "the host has to be an IP address, not a name"],
    ["tcp://[127.0.0.1]:8000", "the host has to be an IP address, not a name"],
    ["tcp://127.0.0.1", "the port is missing"],
    ["tcp://127.0.0.1:", "the host has to be an IP address, not a name"],
    ["tcp://127.0.0.1:0", "the port has to be between 1 and 65535"],
    ["tcp://127.0.0.1:65536", "the port has to be between 1 and 65535"],
    ["tcp://127.0.0.1:8000/", "a tcp address has no path"],
    ["tcp://127.0.0.1:8000/path", "a tcp address has no path"],
    ["tcp://user@127.0.0.1:8000", "userinfo is not allowed"],
    ["tcp://127.0.0.1:8000?x", "a query is not allowed"],
    ["tcp://127.0.0.1:8000#x", "a fragment is not allowed"],
    ["tcp:127.0.0.1:8000", "write tcp://IP:port"],
  ])("%s", (address, rule) => {
    expect(() => parseEndpoint(address)).toThrow(
      expect.objectContaining({ code: "invalid-endpoint-address", address, message: expect.stringContaining(rule) }),
    );
  });
});

it("takes the name of a pipe on Windows, nowhere else", () => {
  const address = "npipe:spire-agent\\public\\api";
  expect(parseEndpoint(address, "win32")).toEqual({
    address,
    kind: "npipe",
    path: "\\\\.\\pipe\\spire-agent\\public\\api",
  });
  for (const bad of ["npipe:", "npipe://host/pipe", "npipe:a?b", "npipe:a#b"]) {
    expect(() => parseEndpoint(bad, "win32"), bad).toThrow("write npipe:name");
  }
  expect(() => parseEndpoint(address, "linux")).toThrow("on Windows only");
});

describe("discovery", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("prefers the explicit address to SPIFFE_ENDPOINT_SOCKET", () => {
    const environment = { SPIFFE_ENDPOINT_SOCKET: "unix:///from/env" };
    expect(findEndpoint("unix:///explicit", environment).address).toBe("unix:///explicit");
    expect(findEndpoint(undefined, environment).address).toBe("unix:///from/env");
  });

  it("reports at once that neither is set, naming the variable", async () => {
    vi.stubEnv("SPIFFE_ENDPOINT_SOCKET", "");
    await expect(X509Source.open()).rejects.toMatchObject({
      code: "no-endpoint-address",
      message: expect.stringContaining("SPIFFE_ENDPOINT_SOCKET"),
    });
  });

  it("refuses a bad variable at once", async () => {
    vi.stubEnv("SPIFFE_ENDPOINT_SOCKET", "/run/agent.sock");
    await expect(X509Source.open()).rejects.toMatchObject({ code: "invalid-endpoint-address" });
  });
});
