/** What is known of some versions of a package in the lockfile. */
export interface Advisory {
  /** At GitHub: `GHSA-…`. */
  readonly id: string;
  readonly name: string;
  readonly versions: readonly string[];
  readonly severity: string;
  readonly title: string;
  readonly url: string;
}

interface Audit {
  readonly advisories: Readonly<
    Record<
      string,
      {
        readonly github_advisory_id: string;
        readonly module_name: string;
        readonly findings: readonly { readonly version: string }[];
        readonly severity: string;
        readonly title: string;
        readonly url: string;
      }
    >
  >;
}

/** @returns undefined for what is no report of `pnpm audit --json` */
export function parseAdvisories(text: string): readonly Advisory[] | undefined {
  let audit: Partial<Audit>;
  try {
    audit = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (audit.advisories === undefined) return undefined;
  return Object.values(audit.advisories).map((one) => ({
    id: one.github_advisory_id,
    name: one.module_name,
    versions: one.findings.map(({ version }) => version),
    severity: one.severity,
    title: one.title,
    url: one.url,
  }));
}
