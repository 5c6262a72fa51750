import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { JsonObject } from '@org/core';

/** One schema of the suite with its instances. */
export interface SuiteGroup {
  /** `draft7` or `draft2020-12`. */
  readonly draft: string;
  /** The file of the suite: a keyword, or a part of it. */
  readonly keyword: string;
  readonly description: string;
  readonly schema: JsonObject;
  readonly tests: readonly {
    readonly description: string;
    readonly data: unknown;
    readonly valid: boolean;
  }[];
}

const draft7 = 'http://json-schema.org/draft-07/schema#';

/** A schema as a server would send it: an object, which names its draft if it is an old one. */
function asSent(schema: unknown, draft: string): JsonObject {
  const object = typeof schema === 'boolean' ? { allOf: [schema] } : (schema as JsonObject);
  return draft === 'draft7' ? { $schema: draft7, ...object } : object;
}

export function suiteGroups(): SuiteGroup[] {
  const packed = readFileSync(new URL('suite.zst', import.meta.url));
  const files = JSON.parse(zstdDecompressSync(packed).toString()) as Record<string, SuiteGroup[]>;
  return Object.entries(files).flatMap(([path, groups]) => {
    const [draft = '', ...rest] = path.split('/');
    const keyword = rest.join('/').replace(/\.json$/, '');
    return groups.map((group) => ({
      ...group,
      draft,
      keyword,
      schema: asSent(group.schema, draft),
    }));
  });
}
