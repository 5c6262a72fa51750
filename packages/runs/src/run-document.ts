import type { RunRecord } from './run-record.ts';

/** A run as one JSON document. */
export interface RunDocument {
  readonly format: 'mcp-cli.run';
  readonly version: 1;
  readonly run: RunRecord;
  /** The program file, base64; left out where the program could not be compiled. */
  readonly program?: string;
}
