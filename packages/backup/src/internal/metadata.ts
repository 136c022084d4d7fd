import { type Defined, defined } from "./defined.ts";

/** Options that every builder takes for `metadata`. */
export interface MetadataOptions {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

interface Metadata {
  name: string;
  namespace: string;
  labels: Record<string, string> | undefined;
  annotations: Record<string, string> | undefined;
}

export function metadata(options: MetadataOptions): Defined<Metadata> {
  return defined<Metadata>({
    name: options.name,
    namespace: options.namespace,
    labels: options.labels && { ...options.labels },
    annotations: options.annotations && { ...options.annotations },
  });
}
