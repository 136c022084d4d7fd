/** A Gateway, and one of its listeners if it has several for the host. */
export interface GatewayRef {
  readonly name: string;
  readonly namespace: string;
  readonly sectionName?: string;
}
