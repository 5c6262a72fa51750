export { type IntrospectOptions, introspect } from './introspect.ts';
export { introspectOffer, type OfferOptions } from './introspect-offer.ts';
