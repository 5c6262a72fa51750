/** Names that objects of the host have, to see later that they have no others. */
export function hostNames(): string {
  const objects = [
    globalThis,
    Object,
    Object.prototype,
    Array.prototype,
    Promise.prototype,
    Function.prototype,
    String.prototype,
    JSON,
    process.env,
  ];
  return JSON.stringify(objects.map((one) => Object.getOwnPropertyNames(one).length));
}

/** Listening sockets of this process. */
export function listeningSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
}
