import { AppError } from './errors.ts';

/** Bounds on what one message of the page may carry. A label file of 100,000 rows fits; a video does not. */
export type MessageBounds = { values: number; textChars: number; bytes: number; depth: number };

export const PAGE_BOUNDS: MessageBounds = { values: 500_000, textChars: 16_000_000, bytes: 16_000_000, depth: 16 };

const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/**
 * Refuses a message that is too large or too deep, or holds anything but plain data: primitives, arrays, plain objects
 * without keys that could reach a prototype, and bytes.
 * @throws AppError `bad-input`
 */
export function checkBounded(message: unknown, bounds: MessageBounds = PAGE_BOUNDS): void {
  new Counter(bounds).visit(message, 0);
}

class Counter {
  readonly #bounds: MessageBounds;
  #values = 0;
  #textChars = 0;
  #bytes = 0;

  constructor(bounds: MessageBounds) {
    this.#bounds = bounds;
  }

  visit(value: unknown, depth: number): void {
    const { values, textChars, depth: deepest } = this.#bounds;
    if (++this.#values > values) throw tooLarge(`more than ${values} values`);
    if (depth > deepest) throw tooLarge(`nested deeper than ${deepest}`);
    if (typeof value === 'string') {
      this.#textChars += value.length;
      if (this.#textChars > textChars) throw tooLarge(`more than ${textChars} characters`);
    } else if (typeof value === 'object' && value !== null) {
      this.#visitObject(value, depth);
    } else if (!['number', 'boolean', 'undefined', 'object'].includes(typeof value)) {
      throw new AppError('bad-input', `A message holds a ${typeof value}: expected plain data.`);
    }
  }

  #visitObject(value: object, depth: number): void {
    if (Array.isArray(value)) {
      if (value.length > this.#bounds.values) throw tooLarge(`more than ${this.#bounds.values} values`);
      for (const item of value) this.visit(item, depth + 1);
    } else if (value instanceof Uint8Array) {
      this.#bytes += value.byteLength;
      if (this.#bytes > this.#bounds.bytes) throw tooLarge(`more than ${this.#bounds.bytes} bytes`);
    } else {
      this.#visitRecord(value, depth);
    }
  }

  #visitRecord(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw new AppError('bad-input', 'A message holds an object with a class: expected plain data.');
    for (const key of Object.keys(value)) {
      if (FORBIDDEN_KEYS.includes(key)) throw new AppError('bad-input', `A message holds the key ${key}.`);
      this.#textChars += key.length;
      this.visit((value as Record<string, unknown>)[key], depth + 1);
    }
  }
}

function tooLarge(how: string): AppError {
  return new AppError('bad-input', `A message is too large: ${how}.`);
}
