import { userInfo } from 'node:os';
import type { Approver } from '@org/core';
import type { ProjectTrustOptions } from '../project-trust.ts';
import type { RunReporter } from '../run-reporter.ts';
import type { ToolboxOptions } from '../toolbox.ts';

/** Values of `liveFlags` and `--config`. */
export interface LiveFlagValues {
  readonly config: string | undefined;
  readonly allow: readonly string[] | undefined;
  readonly ask: readonly string[] | undefined;
  readonly deny: readonly string[] | undefined;
  readonly reapprove: readonly string[] | undefined;
  readonly approvals: string | undefined;
  readonly audit: string | undefined;
  readonly verbose: boolean;
  readonly mount: readonly string[] | undefined;
  readonly cache: boolean;
  readonly learn: boolean;
}

export interface LiveToolboxParts {
  readonly trust: ProjectTrustOptions & Pick<ToolboxOptions, 'onWait'>;
  readonly approver: Approver | undefined;
  readonly reporter: RunReporter;
  /** Whether stdout is one JSON document, and stderr is for problems only. */
  readonly json: boolean;
  readonly warn: (message: string) => void;
}

/** The toolbox of a program that a person runs. */
export function liveToolbox(
  flags: LiveFlagValues,
  { trust, approver, reporter, json, warn }: LiveToolboxParts,
): ToolboxOptions {
  const { config, allow, ask, deny, reapprove, approvals, mount, cache, learn } = flags;
  return {
    ...{ configPath: config, configOptional: true, ...trust, mount, cache, learn, approver },
    ...{ allow, ask, deny, reapprove, approvals },
    onEvent: (event) => reporter.bridgeEvent(event),
    onServerEvent:
      !json && (flags.verbose || process.stderr.isTTY)
        ? (event) => reporter.serverEvent(event)
        : undefined,
    auditPath: flags.audit,
    onAuditProblem: warn,
  };
}

/** Undefined for a user that the system does not know. */
export function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
