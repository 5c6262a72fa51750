export { type IntrospectOptions, introspect } from './introspect.ts';
