import { defineProperty, getOwnPropertyDescriptor, keys } from './intrinsics.ts';

/** Puts properties on `target` as the language's own are: not enumerable, and replaceable. */
export function hidden(target: object, properties: object): void {
  for (const name of keys(properties)) {
    const found = getOwnPropertyDescriptor(properties, name) as PropertyDescriptor;
    const changes = 'value' in found ? { writable: true } : {};
    defineProperty(target, name, { ...found, ...changes, enumerable: false, configurable: true });
  }
}
