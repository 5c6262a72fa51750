/** Requests that have to end alike, by what they try. */
export interface RequestGroup {
  /** Of the answer, or the connection ends without one. */
  readonly status: number | 'closed';
  /** All that is sent on a connection. */
  readonly requests: Readonly<Record<string, string>>;
}
