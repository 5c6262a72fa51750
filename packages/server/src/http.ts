export type { HttpCaps } from './http/caps.ts';
export type { HttpClient } from './http/client.ts';
export type { HttpOptions, HttpServing } from './http/http-options.ts';
export { createMetrics, type GaugeName, type ServerMetrics } from './http/metrics.ts';
export { serveHttp } from './http/serve-http.ts';
